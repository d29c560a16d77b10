.DEFAULT_GOAL := setup
setup: ## Make .venv with the locked packages, Billow itself installed editable
	python3 -m venv .venv
	.venv/bin/python -m pip install -q --require-hashes -r requirements/dev.txt
	.venv/bin/python -m pip install -q --no-build-isolation --no-deps --no-index -e .
