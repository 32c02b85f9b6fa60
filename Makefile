# Two commands do all: `make run` and `make test`. Each makes .venv when it is needed.

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: help run demo plans test check format lock benchmark clean
.DEFAULT_GOAL := help

help:
	@echo "make run        start Mesoplan here and open it in the browser"
	@echo "make demo       start a demonstration with fictional patients"
	@echo "make plans      plan every case under examples/ and show the plans"
	@echo "make test       all gates and all tests"
	@echo "make check      the gates alone: ruff, mypy, import contracts, knowledge base"
	@echo "make format     put the code into its one format"
	@echo "make benchmark  measure against bare Python, numpy and tomllib"
	@echo "make lock       compile requirements/*.txt again (UPGRADE=1 for newer versions)"
	@echo "make clean      remove .venv and everything made from the sources"

run:
	@scripts/system-packages run
	@$(MAKE) --no-print-directory .venv/.runtime
	@$(BIN)/mesoplan serve $(ARGS)

demo:
	@$(MAKE) --no-print-directory run ARGS=--demo

plans:
	@scripts/system-packages run
	@$(MAKE) --no-print-directory .venv/.runtime
	@$(BIN)/python scripts/plan_examples.py

test:
	@scripts/system-packages test
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest --numprocesses=auto --dist=loadfile $(ARGS)
	MESOPLAN_TEST_DATABASE=postgresql $(BIN)/pytest --numprocesses=auto --dist=loadfile tests/web $(ARGS)

check: .venv/.development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/mesoplan knowledge check
	$(BIN)/django-admin makemigrations --check --dry-run --settings mesoplan.web.project.settings

format: .venv/.development
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

benchmark: .venv/.development
	$(BIN)/python benchmarks/cold_start.py
	$(BIN)/python benchmarks/load_base.py

lock: .venv/.development
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) requirements/build.in --constraint requirements/runtime.txt \
		--output-file requirements/build.txt
	$(LOCK) pyproject.toml requirements/build.in requirements/development.in \
		--constraint requirements/runtime.txt --constraint requirements/build.txt \
		--output-file requirements/development.txt

clean:
	rm -rf .venv var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml scripts/make-environment
	@scripts/make-environment runtime
	@touch $@

.venv/.development: requirements/development.txt pyproject.toml scripts/make-environment
	@scripts/make-environment development
	@touch $@ .venv/.runtime
