# Everything here does its own set-up first, and at once when that is done already. PYTHON=… names an interpreter.
.DEFAULT_GOAL := help
SHELL := /bin/sh
STEP = python=$$(scripts/python.sh) && "$$python" -m scripts.setup

.PHONY: help demo up test lint setup setup-run setup-test lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup-run ## Two months of billing of 200 subscribers, on real parts, with the invoices left in a folder
	@scripts/run billow demo $(ARGS)

up: setup-run ## Run every role on one port until Ctrl-C
	@scripts/run billow up $(ARGS)

test: setup-test ## Every test, against real PostgreSQL and real RabbitMQ, in under 15 minutes (ENVS=unit-py311,types for some)
	@scripts/run python -m scripts.check $(ENVS)

lint: setup ## Ruff, mypy --strict and the import contracts
	@scripts/run python -m scripts.check lint,types,imports

setup: ## Make .venv with the locked packages and the developers' tools
	@$(STEP) dev

setup-run:
	@$(STEP) run

setup-test: ## The same, and a RabbitMQ for the tests
	@$(STEP) test

lock: setup ## Write requirements/ from pyproject.toml, with hashes; ARGS=--upgrade takes the newest that is allowed
	@scripts/run sh scripts/lock.sh runtime --group build $(ARGS)
	@scripts/run sh scripts/lock.sh dev --group build --group dev --constraints requirements/runtime.txt $(ARGS)

clean: ## Remove what set-up and the demo made
	rm -rf .venv .billow .tox
