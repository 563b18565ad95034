# From a clone to a robot driving through a home: make demo. All of it again, proved: make test. See README.md.

ifndef PYTHON  # the first on the PATH that the ROS wheels exist for
PYTHON := $(shell for name in python3 python3.12 python3.13 python3.11 python3.10; do $$name -c \
  'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$name && break; done)
endif
ARGS ?=
BIN := .venv/bin
UNIT_TESTS := $(addprefix test/astro_nav_,common global local reactive)

.PHONY: help setup demo test check oldest bench clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  */\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup:  ## make or mend .venv: ROS 2 Jazzy, the interfaces, the libraries
	@test -n "$(PYTHON)" || { echo "Python 3.10 to 3.13 is needed: sudo apt install python3 python3-venv python3-dev"; exit 1; }
	@$(PYTHON) -m environment

demo: setup  ## drive the tour of a home, results in out/demo (ARGS="--seed 3 --headless" ...)
	@$(BIN)/astro-nav demo $(ARGS)

test: setup  ## all tests (ARGS="-k tracker" ...)
	@$(BIN)/python -m pytest $(ARGS)

check: setup oldest  ## ruff, mypy, generated files, unit tests with the oldest supported libraries
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/astro-nav generate --check

oldest: setup
	@$(PYTHON) -m environment.oldest $(UNIT_TESTS)

bench: setup  ## the benchmark suite, results in out/bench (ARGS="cycle --out FILE" for one of them)
	@$(BIN)/astro-nav bench $(ARGS)

clean:  ## remove all that make made
	rm -rf .venv .venv-oldest .set-up.lock out build install log .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
