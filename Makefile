# Everything a machine with Python 3.11+ needs is installed by the target that needs it.
# The stamp files below say when, so that a second `make` starts at once.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
# Node comes from PyPI, so that the tests need nothing but Python and a browser.
WITH_NODE := PATH="$(abspath $(VENV))/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help run test check bench screenshots mutants programs
.NOTPARALLEL:

help:  ## Show this list
	@echo "The MLP Playground. What you can ask of it:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp  ## Open the playground in your browser (PORT=8501)
	$(PY) -m streamlit run app.py --server.port $(PORT)

# A browser test that fails is tried once more, and pytest says so: a busy machine makes a browser late, not wrong.
test: programs check  ## All that `check` does, then the tests in real browsers
	$(PY) -m pytest tests/browser -n 2 --tb=short --reruns 1 -r fER

# One arithmetic thread each: at these sizes more only fight over the cores with the other test process.
check: export OMP_NUM_THREADS = 1
check: export OPENBLAS_NUM_THREADS = 1
check: $(VENV)/dev.stamp $(VENV)/tensorflow.stamp node_modules/.stamp  ## The quick look: lint, types, and every test that needs no browser
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m playground.web.assets
	$(WITH_NODE) npx --no-install tsc --noEmit
	$(WITH_NODE) npx --no-install eslint playground tests "*.js"
	$(WITH_NODE) npx --no-install prettier --check --log-level warn "{playground,tests}/**/*.{js,ts}" "*.js"
	$(WITH_NODE) node --test --test-timeout=60000 "tests/js/*.test.js"
	$(PY) -m pytest -n 2 --ignore=tests/browser

bench: $(VENV)/dev.stamp programs  ## Measure the engine and the page, side by side with others
	$(PY) -m benchmarks

# Not part of `test`: it runs tests some hundred times.
mutants: $(VENV)/dev.stamp  ## Plant faults one at a time and see whether the tests notice (docs/mutants.md)
	$(PY) -m scripts.mutants

screenshots: $(VENV)/dev.stamp programs  ## Take the pictures of the README anew
	$(PY) -m scripts.screenshots

programs:
	@$(PYTHON) scripts/programs.py

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "The playground needs Python 3.11 or newer, and '$(PYTHON)' is not that."; \
	  echo "Install it, or say where it is: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python could not make one. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/pip
	@echo "Installing what the playground needs (half a minute the first time) ..."
	@$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

# These include requirements.txt, so `make run` has nothing left to install afterwards.
$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(VENV)/bin/pip
	@echo "Installing what the tests need (a few minutes the first time: PyTorch is large) ..."
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $(VENV)/run.stamp $@

# Not beside the others: TensorFlow would have a say in their versions.
$(VENV)/tensorflow.stamp: requirements-tensorflow.txt | $(VENV)/dev.stamp
	@echo "Installing TensorFlow, which one test compares with (half a minute) ..."
	@$(PY) -m venv --clear $(VENV)/tensorflow
	@$(VENV)/tensorflow/bin/python -m pip install --quiet -r requirements-tensorflow.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json | $(VENV)/dev.stamp
	@echo "Installing what checks the browser's modules (a few seconds) ..."
	@$(WITH_NODE) npm ci --silent
	@touch $@
