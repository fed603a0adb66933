# Everything a newcomer types. `make help` lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MODEL ?=
WORKERS ?= 4
MINUTES ?= 10
CEPH := ceph-mon ceph-osd radosgw

.DEFAULT_GOAL := help
.PHONY: help demo test test-s3 fuzz setup check style regenerate bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready-demo ## run the main job for real: file > cloud > device > results (MODEL=my.onnx for yours)
	@$(BIN)/python examples/digits/demo.py $(MODEL)

test: $(VENV)/.ready-dev ## set up and run all tests
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

test-s3: $(VENV)/.ready-dev ## run the tests of the object store against a real S3 server, Ceph's
	@which ceph-mon ceph-osd radosgw >/dev/null || { \
		[ "$$(id -u)" = 0 ] && which apt-get >/dev/null || { echo "Install $(CEPH) first."; exit 1; }; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(CEPH) >/dev/null; }
	TEST_S3=1 $(BIN)/python -m pytest -q tests/s3

fuzz: $(VENV)/.ready-dev ## damage models and look how they are read, for MINUTES=10
	$(PIP) --editable '.[fuzz]'
	$(BIN)/python -m tests.onnx.fuzz --minutes $(MINUTES)

setup: $(VENV)/.ready-dev ## everything into .venv: the command line, all extras, the tools

check: $(VENV)/.ready-dev ## format, lint, types, drift of generated files, layers, import budget
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy scailable generated/scailable_api scripts benchmarks examples tests
	$(BIN)/python scripts/regenerate.py --check
	$(BIN)/python scripts/twins.py --check
	$(BIN)/python scripts/stubs.py --check
	$(BIN)/python scripts/onnx_rules.py --check
	$(BIN)/lint-imports
	$(BIN)/python scripts/import_budget.py

style: $(VENV)/.ready-dev ## format, fix lint, rewrite every generated file
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/regenerate.py
	$(BIN)/python scripts/twins.py
	$(BIN)/python scripts/stubs.py
	$(BIN)/python scripts/onnx_rules.py

regenerate: $(VENV)/.ready-dev ## rebuild generated/ from openapi/
	$(BIN)/python scripts/regenerate.py

bench: $(VENV)/.ready-dev ## ratios against peers, measured in one run
	$(BIN)/python -m benchmarks

clean: ## remove the environment and caches
	rm -rf $(VENV) .venvs .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis .fuzz build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "scailable needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The demo takes only what it runs; the tools for development come with `make setup`.
$(VENV)/.ready-demo: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[demo]'
	@touch $@

$(VENV)/.ready-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.ready-demo
