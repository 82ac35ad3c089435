"""Which packages an installation has; the rest is in pyproject.toml.

app.py, its settings and the pages lie in a package of their own: no `app` or `pages` among everybody's.
"""

from setuptools import find_namespace_packages, setup

setup(
    packages=[
        *find_namespace_packages(include=["playground", "playground.*"]),
        "gan_playground",
        "gan_playground.pages",
    ],
    package_dir={"playground": "playground", "gan_playground": ".", "gan_playground.pages": "pages"},
)
