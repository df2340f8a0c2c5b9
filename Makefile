# Everything that a person or CI runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Some images of containers set it for their own layers' sake. With it, every process compiles again every module of the
# libraries that it imports: a second and more of pandas and scikit-learn alone.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Modules are compiled when they are first imported: most of them never are, and to compile all takes half of the time.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile
FUNCTION := .venv-function
REQUIREMENTS := handler/requirements.txt training/requirements.txt $(wildcard tests/requirements.txt)
# What of OPTIONAL ships too, as handler/engines/shipped.py says.
SHIPPED_TOO := $(shell sed -n 's/^SHIPPED_TOO[^=]*=//p' handler/engines/shipped.py | tr -d '()",')
ENGINE ?= sklearn
ENGINES := sklearn onnx
PORT ?= 8000
CLOUD_PORT ?= 4566
MODEL_URI ?= .demo/registry/iris

# ENGINE where it was given, and is not just the default above; then it is the stack's parameter.
GIVEN_ENGINE = $(if $(filter-out file,$(origin ENGINE)),$(ENGINE))
# The parameters that were given; refused where two of them are of the engine, or it is none.
OVERRIDES = $(strip $(if $(filter-out $(ENGINES),$(GIVEN_ENGINE)),$(error ENGINE is one of $(ENGINES), not $(ENGINE))) \
	$(if $(and $(GIVEN_ENGINE),$(filter Engine=%,$(PARAMETERS))),$(error Give ENGINE=$(ENGINE) or PARAMETERS=$(filter Engine=%,$(PARAMETERS)), not both)) \
	$(PARAMETERS) $(GIVEN_ENGINE:%=Engine=%))

##@ Try it

.PHONY: help
help: ## List the targets
	@awk 'sub(/^##@ /, "") { print "\n" $$0 } \
		/^[a-z0-9-]+:.*## / { target = $$1; sub(/:$$/, "", target); sub(/.*## /, ""); printf "  make %-18s  %s\n", target, $$0 }' \
		$(MAKEFILE_LIST)

.PHONY: demo
demo: install ## Train Iris, publish it to a folder, and have the real handler answer (MODEL=, TABLE=, TARGET=: your own)
	@$(RUN) -m training demo $(if $(MODEL),--model "$(MODEL)") $(if $(TABLE),--table "$(TABLE)") \
		$(if $(TARGET),--target "$(TARGET)")

.PHONY: serve
serve: install ## Answer the function's routes on http://127.0.0.1:8000, without Docker (PORT=, MODEL_URI=)
	@test -n "$(findstring ://,$(MODEL_URI))" || test -d "$(MODEL_URI)" || $(RUN) -m training demo
	@$(RUN) -m training serve --port $(PORT) --model-uri $(MODEL_URI)

##@ Make it a URL

.PHONY: local-cloud
local-cloud: install .tools/sam/installed .tools/ministack/installed ## Deploy to a stand-in for AWS on this machine, and leave it running (MODEL_NAME=, MODEL=folder, ENGINE=sklearn or onnx, CLOUD_PORT=)
	@$(RUN) -m ops.local_cloud up --port $(CLOUD_PORT) $(if $(MODEL_NAME),--model-name "$(MODEL_NAME)") \
		$(if $(MODEL),--model "$(MODEL)") $(GIVEN_ENGINE:%=--engine %)

.PHONY: local-cloud-down
local-cloud-down: install ## End what `make local-cloud` left running
	@$(RUN) -m ops.local_cloud down

DEPLOY = $(if $(CONFIG_ENV),--config-env "$(CONFIG_ENV)") $(if $(PACKAGE),--package "$(PACKAGE)")
# A registry is checked without a stack where MODEL_URI was given, and is not just the default above.
CHECKED = $(if $(STACK_NAME),--stack-name "$(STACK_NAME)",$(if $(filter-out file,$(origin MODEL_URI)),--model-uri "$(MODEL_URI)"))

.PHONY: deploy
deploy: install .tools/sam/installed ## Build, check, deploy to your AWS account, and record (MODEL_NAME=, STACK_NAME=, CONFIG_ENV=, ENGINE=, PARAMETERS=)
	@$(RUN) -m ops.deploy.deploy $(if $(MODEL_NAME),--model-name "$(MODEL_NAME)") \
		$(if $(STACK_NAME),--stack-name "$(STACK_NAME)") $(if $(CONFIG_ENV),--config-env "$(CONFIG_ENV)") \
		$(if $(OVERRIDES),--parameter-overrides $(OVERRIDES))

.PHONY: api-key
api-key: install ## Print the API key of a deployed stack (STACK_NAME=, CONFIG_ENV=)
	@$(RUN) -m ops.deploy.api_key $(if $(STACK_NAME),--stack-name "$(STACK_NAME)") \
		$(if $(CONFIG_ENV),--config-env "$(CONFIG_ENV)")

.PHONY: check-deploy
check-deploy: install ## Check that what `sam build` made could serve the promoted models (STACK_NAME= or MODEL_URI=, PACKAGE=, ENGINE=, PARAMETERS=)
	@$(RUN) -m ops.deploy.check $(DEPLOY) $(CHECKED) $(if $(OVERRIDES),--parameter-overrides $(OVERRIDES))

.PHONY: record-deploy
record-deploy: install ## Put on record what `sam deploy` deployed, so that `promote` asks what it can read (STACK_NAME=, PACKAGE=)
	@$(RUN) -m ops.deploy.record $(DEPLOY) $(if $(STACK_NAME),--stack-name "$(STACK_NAME)")

.PHONY: sam
sam: .tools/sam/installed ## Install the SAM CLI in .tools/sam

.PHONY: sam-build
sam-build: install .tools/sam/installed ## Build what `sam deploy` uploads (ENGINE=sklearn or onnx, PARAMETERS=)
	SAM_CLI_TELEMETRY=0 .tools/sam/bin/sam build $(if $(OVERRIDES),--parameter-overrides $(OVERRIDES))

.PHONY: build
build: install ## Build the Lambda package for both architectures in build/, and print its size (ENGINE=sklearn or onnx)
	@for a in x86_64 arm64; do rm -rf build/$$a; \
		$(RUN) -m packager --architecture $$a --engine $(ENGINE) --out build/$$a || exit 1; done

.PHONY: local-model
local-model: install .tools/sam/installed ## Build for `sam local`, with a trained model inside the package (ENGINE=sklearn or onnx)
	@$(RUN) -m ops.local_model $(GIVEN_ENGINE:%=--engine %)

##@ Prove it on AWS

# `exec`, so that a signal reaches the program, which then deletes what it made.
PROVE = @exec $(RUN) -m ops.prove $(if $(filter yes,$(CONFIRM)),--yes)

.PHONY: prove-on-aws
prove-on-aws: install $(if $(DRY_RUN),,.tools/sam/installed) ## In your AWS account, prove what no stand-in can: says the cost first, reports, and deletes everything (DRY_RUN=1, CONFIRM=yes, CLAIMS=)
	$(PROVE) $(if $(DRY_RUN),--dry-run) $(if $(CLAIMS),--claims "$(CLAIMS)")

.PHONY: prove-on-aws-clean
prove-on-aws-clean: install ## Delete what a killed `make prove-on-aws` left in your AWS account (CLEAN=prove-0123abcd, CONFIRM=yes)
	$(PROVE) --clean $(CLEAN)

##@ Change it

.PHONY: install
install: $(VENV)/installed $(SHIPPED_TOO:%=$(VENV)/installed-%) $(VENV)/importable $(FUNCTION)/$(notdir $(VENV)).made ## Make .venv with everything that training, serving and tests need

$(VENV)/installed: $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 …")'
	@echo "Installing the pinned libraries into $(VENV): a minute or two, once." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) $(PIP_INSTALL) $(REQUIREMENTS:%=-r %)
	@touch $@

# What they need is there already, as pinned.
$(VENV)/installed-%: handler/requirements-%.txt $(VENV)/installed
	@$(RUN) $(PIP_INSTALL) --no-deps -r $<
	@touch $@

# Lets the Python of $(VENV) import this project in any folder. An isolated process, and what has no `site`, does not.
$(VENV)/importable: $(VENV)/installed
	@$(RUN) -c 'import sysconfig as s; from pathlib import Path as P; P(s.get_path("purelib"), "sklearn-on-lambda.pth").write_text(f"{P.cwd()}\n")'
	@touch $@

# The libraries that models are proved with, of each package, for the Python of $(VENV). Quiet where they are there.
$(FUNCTION)/$(notdir $(VENV)).made: $(VENV)/installed $(SHIPPED_TOO:%=$(VENV)/installed-%) $(wildcard handler/requirements*.txt)
	@$(RUN) -m training.function_environment
	@touch $@

# Each tool has a virtual environment of its own, because its pins differ from the project's.
.tools/%/installed: ops/tools/requirements-%.txt | install
	@echo "Installing $* into .tools/$*: about a minute, once." >&2
	@rm -rf .tools/$*
	@python=$$($(RUN) -m ops.python_3_13) && "$$python" -m venv .tools/$*
	@.tools/$*/bin/python $(PIP_INSTALL) -r $<
	@touch $@

.tools/bench/installed: bench/requirements.txt | install
	rm -rf .tools/bench
	python=$$($(RUN) -m ops.python_3_13) && "$$python" -m venv .tools/bench
	@# Compiled, because the functions that are measured write no bytecode.
	.tools/bench/bin/python $(PIP_INSTALL) --compile -r $<
	@touch $@

.tools/contract/installed .tools/page/installed: .tools/%/installed: tests/%/requirements.txt | install
	rm -rf .tools/$*
	$(PYTHON) -m venv .tools/$*
	.tools/$*/bin/python $(PIP_INSTALL) -r $<
	@touch $@

# What the function would have with LightGBM and XGBoost. Tests prove models of theirs with it.
.tools/boost/installed: handler/requirements.txt handler/requirements-lightgbm.txt handler/requirements-xgboost.txt | install
	rm -rf .tools/boost
	$(RUN) -c 'import sys; from pathlib import Path as P; from training.function_environment import function_libraries as f; \
		f(P(sys.argv[1]), [P("$(@D)")], [*map(P, sys.argv[2:])])' $^
	@touch $@

.PHONY: format
format: install ## Format the code as `make check` expects it
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

.PHONY: test
test: install ## Run the unit tests; `make check` runs the integration tests too
	$(RUN) -m pytest -n auto --dist loadfile tests/unit

.PHONY: check
check: install ## Run what a pull request must pass: lint, types, unit and integration tests
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest -n auto --dist loadfile

.PHONY: reference
reference: install ## Write docs/reference.md and the tables of README.md from the code
	$(RUN) -m ops.reference

.PHONY: docs
docs: install .tools/docs/installed ## Make the site of README.md and docs/ in build/site, and check its links
	NO_MKDOCS_2_WARNING=1 .tools/docs/bin/python -m mkdocs build --strict
	@echo "Open build/site/index.html"

.PHONY: contract
contract: install ## Say whether the contract changed since BASE (main), and whether that breaks clients
	$(RUN) -m tests.contract.breaking_changes --base $(or $(BASE),main)

# One resolution for all supported Pythons, with a hash for each file and no index address.
LOCK_FROM = .tools/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --python-version
LOCK = $(LOCK_FROM) 3.11
# onnxruntime names them, and computes without them.
UNSHIPPED = flatbuffers packaging protobuf
TOOLS = sam ministack checkov zizmor samples docs
# Resolves $(1).in, leaving out what the pins of $(2) install already. `&&`, so that a failing sed is seen.
BESIDE = without=$$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' $(2)) && \
	$(LOCK) $$without $(1).in -o $(1).txt

.PHONY: lock
lock: ## Pin each requirements.txt again from the requirements.in beside it
	test -x .tools/lock/bin/uv || { $(PYTHON) -m venv .tools/lock && .tools/lock/bin/pip install --quiet uv; }
	$(LOCK) handler/requirements.in -o handler/requirements.txt
	$(LOCK) $(UNSHIPPED:%=--no-emit-package %) handler/requirements-onnx.in -o handler/requirements-onnx.txt
	$(call BESIDE,handler/requirements-lightgbm,handler/requirements.txt)
	$(call BESIDE,handler/requirements-xgboost,handler/requirements.txt)
	$(call BESIDE,training/requirements,handler/requirements.txt)
	$(if $(wildcard tests),$(call BESIDE,tests/requirements,handler/requirements.txt training/requirements.txt))
	for stem in $(basename $(wildcard tests/contract/requirements.in tests/page/requirements.in)); do \
		$(LOCK) $$stem.in -o $$stem.txt || exit 1; done
	for stem in bench/requirements ops/lambda_image/requirements $(TOOLS:%=ops/tools/requirements-%); do \
		$(LOCK_FROM) 3.13 $$stem.in -o $$stem.txt || exit 1; done

.PHONY: clean
clean: ## Remove what make made, except the demo's registry
	@test ! -x $(RUN) || $(RUN) -m ops.local_cloud down
	rm -rf $(VENV) $(FUNCTION) .tools .aws-sam build .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

##@ Test more than a pull request needs

.PHONY: test-pythons
test-pythons: ## Run the demo and the unit tests on the supported Pythons other than that of .venv, and say which
	@.ci/each-python

.PHONY: test-bring
test-bring: install ## Package models that were fitted elsewhere by the command line, in the processes that it starts
	$(RUN) -m pytest -n auto tests/bring

.PHONY: test-models
test-models: install ## Train models of ten families on the command line, and have the handler answer for each
	$(RUN) -m pytest -n auto tests/models

.PHONY: test-tutorials
test-tutorials: install ## Bring the pipelines of tutorials, fitted to DataFrames, and compare every answer with the original's
	$(RUN) -m pytest -n auto tests/tutorials

.PHONY: test-estimators
test-estimators: install ## Serve every estimator of scikit-learn that has predict, and hold docs/estimators.md to it
	$(RUN) -m pytest tests/estimators

.PHONY: test-releases
test-releases: install ## Prove, deploy, release, roll back and prune for real: several writers at once, killed half-way, refused by S3
	$(RUN) -m pytest -n auto tests/releases

.PHONY: test-transport
test-transport: install ## Reach S3 over real sockets: TLS, credentials, proxies, parts that break, freezes, large uploads
	$(RUN) -m pytest -n auto tests/transport

.PHONY: test-cost
test-cost: install ## Measure that large models and large batches cost no more memory and time than is said
	$(RUN) -m pytest tests/cost

.PHONY: test-faults
test-faults: install ## Break S3, disks and processes for real, and test that nothing is lost and no answer is wrong
	$(RUN) -m pytest -n auto --maxschedchunk=1 tests/faults

.PHONY: test-package
test-package: install ## Build the package for both architectures, and test what is in it and what it imports
	$(RUN) -m pytest tests/package tests/coldstart

.PHONY: test-emulator
test-emulator: install .tools/sam/installed .tools/bench/installed .tools/boost/installed ## Have the built package answer for the ten models under Lambda's runtime emulator
	$(RUN) -m pytest tests/emulator

.PHONY: test-contract
test-contract: install .tools/contract/installed ## Send thousands of requests generated from the contract, valid and not (schemathesis)
	$(RUN) -m pytest tests/contract

.PHONY: test-page
test-page: install .tools/page/installed .tools/docs/installed ## Drive the pages in a real Chromium, and check their accessibility (axe)
	.tools/page/bin/python -m pytest --confcutdir=tests/page tests/page

.PHONY: test-docs
test-docs: install .tools/sam/installed .tools/ministack/installed .tools/samples/installed .tools/docs/installed ## Go the README's way in a fresh copy and a stand-in for AWS, then run every sample of docs/
	$(RUN) -m pytest tests/docs

.PHONY: test-prove
test-prove: install .tools/sam/installed .tools/ministack/installed ## Run `make prove-on-aws` against a stand-in for AWS: whole, broken, ended and killed
	$(RUN) -m pytest tests/prove

.PHONY: check-template
check-template: install .tools/sam/installed .tools/checkov/installed ## Lint template.yaml, test what SAM makes of it and of the project (`sam init`), and check it against security rules
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .tools/sam/bin/sam validate --lint
	$(RUN) -m pytest tests/template
	.tools/checkov/bin/checkov --file template.yaml --framework cloudformation --compact --quiet --skip-download

.PHONY: check-workflows
check-workflows: .tools/zizmor/installed ## Check the GitHub workflows against security rules
	.tools/zizmor/bin/zizmor --offline .github

.PHONY: e2e-local
e2e-local: install .tools/sam/installed ## Send every event, and HTTP requests, through `sam local` in Docker
	$(RUN) -m pytest tests/e2e/local

.PHONY: e2e-deploy
e2e-deploy: install .tools/sam/installed .tools/ministack/installed .tools/contract/installed .tools/page/installed ## `sam deploy` into a stand-in for AWS, and test the stack from its first model to its deletion
	$(RUN) -m pytest -x tests/e2e/deploy

.PHONY: same-answers
same-answers: install .tools/sam/installed .tools/ministack/installed .tools/bench/installed ## Ask the same rows each way there is: commands, the package, a stack with its queue and stream; count answers that differ (ONLY=)
	$(RUN) -m bench.ways $(if $(ONLY),--only $(ONLY))

##@ Measure

.PHONY: bench-cold
bench-cold: install .tools/sam/installed .tools/bench/installed ## Measure cold starts beside those of a plain `sam build`
	$(RUN) -m bench.cold_start

.PHONY: bench-scoring
bench-scoring: install ## Measure `score` beside a plain loop of pandas, and its memory as a table grows (ROWS=1000000)
	$(RUN) -m bench.scoring $(if $(ROWS),--rows $(ROWS))

.PHONY: bench-memory
bench-memory: install ## Measure the memory that models of 1, 50 and 262 MB take when they are loaded and published
	$(RUN) -m bench.memory

.PHONY: bench-latency
bench-latency: install ## Measure requests of 1, 100 and 10,000 rows beside a plain Flask handler, and what windows cost them
	$(RUN) -m bench.latency
	$(RUN) -m bench.windows

.PHONY: soak-streams
soak-streams: install .tools/sam/installed .tools/ministack/installed ## Send 20,000 messages, some poisoned, to a stack in a stand-in for AWS, and say what became of each (half an hour)
	$(RUN) -m tests.e2e.deploy.streams

.PHONY: drift-simulation
drift-simulation: install ## Draw thousands of windows, and show how often they alarm with and without a drift
	$(RUN) -m bench.drift.simulation
