# Everything a fresh machine needs is Python 3.11 or newer and make; each target builds what it lacks.
PYTHON ?= python3
BENCH ?= ../shared/bench
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test check format bench quality train clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Broadsheet needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## Clean the sample dumps in data/raw into data/clean, print the funnel and one query
	$(BIN)/broadsheet run --raw data/raw --clean data/clean
	$(BIN)/broadsheet query --clean data/clean "SELECT a.date, a.site, left(a.headline, 48) AS headline, a.agency, a.word_count AS words, count(d.article_id) AS copies FROM articles a LEFT JOIN duplicates d ON d.duplicate_of = a.article_id GROUP BY ALL ORDER BY copies DESC, a.date, headline LIMIT 12"

test: $(VENV)/.dev ## Run the tests
	$(BIN)/python -m pytest -q

check: $(VENV)/.dev ## Format, lint, types, import contract, examples in docstrings, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/broadsheet check-rules
	$(BIN)/python -m pytest -q --doctest-modules pipeline
	$(MAKE) test

format: $(VENV)/.dev ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Speed: dumps a second, memory, share of time by stage, ratios to other cleaners
	$(BIN)/python -m benchmarks.bench_run

quality: $(VENV)/.dev ## Scores on the labelled sets in BENCH, each source apart
	$(BIN)/python -m benchmarks.quality --bench $(BENCH)

train: $(VENV)/.dev ## Make the line model's weights anew from the labelled sets in BENCH: same labels, same bytes
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.training --bench $(BENCH)

clean: ## Remove the sample output and caches (the .venv stays)
	rm -rf data/clean/* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
