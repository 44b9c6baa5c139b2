# `make help` lists the verbs.
PYTHON ?= python3
BIN := .venv/bin
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate \
	--python-version 3.11 --quiet --custom-compile-command "make lock" pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install check test demo contracts bench lock clean

help:  ## list these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed  ## make .venv with dyadwire and its tools in it

.venv/installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

check: install  ## format, lint, types, who may import whom, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m streams.contracts --check

test: install  ## all tests; those on a real Kafka need Java 17 and Maven
	$(BIN)/python -m pytest

demo: install  ## tag sixty articles on a broker of its own and show them
	$(BIN)/dyadwire demo

contracts: install  ## write the schemas, the AsyncAPI document, the settings table, .env.example
	$(BIN)/python -m streams.contracts

bench: install  ## engine and classifier beside peers, start and memory, floor; an hour
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.worker
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.floor
	$(BIN)/python -m benchmarks.classifier

lock: install  ## pin the newest versions that pyproject.toml allows
	$(BIN)/$(LOCK) --upgrade -o requirements.lock
	$(BIN)/$(LOCK) --upgrade --extra dev -o requirements-dev.lock

clean:  ## remove what these verbs made
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
