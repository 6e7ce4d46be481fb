# Every target is a thin alias: the logic is in `bench` (see `uv run bench --help`).
# On a fresh machine this needs python3, make and a network; uv and the right interpreter follow from them.

SHELL := /bin/bash
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --locked --quiet
# Images for CI often set it. Then whatever starts compiles all that it imports, which takes twice as long as the rest.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: bench bench-ci bench-pr smoke standard verify doctor report test check unit images-offline clean

bench: setup ## measure seven frameworks and write a report (about ten minutes)
	$(RUN) bench run --profile quick

PROFILE ?= standard

bench-ci: setup ## what a scheduled job does: measure, compare with the last run, keep it on the data branch
	$(RUN) bench ci $(BENCH_CI_OPTIONS) -- --profile $(PROFILE) $(BENCH_RUN_OPTIONS)

BASE ?= main

bench-pr: setup ## what a pull request's job does: measure the apps that differ from BASE beside it
	$(RUN) bench ci --against $(BASE) --out reports/pr -- $(BENCH_PR_OPTIONS)

smoke: setup ## prove that everything works, decide nothing (two minutes)
	$(RUN) bench run --profile smoke

standard: setup ## every variant, and all that the claims need (about an hour)
	$(RUN) bench run --profile standard

verify: setup ## check that every app keeps the HTTP contract
	$(RUN) bench verify

doctor: setup ## is this host fit to measure?
	$(RUN) bench doctor

report: setup ## rebuild the newest run's report
	$(RUN) bench report latest

CPUS := $(shell nproc)
# Returns once a browser and a container engine may be looked for (.ci/run installs them meanwhile).
READY ?= true

test: check ## everything that .ci/run checks, the cheapest first
	$(call tests,tests/unit,$(CPUS))
	@$(READY)
	$(call tests,tests/container tests/browser tests/integration,$(shell expr $(CPUS) + 3) --no-loadscope-reorder)

# Folders, number of processes. A host that stalls can spoil a test: what failed is run once more, with nothing beside it, and
# named. It has failed if it fails again.
define tests
@$(RUN) pytest $(1) --numprocesses $(2) || { [ $$? = 1 ] && \
	echo 'Once more, with nothing beside it (whoever passes now was disturbed, and has to be mended all the same):' && \
	$(RUN) pytest $(1) --last-failed --last-failed-no-failures none --maxfail 1 --verbose; }
endef

check: setup ## style, imports and types
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) lint-imports
	$(RUN) mypy

unit: setup ## what one runs while working: no server, no browser, no simulation, a fifth of the examples
	HYPOTHESIS_PROFILE=brief $(RUN) pytest tests/unit -m 'not simulation' --numprocesses $(CPUS)

images-offline: ## stand-ins for the base images, where no image registry is reached (Debian, root); PYTHONS="3.14 3.15" for more
	harness/runtime/images/offline.sh $(PYTHONS)

.PHONY: setup
setup: $(if $(findstring .uv/,$(UV)),.uv/bin/uv)
	@$(UV) sync --locked --quiet

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.13'

clean: ## remove environments and caches, keep reports
	rm -rf .uv .venv .bench apps/*/.venv apps/guests/*/.venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
