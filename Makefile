# Every target sets up what it needs; `make` alone explains them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON := $(shell command -v python3.13 2>/dev/null)
BIN := .venv/bin
# Compiled once here, not at every start of every program where Python may not write what it compiled.
PIP_INSTALL = $(BIN)/uv pip install -q --compile-bytecode --require-hashes
NPM_CI := npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

help: ## Show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## Start everything and print the URL of the chat
	@$(MAKE) --no-print-directory -j3 .venv/.local local/azurite/node_modules/.installed web/dist/index.html
	@$(BIN)/python -m local --traces $(ARGS)

emulators: ## Start everything but the Functions host, for `func start`
	@$(MAKE) --no-print-directory -j3 .venv/.local local/azurite/node_modules/.installed web/dist/index.html
	@$(BIN)/python -m local --without-host $(ARGS)

test: ## Check and test everything
	@$(MAKE) --no-print-directory -j3 .venv/.dev local/azurite/node_modules/.installed tests/mcp/node/node_modules/.installed web/dist/index.html .venv-checkov/.made
	@$(MAKE) --no-print-directory -j2 lint browser scan
	cd web && npm run --silent test
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: .venv/.dev web/node_modules/.installed ## Formatting, lint rules, types, generated files
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/pyright
	$(BIN)/python scripts/generate_protocol.py --check
	$(BIN)/python scripts/generate_openapi.py --check
	$(BIN)/python scripts/generate_catalog_schema.py --check
	cd web && npm run --silent generate:check && npm run --silent lint && npm run --silent typecheck

browser: .venv/.dev ## Install Chromium for the browser tests, if there is none
	@$(BIN)/python scripts/ensure_browser.py

web: web/dist/index.html ## Build the web client

protocol: .venv/.dev web/node_modules/.installed ## Generate the protocol's schema, page and TypeScript types
	$(BIN)/python scripts/generate_protocol.py
	$(BIN)/python scripts/generate_openapi.py
	$(BIN)/python scripts/generate_catalog_schema.py
	cd web && npm run --silent generate

bench: .venv/.dev local/azurite/node_modules/.installed web/dist/index.html ## Measure turns beside a plain server, with 1, 20 and 100 people
	$(BIN)/python -m bench.turn $(ARGS)

bench-tools: .venv/.dev local/azurite/node_modules/.installed web/dist/index.html ## Measure tool calls beside bare MCP calls
	$(BIN)/python -m bench.tools $(ARGS)

bench-start: package ## Measure how long a new instance takes to load the app
	$(BIN)/python -m bench.cold_start build/app

package: .venv/.local ## Make the deployment package in build/app
	$(BIN)/python -m scripts.build_package build/app

scan: .venv-checkov/.made ## Scan infra/ with checkov
	@$(BIN)/python -m scripts.scan_infra

chaos: .venv/.dev local/azurite/node_modules/.installed web/dist/index.html ## Eleven thousand turns while the worker is killed at random
	$(BIN)/python -m bench.chaos $(ARGS)

lock: ## Derive the requirements files from pyproject.toml
	$(BIN)/uv pip compile -q $(LOCK) pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q $(LOCK) -c requirements.txt pyproject.toml --group local -o requirements-local.txt
	$(BIN)/uv pip compile -q $(LOCK) -c requirements.txt pyproject.toml --group dev -o requirements-dev.txt
LOCK := --generate-hashes --no-annotate --no-header --prerelease=if-necessary-or-explicit

clean: ## Forget all local state: conversations, blobs, keys
	rm -rf .local

.venv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.13 is needed and python3.13 was not found: install it (for example: pyenv install 3.13) and run again."; exit 1; }
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "python3.13 is there but does not run: with pyenv, run 'pyenv install 3.13' and try again."; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.9

.venv/.local: requirements-local.txt | .venv/bin/uv
	@$(PIP_INSTALL) --python $(BIN)/python -r requirements-local.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/uv
	@$(PIP_INSTALL) --python $(BIN)/python -r requirements-dev.txt
	@touch $@

# checkov needs versions of packages the app must not have.
.venv-checkov/.made: infra/checkov/requirements.txt | .venv/bin/uv
	@rm -rf .venv-checkov
	@$(BIN)/uv venv -q --python $(BIN)/python .venv-checkov
	@$(PIP_INSTALL) --python .venv-checkov/bin/python --no-deps -r infra/checkov/requirements.txt
	@touch $@

local/azurite/node_modules/.installed: local/azurite/package-lock.json | node
	@cd local/azurite && $(NPM_CI) 2> >(grep -v EBADENGINE >&2)
	@touch $@

tests/mcp/node/node_modules/.installed: tests/mcp/node/package-lock.json | node
	@cd tests/mcp/node && $(NPM_CI) 2> >(grep -v EBADENGINE >&2)
	@touch $@

web/node_modules/.installed: web/package-lock.json | node
	@cd web && $(NPM_CI)
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@cd web && npm run --silent build
	@touch $@

node:
	@command -v npm >/dev/null || { echo "Node 20 or newer is needed and npm was not found: install Node and run again."; exit 1; }

.PHONY: help run emulators test lint browser web protocol bench bench-start bench-tools package scan chaos lock clean node
