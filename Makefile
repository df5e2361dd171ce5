# Every target works on a fresh machine with Python 3.11 or newer: what it needs, it installs first.
PYTHON ?= python3
RUN = $(PYTHON) waterdesk/services/bootstrap.py run
DEV = $(PYTHON) waterdesk/services/bootstrap.py dev
BENCH = $(PYTHON) waterdesk/services/bootstrap.py bench
SOURCES = manage.py waterdesk applications tickets notifications tests
# The tests wait for programs of their own a good deal, so two at a time pay on two cores.
# One process, in which a debugger works: make test PROCESSES=0
PROCESSES ?= 2
TESTS ?= tests

export PYTHONUTF8 = 1
# Some machines are told to keep no bytecode: every program that a test starts would be compiled anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint format bench messages pins clean

run:
	@$(RUN) -m waterdesk.services.run

test:
	@$(DEV) -m pytest -n $(PROCESSES) $(TESTS)

lint:
	@$(DEV) -m ruff check .
	@$(DEV) -m ruff format --check .
	@$(DEV) -m compileall -q $(SOURCES)
	@DEBUG=true $(DEV) manage.py check --fail-level WARNING
	@DEBUG=true $(DEV) -W ignore manage.py makemigrations --check --dry-run

format:
	@$(DEV) -m ruff check --fix .
	@$(DEV) -m ruff format .

bench:
	@$(BENCH) -m tests.bench

# Bring texts that changed into the English catalogue, and compile it. Needs GNU gettext's tools.
ENGLISH = waterdesk/locale/en/LC_MESSAGES/django
messages:
	@DEBUG=true $(DEV) manage.py makemessages -l en -v 0 --no-location --no-wrap --no-obsolete \
		--ignore var --ignore tests
	@msgfmt --check --no-hash --statistics -o $(ENGLISH).mo $(ENGLISH).po

# Compile the pinned files anew, for Linux and macOS and every Python from 3.11.
COMPILE = $(DEV) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
pins:
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	@$(COMPILE) -c requirements-dev.txt requirements-bench.in -o requirements-bench.txt

# What can be made again. The data of `make run` is in var/ and stays; remove it by hand.
clean:
	rm -rf .venv staticfiles .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
