# make demo: from a clone to a robot driving through a home. make test: prove it. See README.md.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python3.10,$(shell $(p) -c \
  'import sys; (3, 10) <= sys.version_info[:2] <= (3, 13) and print("$(p)")' 2>/dev/null)))
ARGS ?=

.PHONY: setup
setup:
	@$(PYTHON) -m environment
