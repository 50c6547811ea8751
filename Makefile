# make chat     install, ingest the sample articles (or ARTICLES=path/or/url), answer a question, serve the window
# make test     everything that CI runs
# make screenshots   pictures of every state of the window, three widths, light and dark; writes docs/screenshots
# make soak-kill   500 kills during ingestion with the real embedder (about an hour)
# make train    a stretch of training the reader, from its checkpoint on (DATELINE_DATA; hours); writes rag/weights/reader
# make evals    all evaluations (DATELINE_DATA; the first run an hour); writes docs/evaluation.md
# make bench-quick   Dateline beside the LangChain tutorial, under three minutes; prints the ratios
# make bench    the same at length, beside LlamaIndex, Haystack and txtai too (half an hour); writes docs/performance.md
# make bench-peers   an environment for each of them under .venv-peers; what cannot be installed is said to be so
# make bench-scale   growth to a million passages, and the memory of a long ingestion (hours; 15 GB of disk); writes it there too
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SAMPLES = examples/articles
ARTICLES ?= $(SAMPLES)
ARCHIVE ?= $(if $(filter $(SAMPLES),$(ARTICLES)),examples/archive,archive)
QUESTION ?= $(if $(filter $(SAMPLES),$(ARTICLES)),What sectors did Kazakhstan and Serbia agree on?)
PORT ?= 7860
PIP = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: chat test screenshots soak-kill train evals bench bench-quick bench-peers bench-scale clean

chat: $(VENV)/.installed
	$(BIN)/dateline --archive "$(ARCHIVE)" ingest "$(ARTICLES)"
	$(if $(QUESTION),$(BIN)/dateline --archive "$(ARCHIVE)" ask "$(QUESTION)")
	$(BIN)/dateline --archive "$(ARCHIVE)" ui --port $(PORT)

test: $(VENV)/.installed-dev
	@sh tests/chromium.sh
	@sh tests/axe.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m evals gate
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

screenshots: $(VENV)/.installed-dev
	@sh tests/chromium.sh
	$(BIN)/python -m tests.browser.screenshots

soak-kill: $(VENV)/.installed-dev
	$(BIN)/python -m tests.soak_kill 500

train: $(VENV)/.installed-dev
	$(PIP) install --quiet --constraint constraints.txt --editable ".[train]"
	$(BIN)/python -m train.mine
	$(BIN)/python -m train.reader --resume
	$(BIN)/python -m train.export

evals: $(VENV)/.installed-dev
	$(BIN)/python -m evals cases
	$(BIN)/python -m evals multihop
	$(BIN)/python -m evals newsquiz
	$(BIN)/python -m evals reader
	$(BIN)/python -m evals followups
	$(BIN)/python -m evals xquad
	$(BIN)/python -m evals samples
	$(BIN)/python -m evals quotations
	$(BIN)/python -m evals disagreements
	$(BIN)/python -m evals claims
	$(BIN)/python -m evals support
	$(BIN)/python -m evals report

bench-peers:
	$(PYTHON) -m bench.environments

bench-quick: $(VENV)/.installed
	$(PYTHON) -m bench.environments langchain
	$(BIN)/python -m bench.run --quick

bench: $(VENV)/.installed-dev bench-peers
	$(BIN)/python -m bench.run

bench-scale: $(VENV)/.installed-dev
	$(BIN)/python -m bench.scale
	$(BIN)/python -m bench.many

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=24"
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) .venv-peers examples/archive
