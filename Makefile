# Two commands do everything on a fresh machine: `make demo` and `make test`. Both are safe to repeat.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1
unexport PYTHONDONTWRITEBYTECODE # set, each of many short processes would compile the sources again

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow test-scale test-real real lint image-check lock clean

help: ## Show what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## Create .venv with the locked packages

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Python 3.11 to 3.13 is needed; set PYTHON=python3.11")'
	@echo "== creating $(VENV) and installing the locked packages (about 7 GB with CUDA libraries, some minutes)"
	@test -f $@ && $(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && \
	  $(PYTHON) -c 'import shutil, sys; free = shutil.disk_usage(".").free / 1e9; sys.exit(free < 11 and f"{free:.1f} GB are free here, and the install needs 11 GB: make room")' && \
	  $(PYTHON) -m venv $(VENV); }
	@rm -f $@ # an install cut short can leave packages without their programs: begin anew
	@$(BIN)/python -m pip install --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@$(BIN)/python -c 'import torch, sneakers_ml'
	@touch $@

demo: $(READY) ## Rebuild the pipeline on the embedded data, then answer a photo that the index doesn't hold
	@echo "== dvc repro: draw the demo's sneakers, then every stage up to the bundle"
	@$(BIN)/dvc repro
	@echo "== a photo that is not in the index"
	@$(BIN)/sneakers --workspace . predict data/demo/queries/$(DEMO_QUERY) --draw reports/demo-answer.jpg
	@echo "== the same as a picture: reports/demo-answer.jpg; how good the models are: reports/index.html"

DEMO_QUERY ?= 06-fjarn-tarnpath.jpg

test: $(READY) ## Run the tests (a few minutes)
	@echo "== pytest on 3 processes: two cores are busy while a test waits"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-slow: $(READY) ## Run the slow tests
	@$(BIN)/python -m pytest -m slow

$(VENV)/.scale: $(READY) requirements-scale.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-scale.txt
	@touch $@

test-scale: $(VENV)/.scale ## Install the extras scale and milvus, then run the tests that need them
	@$(BIN)/python -m pytest -m scale

test-real: $(READY) ## Run the tests that need the real photos beside the checkout
	@$(BIN)/python -m pytest -m real

real: $(READY) ## The pipeline on your own photos: make real PHOTOS=DIR WORKSPACE=DIR2 [BRANDS=FILE] [TRAIN_SOURCE=NAME] [OTHER="CSV…"] [PROFILE=gpu]
	@test -n "$(PHOTOS)" -a -n "$(WORKSPACE)" || { echo "say where: make real PHOTOS=DIR WORKSPACE=DIR2 [BRANDS=FILE]"; exit 2; }
	@$(BIN)/sneakers workspace "$(WORKSPACE)" $(if $(BRANDS),--brands "$(BRANDS)") $(if $(TRAIN_SOURCE),--train-source "$(TRAIN_SOURCE)") $(if $(PROFILE),--profile $(PROFILE))
	@$(BIN)/sneakers --workspace "$(WORKSPACE)" import "$(PHOTOS)"
	@for other in $(OTHER); do $(BIN)/sneakers --workspace "$(WORKSPACE)" import "$$other" --no-sneakers --source "$$(basename "$$other" .csv)" || exit 1; done
	@cd "$(WORKSPACE)" && dvc repro
	@echo "== done: sneakers --workspace $(WORKSPACE) predict PHOTO; how good the models are: $(WORKSPACE)/reports/index.html"

lint: $(READY) ## Check style, types and the direction of imports
	@$(BIN)/pre-commit run --all-files

image-check: $(READY) ## Build the image's environment without a container engine; its bot answers a photo (after make demo)
	@$(BIN)/python -m scripts.check_image data/demo/queries/$(DEMO_QUERY)

lock: ## Renew poetry.lock and what is exported from it after a change of pyproject.toml
	@test -x .poetry/bin/poetry || { $(PYTHON) -m venv .poetry && .poetry/bin/pip install --quiet poetry==2.5.1 poetry-plugin-export; }
	@.poetry/bin/poetry lock
	@.poetry/bin/poetry export --extras "crawl train web proxy clip" --all-groups --output requirements.txt
	@.poetry/bin/poetry export --extras "scale milvus" --output requirements-scale.txt
	@.poetry/bin/poetry export --extras web --extras proxy --output deploy/requirements.txt
	@.poetry/bin/python scripts/lock_image.py

clean: ## Remove the virtual environment (data, models and reports stay)
	rm -rf $(VENV) .poetry
