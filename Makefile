# `make demo` and `make test` set up what they need and run; nothing has to be installed by hand before but
# Python 3.10 to 3.13 (3.11 for the environment with TensorFlow 2.15), node 20 and make.

PYTHON ?= python3
PIP := -m pip install --quiet --disable-pip-version-check
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: demo test lint format python-tests old-tensorflow-tests client-tests e2e bench clean

demo: .venv/.runtime
	@.venv/bin/python -m server check examples/ || test $$? -eq 1

test: lint python-tests old-tensorflow-tests client-tests e2e

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv/.dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

python-tests: .venv/.dev
	.venv/bin/python -m pytest -q

old-tensorflow-tests: .venv-tf215/.ready
	.venv-tf215/bin/python -m pytest -q tests/mdtest tests/unit/libraries tests/unit/test_examples.py

client-tests: client/node_modules/.ready .venv/.runtime
	npm --prefix client run --silent typecheck
	npm --prefix client run --silent lint
	npm --prefix client test --silent

e2e: client-tests
	npm --prefix client run --silent e2e

bench: .venv/.runtime
	.venv/bin/python benchmarks/startup.py
	.venv/bin/python benchmarks/analysis.py
	.venv/bin/python benchmarks/allocation.py
	.venv/bin/python benchmarks/calls.py

clean:
	rm -rf .venv .venv-tf215 .e2e client/node_modules client/dist client/dist-test client/bundled client/server client/docs client/*.vsix

.venv/.runtime: requirements/runtime.txt
	$(PYTHON) -m venv .venv
	.venv/bin/python $(PIP) -r requirements/runtime.txt
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	.venv/bin/python $(PIP) -r requirements/dev.txt
	@touch $@

.venv-tf215/.ready: requirements/tf215.txt
	$(PYTHON) -m venv .venv-tf215
	.venv-tf215/bin/python $(PIP) -r requirements/tf215.txt
	@touch $@

client/node_modules/.ready: client/package-lock.json
	npm --prefix client ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
