# make run    install what is missing and start the app on http://localhost:8501
# make test   install what is missing and pass every test
# make live   install only what pages decode with in the browser
# make bench  measure the budgets of DESIGN.md side by side

PYTHON  ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$python && break; done)
ADDRESS ?= localhost
PORT    ?= 8501

BIN     := .venv/bin
APP     := .venv/installed-app
TESTS   := .venv/installed-tests
BROWSER := static/node_modules/.package-lock.json

.PHONY: run test lint live bench clean

run: $(APP) $(BROWSER)
	$(BIN)/python -m ui.prepare
	$(BIN)/python -m streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: $(APP) $(TESTS) $(BROWSER) lint
	$(BIN)/python -m ui.prepare
	$(BIN)/python -m pytest

lint: $(TESTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

live: $(APP) $(BROWSER)

bench: $(APP) $(TESTS) $(BROWSER)
	$(BIN)/python -m pip install --quiet --no-deps -r tests/benchmarks/requirements.txt
	$(BIN)/python -m ui.prepare
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv static/node_modules static/generated

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Latent Lab needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment: install python3-venv, then run make again"; rm -rf .venv; exit 2; }

$(APP): requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

# Browser tests use an installed Chromium or Chrome if there is one, and Playwright's otherwise.
$(TESTS): requirements-dev.txt $(APP)
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@command -v chromium || command -v chromium-browser || command -v google-chrome || $(BIN)/python -m playwright install chromium
	@touch $@

$(BROWSER): static/package-lock.json $(APP)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix static --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
