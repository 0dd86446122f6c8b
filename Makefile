# The four commands a newcomer needs: make demo, make test, make bench, make docs.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONHASHSEED := 0

.PHONY: setup setup-dev demo test bench docs lock clean

setup: .venv/run.done          ## install Suqiu into .venv
setup-dev: .venv/dev.done      ## and what its tests need

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.done: requirements/run.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements/dev.lock .venv/run.done
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

lock:                          ## resolve the versions anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links pyproject.toml requirements/build.in -o requirements/run.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --group dev pyproject.toml requirements/build.in -c requirements/run.lock -o requirements/dev.lock
