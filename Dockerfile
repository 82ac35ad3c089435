# The GAN playground for a CPU: see docs/deploy.md.
FROM python:3.11-slim-bookworm
# Compiles training steps in the background; without it the app works too, more slowly.
RUN apt-get update && apt-get install -y --no-install-recommends g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Where pip looks besides, such as for a torch without CUDA.
ARG PIP_EXTRA_INDEX_URL
COPY requirements.txt requirements-signin.txt requirements-ray.txt ./
RUN pip install --no-cache-dir -r requirements.txt -r requirements-signin.txt
COPY pyproject.toml setup.py README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY playground playground
RUN pip install --no-cache-dir --no-deps . && rm -rf /src/*
RUN useradd --create-home gan && mkdir /runs /data && chown gan /runs /data
USER gan
WORKDIR /home/gan
ENV GAN_PLAYGROUND_RUNS=/runs GAN_PLAYGROUND_POINTS=/data/points GAN_PLAYGROUND_IMAGES=/data/images \
    GAN_PLAYGROUND_CACHE=/data/cache
VOLUME ["/runs", "/data"]
EXPOSE 8501
# 0.0.0.0 is the container's own; what others open is the host's business.
CMD ["gan-playground", "app", "--room", "--listen", "0.0.0.0", "--address", "localhost"]
