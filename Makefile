# Everything a fresh machine needs is Python 3.11 or newer and make; each target builds what it lacks.
PYTHON ?= python3
BENCH ?= ../shared/bench
PORT ?= 4200
VENV := .venv
BIN := $(VENV)/bin
INSTALLS := pyproject.toml constraints.txt hatch_build.py $(wildcard pipeline/*/*kernel.c)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

# A file stays in one process; files are given out in the order that tests/conftest.py makes.
SPREAD := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run serve test gates check docs format bench bench-dedup bench-scrape quality train hostile torture clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Broadsheet needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(INSTALLS) | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(INSTALLS) | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## Clean the sample dumps in data/raw into data/clean, print the funnel and one query
	$(BIN)/broadsheet run --raw data/raw --clean data/clean
	$(BIN)/broadsheet query --clean data/clean "SELECT a.date, left(a.headline, 40) AS headline, a.agency, a.word_count AS words, count(d.article_id) AS copies FROM articles a LEFT JOIN duplicates d ON d.duplicate_of = a.article_id GROUP BY ALL ORDER BY copies DESC, a.date, headline LIMIT 12"

serve: $(VENV)/.run ## Prefect server, deployments and worker on this machine until Ctrl-C; PORT=4200
	@$(BIN)/python -m flows.serve --port $(PORT)

test: $(VENV)/.dev ## Run the tests but for the gates
	$(BIN)/python -m pytest -q $(SPREAD) -m "not quality and not torture"

gates: $(VENV)/.dev ## The quality gate on the labelled sets, and kills, failing disks and every way to run in short
	$(BIN)/python -m pytest -q -m "quality or torture"

check: $(VENV)/.dev docs ## Format, lint, types, import contract, docs, examples in docstrings, tests, gates: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/broadsheet check-rules
	$(BIN)/python -m pytest -q --doctest-modules pipeline flows
	$(MAKE) test
	$(MAKE) gates
	$(MAKE) hostile

docs: $(VENV)/.dev ## The documentation as a site in build/site; a link that leads nowhere fails
	$(BIN)/zensical build --strict --clean

format: $(VENV)/.dev ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Speed: dumps a second, memory, share of time by stage, ratios to other cleaners
	$(BIN)/python benchmarks/bench_run.py

bench-dedup: $(VENV)/.dev $(VENV)-peers/.made ## Deduplication against other libraries: speed, growth, memory, hostile corpora, index
	$(BIN)/python -m benchmarks.bench_dedup --peers $(VENV)-peers/bin/python

bench-scrape: $(VENV)/.dev $(VENV)-peers/.made ## The scraper against hosts on loopback, beside other downloaders
	$(BIN)/python -m benchmarks.bench_scrape --peers $(VENV)-peers/bin/python

# Libraries measured beside us, never installed with us; one that cannot be installed is left out of the table.
$(VENV)-peers/.made: Makefile
	$(PYTHON) -m venv $(VENV)-peers
	for name in pyarrow datasketch rensa daft datatrove regex spacy xxhash text-dedup scrapy trafilatura lxml_html_clean aiohttp httpx; do $(VENV)-peers/bin/pip install --quiet --disable-pip-version-check $$name || true; done
	@touch $@

quality: $(VENV)/.dev ## Scores on the labelled sets in BENCH, each source apart
	$(BIN)/python -m benchmarks.quality --bench $(BENCH)

train: $(VENV)/.dev ## Make the weights of all models anew from the labelled sets in BENCH: same labels, same bytes
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.training --bench $(BENCH)

hostile: $(VENV)/.dev ## The hostile corpus of BENCH in its short form, where BENCH has one
	@if [ -f $(BENCH)/hostile/make_hostile.py ]; then $(BIN)/python -m benchmarks.torture.hostile $(BENCH)/hostile --short --least 244; fi

torture: $(VENV)/.dev ## Kills, failing disks, damage, every way to run, the hostile corpus: at full length, ninety minutes
	$(BIN)/python -m benchmarks.torture
	@if [ -f $(BENCH)/hostile/make_hostile.py ]; then $(BIN)/python -m benchmarks.torture.hostile $(BENCH)/hostile --least 244; fi
	@if [ -f $(BENCH)/hostile/make_hostile.py ]; then $(BIN)/python -m benchmarks.torture.fetching $(BENCH)/hostile; fi

clean: ## Remove the sample output and caches (the .venv stays)
	rm -rf data/clean/* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
