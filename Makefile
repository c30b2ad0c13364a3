PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PORT

.PHONY: run test check bench install lock

run: $(VENV)/runs
	@$(BIN)/python app.py migrate
	@$(BIN)/python app.py import examples/roster.csv --yes --if-empty
	@$(BIN)/python app.py serve

install: $(VENV)/develops

test: $(VENV)/develops
	$(BIN)/pytest -n auto

check: $(VENV)/develops
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/develops
	$(BIN)/python -m benchmarks

# Writes the three requirements files anew from pyproject.toml, with hashes, for every platform.
lock: $(VENV)/develops
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra agents --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --constraints requirements.txt -o requirements-agents.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --constraints requirements.txt -o requirements-dev.txt

$(VENV)/runs: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (about half a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/develops: requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/runs
