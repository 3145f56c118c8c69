# The project's commands; `make` alone lists them. All make the environment first where it is missing.
PYTHON := .venv/bin/python
TARGET := results/accuracy_table.csv
CORES := all
STYLE := test_style_types_and_workflow_are_clean
TESTS := -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## list these commands
	@echo "make COMMAND [STUDY=pocket] [TARGET=$(TARGET)] [CORES=$(CORES)] [GPUS=1] [ARGS=...]"
	@awk -F ':.*## ' '/^[a-z_]+:.*## /{printf "  %-16s%s\n", $$1, $$2}' Makefile

.PHONY: accuracy_table run report check_study forecast
accuracy_table: environment ## make results/accuracy_table.csv (of the pocket study, or STUDY) and show it
	@$(PYTHON) -m commands.run $(RUN)

run: environment ## make TARGET of STUDY; goes on after any kill; ARGS are more options for Snakemake
	@$(PYTHON) -m commands.run $(RUN)

report: TARGET = render_report
report: run ## make every result of STUDY and results/<study>/report.html, one page with all of them

check_study: environment ## see before anything runs whether STUDY can: paths, models, languages, settings, the device
	@$(PYTHON) -m commands.check_study $(STUDY) $(if $(GPUS),--gpus '$(GPUS)') $(ARGS)

forecast: environment ## tell what STUDY will take: requests, hours, gigabytes
	@$(PYTHON) -m commands.forecast $(STUDY) $(ARGS)

RUN = $(if $(STUDY),--study '$(STUDY)') --target '$(TARGET)' --cores '$(CORES)' \
	$(if $(GPUS),--gpus '$(GPUS)') $(if $(ARGS),-- $(ARGS))

.PHONY: test torture check
test torture check: export OMP_NUM_THREADS = 1
test: environment ## run all tests
	$(PYTHON) -m pytest $(TESTS)

torture: environment ## kill the workflow in all stages and compare what comes out (docs/reliability.md)
	$(PYTHON) -m tests.torture $(ARGS)

check: environment ## run all tests and see that style, types and workflow are clean
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m snakefmt --check Snakefile rules
	$(PYTHON) -m snakemake --lint
	$(PYTHON) -m mypy .
	$(PYTHON) -m pytest $(TESTS) --deselect tests/workflow/test_shape.py::$(STYLE)

.PHONY: benchmark peers fuzz
benchmark: environment peers ## measure speed against the published way and peers (docs/benchmarks.md)
	PYTHONPATH=.peers $(PYTHON) -m benchmarks.speed $(ARGS)

peers: environment ## install in .peers what only `make benchmark` and three of its tests need
	@$(PYTHON) -m commands.install_extra benchmark .peers

fuzz: environment ## breed input that the readers of archives and JSON might fail at (docs/bad_input.md)
	@$(PYTHON) -m commands.install_extra fuzz .fuzzer
	PYTHONPATH=.fuzzer $(PYTHON) -m tests.bad_input.coverage_guided $(ARGS)

.PHONY: pages
pages: environment ## write the tables of README and docs from the results that are here
	@$(PYTHON) -m commands.fill_pages $(ARGS)

.PHONY: environment lock
environment: .venv/installed ## make .venv from requirements.lock
	@$(PYTHON) -m commands.relocate_environment

.venv/installed: requirements.lock
	@sh commands/make_environment.sh
	@touch $@

lock: environment ## write requirements.lock and environment.yaml from pyproject.toml (ARGS=--upgrade)
	sh commands/lock_requirements.sh $(ARGS)
