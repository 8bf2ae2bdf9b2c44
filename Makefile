# make run    install what is missing and start the app on http://localhost:8501
# make test   install what is missing and pass every test
# make live   install only what pages decode with in the browser
# make bench  measure the budgets of docs/BUDGETS.md side by side

PYTHON  ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$python && break; done)
ADDRESS ?= localhost
PORT    ?= 8501

BIN     := .venv/bin
APP     := .venv/installed-app
TESTS   := .venv/installed-tests
BROWSER := static/node_modules/.package-lock.json
CHECKS  := tests/javascript/node_modules/.package-lock.json
# Two files at a time, the long ones with a browser first; a file's tests share what they were given.
ABREAST := -n 2 --dist loadfile --no-loadscope-reorder tests/browser tests/looks tests/app tests/unit tests/math
NPM     := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm

.PHONY: run test lint live bench clean

run: $(APP) $(BROWSER)
	@$(BIN)/python -m ui.serve --server.address $(ADDRESS) --server.port $(PORT)

test: $(APP) $(TESTS) $(BROWSER) lint
	$(BIN)/python -m ui.prepare
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(ABREAST)

lint: $(TESTS) $(CHECKS) $(BROWSER)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) run --silent --prefix tests/javascript formatted
	$(NPM) run --silent --prefix tests/javascript lint
	$(NPM) run --silent --prefix tests/javascript types

live: $(APP) $(BROWSER)

bench: $(APP) $(TESTS) $(BROWSER)
	$(BIN)/python -m pip install --quiet --no-deps -r tests/benchmarks/requirements.txt
	$(BIN)/python -m ui.prepare
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv static/node_modules tests/javascript/node_modules static/generated

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Latent Lab needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment: install python3-venv, then run make again"; rm -rf .venv; exit 2; }

$(APP): requirements.txt requirements.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt -c requirements.lock
	@touch $@

# Browser tests use an installed Chromium or Chrome if there is one, and Playwright's otherwise.
$(TESTS): requirements-dev.txt $(APP)
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@command -v chromium || command -v chromium-browser || command -v google-chrome || $(BIN)/python -m playwright install chromium
	@touch $@

$(BROWSER): static/package-lock.json $(APP)
	$(NPM) ci --prefix static --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What formats, lints and type-checks the JavaScript; machines that only run the app never have it.
$(CHECKS): tests/javascript/package-lock.json $(APP)
	$(NPM) ci --prefix tests/javascript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
