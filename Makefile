# Sets radgen up in .venv and runs it. Stamp files in .venv/stamps make a second call quick.

PYTHON ?= python3
EXTRAS ?= [test]
VENV := .venv
RUN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(RUN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt

export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export MLFLOW_DISABLE_TELEMETRY := true

.DEFAULT_GOAL := help
.PHONY: help setup manifest demo test lint bench gallery

help: ## What can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: manifest ## Packages in .venv and the dbt manifest: a few minutes, later seconds
	@echo "radgen is set up: $(RUN)/radgen --help"

$(STAMPS)/made:
	@PYTHON=$(PYTHON) sh scripts/check_machine.sh
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# numpy before pyradiomics, which compiles against it; torch before all that would ask for another build of it
$(STAMPS)/built_against: $(STAMPS)/made constraints.txt
	@echo "Installing numpy, cython and torch"
	@$(PIP) --upgrade pip wheel setuptools
	@$(PIP) numpy cython versioneer torch
	@touch $@

$(STAMPS)/pyradiomics: $(STAMPS)/built_against
	@echo "Compiling pyradiomics"
	@$(PIP) --no-build-isolation pyradiomics
	@touch $@

$(STAMPS)/packages: $(STAMPS)/pyradiomics pyproject.toml
	@echo "Installing everything else"
	@$(PIP) --editable '.$(EXTRAS)'
	@touch $@

manifest: $(STAMPS)/packages
	@$(RUN)/python -c 'from radgen_assets.resources.warehouse_build import prepare_manifest; prepare_manifest()'

demo: export RADGEN_HOME ?= $(CURDIR)/demo_home
demo: setup ## The whole pass over phantom cohorts, in RADGEN_HOME (default: demo_home)
	@$(RUN)/radgen demo

test: setup ## Everything that CI judges: formatting, lint, types, floors, tests
	@$(RUN)/python scripts/run_tests.py

lint: setup ## ruff, mypy and the floors
	@$(RUN)/python scripts/run_tests.py --only-lint

bench: setup ## The programs in benchmarks/, with --quick; ends with the goals met and missed
	@$(RUN)/python scripts/run_benchmarks.py

gallery: setup ## A page of the figures that reports are made of: gallery/index.html
	@$(RUN)/python -m scripts.draw_gallery gallery
