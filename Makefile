# `make` lists the commands. Everything runs inside .venv, which is created if it is missing.

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON := .venv/bin/python
RUN := ASTRAL_PARENT=$$PPID exec $(PYTHON) -m astral.local.run
PIP := $(PYTHON) -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps
LOCK := $(PYTHON) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-header --no-annotate
CODE := astral athletes metrics coaching tests bench

# Variables that another project has set in the shell must not change what these commands do.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONSTARTUP PYTHONWARNINGS PYTHONDONTWRITEBYTECODE VIRTUAL_ENV
unexport DJANGO_SETTINGS_MODULE PYTEST_ADDOPTS PYTEST_PLUGINS MYPYPATH GUNICORN_CMD_ARGS
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_VIRTUALENV PIP_NO_DEPS PIP_CONSTRAINT

.PHONY: help run demo dev migrate shell test quick coverage lint format check bench compare-devices forecast \
  test-random test-mutation test-ops clients released-schema browser screenshots docs lock

help:  ## This list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: .venv/run.stamp  ## Serve Astral at http://127.0.0.1:8000 (PORT, HOST; DEMO=0 without the demo)
	@$(RUN)

demo: .venv/run.stamp  ## Load the demo into the database of `make run`
	@$(RUN) sh -c '$(PYTHON) manage.py migrate --verbosity 0 && $(PYTHON) manage.py demo'

dev: .venv/dev.stamp  ## Serve with reloading and the debug toolbar at http://127.0.0.1:8000 (PORT)
	@DEBUG=1 $(RUN) sh -c '$(PYTHON) manage.py migrate --verbosity 0 && exec $(PYTHON) manage.py runserver --settings astral.local.dev_settings $${PORT:-8000}'

migrate: .venv/run.stamp  ## Migrate the database of `make run`
	@$(RUN) $(PYTHON) manage.py migrate

shell: .venv/run.stamp  ## A Python shell with the database of `make run`
	@$(RUN) $(PYTHON) manage.py shell

test: .venv/dev.stamp  ## The whole suite, in parallel, with servers of its own
	@$(PYTHON) -m pytest --numprocesses auto --dist worksteal $(ARGS)

quick: .venv/dev.stamp  ## The last failures; if there are none, the tests of what you changed
	@$(PYTHON) -m pytest --numprocesses auto --dist worksteal $$($(PYTHON) -m tests.support.changed_tests) $(ARGS)

coverage: .venv/dev.stamp  ## The whole suite; lists lines and branches that no test reaches
	@$(PYTHON) -m pytest --numprocesses auto --dist worksteal --cov --cov-report term:skip-covered $(ARGS)

format: .venv/dev.stamp  ## Format code and templates
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

lint: .venv/dev.stamp  ## Style, types, import rules, migrations, schema, production settings
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	ASTRAL_ENV=test $(PYTHON) -m mypy $(CODE)
	.venv/bin/lint-imports --no-logo
	$(PYTHON) -m astral.local.servers -- env ASTRAL_ENV=test $(PYTHON) manage.py makemigrations --check --dry-run
	ASTRAL_ENV=test $(PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null
	ASTRAL_ENV=production DEBUG=0 ALLOWED_HOSTS=astral.example.org SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(48))') \
	  $(PYTHON) manage.py check --deploy --fail-level WARNING

check: lint test  ## lint, then test

bench: .venv/run.stamp  ## Measure the statistics and write docs/BENCHMARKS.md (SCALE=full; BENCH=upload, roster, lists)
	@ASTRAL_HOME=$${BENCH_HOME:-.astral/bench} DEMO=0 ASTRAL_PARENT=$$PPID exec taskset -c 0-$$(($${CORES:-2} - 1)) $(PYTHON) -m astral.local.run $(PYTHON) -m bench.$${BENCH:-statistics}

compare-devices: .venv/run.stamp  ## Compare climbs and times with devices and write docs/FORMULAS.md (FOLDER with recordings)
	@$(PYTHON) -m bench.devices $(FOLDER)

forecast: .venv/run.stamp  ## Fit the race forecast to a CSV file of race times (RACES=file.csv)
	@ASTRAL_ENV=test $(PYTHON) manage.py fit_forecast "$${RACES:?Give the file: make forecast RACES=file.csv}"

test-random: .venv/dev.stamp  ## Property tests with new examples; 20,000 compare the statistics with a slow computation
	@ORACLE_EXAMPLES=20000 $(PYTHON) -m pytest --numprocesses auto --dist worksteal --hypothesis-profile random -m hypothesis

test-mutation: .venv/dev.stamp  ## Break the access rules in one place at a time: a test must fail (continues where it stopped)
	@$(PYTHON) -m pytest --numprocesses $${CORES:-2} --dist worksteal -v -p tests.mutation.report --show-capture=no --tb=line tests/mutation/check.py $(ARGS)

test-ops: .venv/dev.stamp  ## Test deploy/, a standby, several servers, kills, assistants with the real programs (skips missing ones)
	@STANDBY_ROUNDS=670 $(PYTHON) -m pytest --numprocesses 0 -q tests/ops/check_*.py tests/faults/check_*.py $(ARGS)
	@$(PYTHON) -m pytest --numprocesses auto --dist worksteal -q -p tests.ops.through_pgbouncer $(ARGS)

clients: .venv/dev.stamp  ## Generate the Python and TypeScript clients, check their types, call a server with them (needs the network)
	@$(PYTHON) -m pytest --numprocesses 0 -q tests/clients/check_clients.py $(ARGS)

released-schema: .venv/dev.stamp  ## At a release: keep its schema, with which later changes are compared
	@ASTRAL_ENV=test $(PYTHON) manage.py shell --verbosity 0 -c 'from tests.clients.schema_changes import write_released_schema as write; write()'

browser:  ## Install Debian's chromium for the browser tests (root or sudo)
	@.ci/browser

screenshots: .venv/dev.stamp  ## Take the pictures of the pages in docs/screenshots/ again (needs `make browser`)
	@$(PYTHON) -m pytest --numprocesses 0 -q tests/browser/screenshots.py

docs: .venv/dev.stamp  ## Build the documentation site into site/
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --quiet --strict

lock: .venv/dev.stamp  ## Lock requirements*.in again, with hashes
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-mcp.in --output-file requirements-mcp.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

$(PYTHON):
	@for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	  $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Making .venv with $$($$python --version) ..."; exec $$python -m venv --clear .venv; \
	done; \
	echo "Astral needs Python 3.11 or later with its venv module (Debian, Ubuntu: apt-get install python3 python3-venv)." >&2; exit 1

.venv/run.stamp: requirements.txt requirements-mcp.txt | $(PYTHON)
	@echo "Installing what Astral needs into .venv ..."
	@$(PIP) --requirement requirements.txt
	@$(PIP) --requirement requirements-mcp.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | $(PYTHON)
	@echo "Installing what the tests and checks need into .venv ..."
	@$(PIP) --requirement requirements-dev.txt
	@touch $@ .venv/run.stamp
