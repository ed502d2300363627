# make demo   a running system with a fictitious year      make test   everything, on SQLite and on PostgreSQL
.PHONY: help demo test test-faults bench check format lock run worker clean test-security sbom security-tools

PYTHON := .venv/bin/python

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: ## A fictitious year, ready to click through (PEOPLE=222000 for the real size, PORT=8000)
	@deploy/install.sh
	@deploy/demo.sh

test: ## All tests, on SQLite and on a private PostgreSQL and Redis (ARGS="-k lookup" for some)
	@deploy/install.sh test
	@$(PYTHON) -m tests.run $(ARGS)

test-faults: ## Every fault fifty times, on servers of its own, into docs/faults.md (a quarter of an hour)
	@deploy/install.sh test
	@$(PYTHON) -m tests.faults.run $(ARGS)

bench: ## Speed as ratios to limits of the same run, into bench/RESULTS.md (SIZES="22000 222000")
	@deploy/install.sh test
	@$(PYTHON) -m bench.run $(SIZES)

test-security: ## Every attack of docs/security.md at full size, the figures into it (ARGS="tests/security -k t01" for some)
	@deploy/install.sh test
	@$(MAKE) --no-print-directory security-tools
	@$(PYTHON) -m tests.security.run $(ARGS)

sbom: ## Every package the site is made of, as CycloneDX, into var/sbom.json
	@deploy/install.sh
	@$(MAKE) --no-print-directory security-tools
	@mkdir -p var
	@.venv-security/bin/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o var/sbom.json
	@echo "var/sbom.json"

security-tools:
	@test -x .venv-security/bin/python || $(PYTHON) -m venv .venv-security
	@.venv-security/bin/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes -r security/requirements.txt

check: ## Format, types, layers, templates: the quick part of the tests
	@deploy/install.sh test
	@$(PYTHON) -m pytest -q -m house

format: ## Put the code in order
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: ## Lock the requirements again, with hashes (needs uv)
	uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-emit-index-url requirements.in -o requirements.txt
	uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-emit-index-url requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --no-emit-index-url security/requirements.in -o security/requirements.txt

run: ## The site with your own settings (see docs/instellingen.md)
	@$(PYTHON) -m gunicorn lerarenkaart.wsgi --workers 1 --threads 8

worker: ## A Celery worker with its clock, for production mode
	@$(PYTHON) -m celery -A lerarenkaart worker --beat --loglevel INFO

clean: ## Remove what was made here
	rm -rf .venv .venv-security var .mypy_cache .ruff_cache .pytest_cache .hypothesis
