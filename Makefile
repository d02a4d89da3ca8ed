# Everything that is done with this project. `make help` lists it.
# Needs Python 3.11+, git and make; everything else is set up in .venv from the lock files.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --extra postgres --extra pdf --extra scan
CHROMIUM := chromium=chromium chromium-headless-shell=chromium-headless-shell
ARGS ?=
WORKERS ?= 2
export DENO_DIR := $(VENV)/deno
export DENO_NO_UPDATE_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow lint dead-code dependencies format coverage mutation journeys summaries odd-values wheel bench screenshots
.PHONY: bench-scale stranger translations lock sbom audit clean setup setup-dev

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## start the demo: seven organizations with invented people (ARGS="--port 7100 --data-dir DIR --reset --lan")
	@exec $(BIN)/portal demo $(ARGS)

test: setup-dev ## run the tests but the slow ones (ARGS="tests/unit -k name" for some, slow ones too)
	@.ci/packages $(CHROMIUM)
	@$(BIN)/python -m pytest -q -n $(WORKERS) $(or $(ARGS),-m "not slow")

test-slow: setup-dev ## run what takes long: processes killed at every step, every state of a link in a browser, the wheel
	@.ci/packages $(CHROMIUM)
	@$(BIN)/python -m pytest -q -n $(WORKERS) -m slow $(ARGS)

lint: setup-dev ## check style, types, templates, layers, dead code and dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/djangofmt --check templates
	@$(BIN)/deno fmt --quiet --check
	@$(BIN)/lint-imports
	@$(MAKE) --silent dead-code dependencies

dead-code: # what nothing uses; names in templates count as used
	@mkdir -p artefacts
	@$(BIN)/python .ci/template-names > artefacts/template_names.py
	@$(BIN)/vulture

dependencies: # what is imported and not declared, or declared and not imported
	@$(BIN)/deptry --no-ansi portal jobs
	@$(BIN)/deptry --no-ansi tests --ignore DEP002,DEP004

format: setup-dev ## put Python, templates, style sheet and script into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djangofmt --quiet templates
	@$(BIN)/deno fmt --quiet

coverage: setup-dev ## run tests and show what they do not reach, in artefacts/coverage (ARGS="tests/unit" for some)
	@.ci/packages $(CHROMIUM)
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -n $(WORKERS) $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage html --quiet
	@$(BIN)/coverage report --skip-covered --skip-empty --sort=cover | tail -n 25

mutation: setup-dev ## change the code and count what unit tests notice (ARGS="portal/access --seed 1 --mutants 300")
	@$(BIN)/python -m tests.mutation $(or $(ARGS),portal/access)

journeys: setup-dev ## walk in a browser what is too long for every run: a clerk's day, thirty tasks, patients with a phone, sharing
	@.ci/packages $(CHROMIUM) w3m=w3m
	@JOURNEYS=1 $(BIN)/python -m pytest -q -n 0 tests/browser/test_clerks_day.py tests/browser/test_people_journeys.py \
		tests/browser/test_sharing.py tests/browser/test_camera.py tests/browser/test_tasks.py tests/browser/test_every_page.py \
		tests/browser/test_text_browser.py tests/browser/test_visit_record.py

summaries: setup-dev ## check the summary of every shared patient and all of the demo's with validators of others
	@SUMMARIES=1 $(BIN)/python -m pytest -q -n 0 -rP tests/conformance/test_summaries.py \
		tests/conformance/test_validity.py -k "summar or validator"

odd-values: setup-dev ## open every page with many odd resources (EXAMPLES=200)
	@ODD_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/python -m pytest -q -n 0 tests/integration/web/test_odd_resources.py \
		tests/integration/web/test_odd_values.py

wheel: setup-dev ## build the wheel into artefacts/
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir artefacts .

bench: setup-dev ## run the benchmarks and write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-scale: setup-dev ## measure pages among many people on PostgreSQL (ARGS="--people 10000"; 100,000: 9 GB and half an hour)
	@$(BIN)/python -m tests.benchmarks.scale $(ARGS)

stranger: setup-dev ## walk from the wheel to a restored backup as docs/operation.md says, with the real programs
	@.ci/packages redis-server=redis-server postgres=postgresql nginx=nginx-light
	@$(BIN)/python -m tests.stranger

screenshots: setup-dev ## take pictures of the demo's pages into artefacts/screenshots
	@.ci/packages $(CHROMIUM)
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

translations: setup-dev ## bring new phrases into portal/translations and compile it (then translate what is empty)
	@mkdir -p artefacts
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --keyword lazy_gettext --keyword lazy_ngettext:1,2 --keyword lazy_pgettext:1c,2 \
		--add-location file --no-wrap --sort-by-file --project Tributary --output-file artefacts/messages.pot .
	@$(BIN)/pybabel --quiet update --input-file artefacts/messages.pot --output-dir portal/translations --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel --quiet compile --directory portal/translations

lock: setup-dev ## make the lock files anew from pyproject.toml
	@$(COMPILE) --group build -o requirements.lock pyproject.toml
	@$(COMPILE) --group build --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	@$(BIN)/python .ci/licences > docs/licences.md

sbom: setup-dev ## list what is in a release as CycloneDX, in artefacts/sbom.json (needs the package index)
	@mkdir -p artefacts
	@$(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements --pyproject pyproject.toml \
		--output-reproducible --of JSON -o artefacts/sbom.json requirements.lock

audit: setup-dev ## ask PyPI for advisories about what is locked
	@.ci/audit

clean: ## remove what was set up or measured (the demo's data stay)
	@rm -rf $(VENV) artefacts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(BIN)/python:
	@python="$$(PYTHON='$(PYTHON)' .ci/python)" && { \
		"$$python" -m venv $(VENV) >/dev/null 2>&1 || { \
			.ci/packages no-such-command=python3-venv; "$$python" -m venv --clear $(VENV); } }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) (once; needs the package index)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Adding what tests and checks need"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
