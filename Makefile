# make run: the app.  make serve: the app for a room.  make test: every check.  make bench: how fast it is.
# make fault: attempts to break it, half an hour.
# All of them make .venv first; the second time nothing is installed again.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest
IN_TWO := $(PYTEST) -n 2 --dist worksteal

NODE_BIN := node_modules/.bin

.PHONY: run serve test bench fault check check-scripts format clean

run: .venv/.run
	$(BIN)/python -m playground app

serve: .venv/.run
	$(BIN)/python -m playground app --room

test: check
	node --test $(wildcard tests/js/*.test.js)
	$(IN_TWO)
	$(BIN)/python -m tests.programs chromium
	$(IN_TWO) -m browser tests/browser tests/faults

bench: .venv/.test
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks

fault: .venv/.test
	$(BIN)/python -m tests.programs chromium
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.faults

check: .venv/.test check-scripts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

# The browser's scripts: format, lint, types.
check-scripts: node_modules/.made
	$(NODE_BIN)/biome ci --error-on-warnings
	$(NODE_BIN)/tsc
	$(NODE_BIN)/tsc --project tests/js

format: .venv/.test node_modules/.made
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(NODE_BIN)/biome check --write

clean:
	rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last, so an installation that broke off is done again.
.venv/.run: requirements.txt | .venv/.made
	@echo "Installing what the app needs; this takes a few minutes the first time."
	$(PIP) install -r requirements.txt
	@touch $@

.venv/.test: requirements-dev.txt .venv/.run
	$(PIP) install -r requirements-dev.txt
	@touch $@

node_modules/.made: package-lock.json | .venv/.made
	$(BIN)/python -m tests.programs node npm
	npm ci
	@touch $@

.venv/.made:
	@command -v "$(PYTHON)" > /dev/null \
		|| { echo "There is no $(PYTHON): install Python 3.11 or newer, or name one with 'make PYTHON=python3.11'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $(PYTHON) is older: name another with 'make PYTHON=python3.11'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null \
		|| { echo "$(PYTHON) lacks venv and ensurepip: on Debian or Ubuntu install python3-venv." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	@touch $@
