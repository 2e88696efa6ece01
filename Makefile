# Every target sets up what it needs by itself, in .venv and node_modules; nothing else is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint coverage bench book flaky mutants pictures static clean

demo: $(VENV)/.ready
	@echo "$$ grader check step6 --solution"
	@$(BIN)/grader check step6 --solution
	@echo
	@echo "$$ grader check step6"
	@$(BIN)/grader check step6 || test $$? -eq 1

test: $(VENV)/.dev static tests/right/node/node_modules/.ready lint
	$(BIN)/python -m pytest -n 3 --dist loadgroup

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/grader dev lint

# Which branches of the grader the tests take. It takes long. TESTS=tests/report measures some of
# them, which are not held to what all of them reach.
coverage: $(VENV)/.dev static tests/right/node/node_modules/.ready
	rm -rf build/coverage
	mkdir -p build/coverage
	$(BIN)/coverage run -m pytest -n 3 --dist loadgroup $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report $(if $(TESTS),--fail-under=0)

bench: $(VENV)/.dev build/venv/.ready
	$(BIN)/python -m bench $(CURDIR)/build/venv/bin/python

# The lessons, the executed notebooks and a reference, as a site in build/book/html.
book: $(VENV)/.book
	@$(BIN)/python -m book

flaky: $(VENV)/.dev static
	$(BIN)/python -m bench.flaky

# The grader's own grade: what it says of small changes to the solutions. It goes on where it was.
mutants: $(VENV)/.dev static
	$(BIN)/grader dev mutants --keep --json build/mutants/servers.json
	$(BIN)/grader dev mutants --page --keep --json build/mutants/pages.json
	$(BIN)/grader dev variants --keep

pictures: $(VENV)/.dev static/node_modules/.ready
	$(BIN)/grader dev pictures

# What the pages need of Socket.IO in the browser.
static: static/node_modules/.ready

clean:
	rm -rf $(VENV) static/node_modules tests/right/node/node_modules grader-screenshots build .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

# What a student has: the floor is measured there.
build/venv/.ready: pyproject.toml
	$(PYTHON) -m venv build/venv
	build/venv/bin/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(VENV)/.book: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[book]'
	touch $@

# Without npm the tests that need it say so, or fail where REQUIRE_TOOLS=1.
%/node_modules/.ready: %/package-lock.json
	@if command -v npm >/dev/null; then \
		cd $* && npm ci --silent --no-audit --no-fund && touch node_modules/.ready; \
	else echo "npm is not here: nothing that needs $*/node_modules is tested"; fi
