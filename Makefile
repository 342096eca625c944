# Two commands on a fresh machine: `make demo` and `make test`. Each makes its own environment in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make test` installs besides the program; add `paddle` to test that engine, too.
EXTRAS ?= dev,tesseract,dataset,llm,window,wayland
ARGS ?=
# How many files of tests run side by side: half of the time goes by in waiting for real clocks.
TESTS_AT_ONCE ?= 2

PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt --editable
INSTALLED := $(VENV)/.installed
INSTALLED_TOO := $(VENV)/.installed-$(subst $(comma),-,$(EXTRAS))
comma := ,

# With the extra `paddle` two packages bring a cv2. The headless one, which needs nothing from the system, must be the one
# that was laid down last; pip happens to do so, and where it didn't, it is laid down again.
define mend_cv2
@$(BIN)/python -c "import cv2" 2>/dev/null || $(PIP) install --quiet --force-reinstall --no-deps \
	--constraint constraints.txt opencv-python-headless
endef

.PHONY: help demo test games soak check format bench clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: $(INSTALLED) ## Install, and play the sample clip through the whole daemon
	$(BIN)/capture-daemon demo $(ARGS)

test: $(INSTALLED_TOO) ## Run the tests; those that need a system package skip with its name
	$(BIN)/python -m pytest --numprocesses $(TESTS_AT_ONCE) --dist loadfile $(ARGS)

games: $(INSTALLED_TOO) ## Replay the cases in tests/games without OCR; say which lines are lost or invented
	$(BIN)/python -m bench.cases tests/games $(ARGS)

soak: $(INSTALLED_TOO) ## Run what takes long: half an hour of faults, 100 kills; SOAK_SECONDS=180 makes the first shorter
	$(BIN)/python -m pytest -m soak -s $(ARGS)

check: $(INSTALLED_TOO) ## Lint and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED_TOO) ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED_TOO) ## Measure the figures, in the better part of an hour; ARGS="random cases" chooses parts
	$(BIN)/python -m bench $(ARGS)

clean: ## Remove the environment and everything that was made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis bench/recordings
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV); the first time takes a minute or two"
	$(INSTALL) .
	@touch $@

$(INSTALLED_TOO): pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV) with $(EXTRAS); the first time takes a minute or two"
	$(INSTALL) '.[$(EXTRAS)]'
	$(if $(findstring paddle,$(EXTRAS)),$(mend_cv2))
	@touch $@ $(INSTALLED)
