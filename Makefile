# Two commands on a fresh machine: `make demo` and `make test`. Both make the environment first.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
export PIP_CONSTRAINT := $(abspath constraints.txt)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint bench clean
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 10

# torch is installed by its exact version first: an open range would bring gigabytes of GPU libraries.
$(VENV)/made: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dl30 needs Python 3.11 or newer, and this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet torch
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@

demo: $(VENV)/made ## release, submit and grade day 14 in a scratch folder
	$(BIN)/dl30 demo

test: $(VENV)/made lint ## lint, types, and every test
	$(BIN)/pytest -n 2 --dist loadfile

lint: $(VENV)/made ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/made ## time per submission, against stock nbgrader, where it goes, what each day costs; reports
	$(BIN)/python benchmarks/one_class.py
	$(BIN)/python benchmarks/where_it_goes.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/each_day.py
	$(BIN)/python benchmarks/quiz.py
	$(BIN)/python benchmarks/report.py

clean: ## take away what make made
	rm -rf $(VENV) build dist *.egg-info
