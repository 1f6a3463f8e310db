PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: evaluate test check format lint types open-data

evaluate: $(VENV)/installed
	$(BIN)/stoeval evaluate --out runs

# Every branch of what decides a verdict is run; slower than pytest alone by a few seconds.
DECIDES := catalogue verdicts evaluation runs

test: $(VENV)/installed
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(DECIDES:%=--cov=stoeval.%) --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

check: $(VENV)/installed format lint types test

format: $(VENV)/installed
	$(BIN)/ruff format --check .

lint: $(VENV)/installed
	$(BIN)/ruff check .

types: $(VENV)/installed
	$(BIN)/mypy

open-data: $(VENV)/installed
	$(BIN)/python analyses/open_data.py

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
