# Everything a person or CI runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
REQUIREMENTS := handler/requirements.txt training/requirements.txt tests/requirements.txt
PORT ?= 8000
MODEL_URI ?= .demo/registry/iris

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: demo
demo: install ## Train Iris, publish it to a directory, and have the real Lambda handler answer
	@$(RUN) -m training demo

.PHONY: test
test: install ## Run the unit and integration tests
	$(RUN) -m pytest -n auto

.PHONY: check
check: install ## Just what a pull request must pass: lint, types, tests
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest -n auto

.PHONY: serve
serve: install ## Answer the function's routes on http://127.0.0.1:8000, without Docker (PORT=, MODEL_URI=)
	@test -n "$(findstring ://,$(MODEL_URI))" || test -d "$(MODEL_URI)" || $(RUN) -m training demo
	@$(RUN) -m training serve --port $(PORT) --model-uri $(MODEL_URI)

.PHONY: format
format: install ## Lay the code out as `make check` wants it
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

.PHONY: install
install: $(VENV)/installed ## Make .venv with everything that training, serving and tests need

$(VENV)/installed: $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 …")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes $(REQUIREMENTS:%=-r %)
	@touch $@

.PHONY: clean
clean: ## Remove what make made, but not the demo's registry
	rm -rf $(VENV) .tools .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis

# One resolution for all supported Pythons, with a hash for each file and no index address.
LOCK = .tools/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
WITHOUT = $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' $(1))

.PHONY: lock
lock: ## Pin requirements.txt anew from the requirements.in beside each
	test -x .tools/lock/bin/uv || { $(PYTHON) -m venv .tools/lock && .tools/lock/bin/pip install --quiet uv; }
	$(LOCK) handler/requirements.in -o handler/requirements.txt
	$(LOCK) $(call WITHOUT,handler/requirements.txt) training/requirements.in -o training/requirements.txt
	$(LOCK) $(call WITHOUT,handler/requirements.txt training/requirements.txt) tests/requirements.in -o tests/requirements.txt
