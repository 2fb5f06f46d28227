# Every target installs what it needs; only Python 3.11 or newer, git and make are required.
PYTHON ?= python3
BIN := .venv/bin

# Shortly after the newest update of the example, so that its incidents look current in any year.
NOW := 2026-11-20T10:15:00+01:00

# Duration of `make fuzz`, for each target.
SECONDS ?= 600

# `make bench`: numbers of incidents, and runs for each; 10000:1 measures that size once.
# FROM=FOLDER repeats the incidents of that site; WRITE=yes writes the tables into the docs.
SIZES ?= 100 1000 10000
RUNS ?= 5

# Tests run on all cores. `make test` skips tests that are marked slow and uses few examples of each
# property; `make test-all` adds the rest. tests/test_selection.py checks that no test is missing.
PARALLEL := --numprocesses auto --dist worksteal
QUICK := --hypothesis-profile=quick -m 'not slow'
REST := --hypothesis-profile=full -m 'slow or hypothesis'

# If set, each command that a test starts would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: site test test-all test-rest oldest lint format picture template theme-pictures fuzz bench clean

site: .venv/site
	$(BIN)/statusgen build --now $(NOW) --out _site
	@echo "Open _site/index.html"

test: lint
	@echo 'Running the quick tests: about two minutes on two cores. `make test-all` adds those that are'
	@echo 'slow or need a browser, Java, Node or rclone (eight minutes more). Missing tools are listed first.'
	$(BIN)/pytest $(PARALLEL) $(QUICK)

test-all: test
	$(MAKE) test-rest

test-rest: .venv/test
	@echo 'Running the slow tests, and more examples of each property: about eight minutes on two cores.'
	$(BIN)/pytest $(PARALLEL) $(REST)

# Direct dependencies at the lowest versions that pyproject.toml allows, those of `test` at the newest.
oldest: OLDEST := .venv-oldest
oldest:
	$(PYTHON) -m venv --clear $(OLDEST)
	$(OLDEST)/bin/pip install --quiet --disable-pip-version-check uv
	$(OLDEST)/bin/uv pip compile --quiet --resolution lowest-direct --python $(OLDEST)/bin/python \
	  --output-file $(OLDEST)/lowest.txt pyproject.toml
	$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST)/bin/python \
	  --constraints $(OLDEST)/lowest.txt --editable '.[test]'
	$(OLDEST)/bin/statusgen build --now $(NOW) --no-cache --out $(OLDEST)/site
	$(OLDEST)/bin/pytest $(PARALLEL) --hypothesis-profile=quick -m 'not slow'

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

picture: .venv/test
	$(BIN)/python -m tests.support.picture

theme-pictures: .venv/test
	$(BIN)/python -m tests.support.theme_pictures

# The content of the template repository, for "Use this template" on GitHub.
template: .venv/site
	rm -rf build/template
	$(BIN)/python .ci/template.py build/template
	@echo "Copy build/template/ into the template repository"

fuzz: .venv/test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	for target in parser yamltext markup payloads issues; do \
	  $(BIN)/python -m tests.fuzz $$target -max_total_time=$(SECONDS) -max_len=4096 || exit 1; \
	done
	$(BIN)/pytest --hypothesis-profile=long tests/end_to_end/test_fuzz.py

bench: .venv/test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m tests.bench $(SIZES) --runs $(RUNS) $(if $(FROM),--from '$(FROM)') $(if $(WRITE),--write)

clean:
	rm -rf .venv .venv-oldest .statusgen _site dist build node_modules tests/fuzz/found*

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is required; set PYTHON=")'
	$(PYTHON) -m venv .venv

.venv/site: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/test: .venv/site
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@
