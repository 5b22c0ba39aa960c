# Starts from Python 3.11 (or 3.12) and make; everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
CACHE  ?= $(HOME)/.cache/pivot-studio

.DEFAULT_GOAL := help
.PHONY: help install system studio demo journeys test lint format bench bench-peers clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: system $(STAMP)  ## create .venv and install everything, with the tested versions

# Qt's own libraries come with the wheel; a few of the system's are needed beside them.
system:
	@$(PYTHON) installer/system_packages.py

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 12) else "Python 3.11 or 3.12 is needed: make PYTHON=/path/to/python3.11")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (with PyTorch and TensorFlow: some minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[verify,dev]'
	@touch $@

studio: install  ## open the window on an example (without a display: run the demonstration)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(PY) -m studio open resources/examples/resnet18.py; \
	else \
		echo "no display found, so the demonstration runs instead"; \
		$(MAKE) --no-print-directory demo; \
	fi

demo: install  ## drive the application offscreen through a whole migration and take its pictures
	@QT_QPA_PLATFORM=offscreen $(PY) -m studio.demo

journeys: install  ## work at the window as a person does: pictures of every step, written to build/journeys
	@$(PY) -m tests.studio.journeys

test: lint  ## every check: style, types, import contracts, tests
	@$(PY) -m pytest -q -n 2 --dist loadgroup

lint: install  ## style, types and import contracts only
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m pytest -q tests/house/test_size.py

format: install  ## put every file in order
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: install  ## measure speed: conversion, latency of the result, scaling, the window
	@$(PY) benchmarks/convert_resnet50.py --cache $(CACHE)
	@$(PY) benchmarks/latency_resnet50.py --cache $(CACHE)
	@$(PY) benchmarks/scaling.py
	@$(PY) benchmarks/window.py --cache $(CACHE)

bench-peers: install  ## install other converters into benchmarks/.peers, for make bench to compare with
	@$(PYTHON) benchmarks/install_peers.py

clean:  ## remove what was built; .venv stays
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name '.?*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
