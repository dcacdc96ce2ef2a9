# make run       : the demo, on the simulated floor    make lock  : the locks anew, from pyproject.toml
# make run-kafka : the same on Kafka, five processes   make clean : back to a fresh checkout
# make test      : what a change needs, in minutes     make bench : the numbers in the docs, side by side
# make test-all  : the long proofs too: kills, images  make bench-kafka : the same on Kafka, beside other processors
# make install   : the command kept, and no more       make warsaw    : an example's pages, from its data
# make docs      : the documentation as a site/       make reference : the pages of docs/ that are made from the code
# make words     : the catalogues anew, from the code  make attack    : strangers, full disks, set clocks against it
#
# PYTHON=... chooses an interpreter, ARGS=... goes on to the command. Nothing is needed but Python 3.11 to 3.14;
# for Kafka and the tests also Java 17 or newer and Maven, which fetches a broker once into the user's cache. With a C
# compiler (cc) the tests prove failing disks too; without one they say that this was not proven.
# `run`, `run-kafka` and the tests share one environment: each lock holds all of the one before, in the same versions.

VENV       := .venv
BENCH_VENV := .venv-bench
BIN        := $(VENV)/bin
PIP        := -m pip --disable-pip-version-check --no-input install --quiet
ARGS       ?=

# Newest first, but 3.14 last of the numbered ones: not every package has builds for it on every machine.
PYTHONS       := python3.13 python3.12 python3.11 python3.14 python3
# Bytewax, which the benchmarks compare with, has builds up to 3.12.
BENCH_PYTHONS := python3.12 python3.11 python3.13 python3.14 python3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: install warsaw docs pictures reference schemas words help run run-kafka test test-all attack broker bench bench-kafka lock clean FORCE

help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

install: $(VENV)/.can-run
	@echo 'kept is installed. Let this terminal, and each new one, find it:'
	@echo '    export PATH="$(CURDIR)/$(BIN):$$PATH"'

run: $(VENV)/.can-run
	$(BIN)/kept run --demo $(ARGS)

run-kafka: broker $(VENV)/.can-run-kafka
	@$(BIN)/python -m tests.kafka.tryout $(ARGS)

# What is marked `slow` in the tests, `test` leaves to `test-all`.
test: CHOSEN := -m "not slow"
test-all: CHOSEN := --hypothesis-profile=long
# The tests start some hundred processes: each would compile all of Kept where the environment forbids to keep bytecode.
test test-all: export PYTHONDONTWRITEBYTECODE :=
test test-all: broker $(VENV)/.can-test $(VENV)/.can-watch $(VENV)/.can-browse $(VENV)/.can-step $(VENV)/.can-publish
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal $(CHOSEN) $(ARGS)

# Strangers, full disks, lost folders and set clocks against real processes, while an honest sender goes on.
attack: export PYTHONDONTWRITEBYTECODE :=
attack: broker $(VENV)/.can-test $(VENV)/.can-step
	@$(BIN)/python -m tests.attack $(ARGS)

# The pictures of the documentation, taken by the test that uses the board as a supervisor does.
pictures: $(VENV)/.can-test $(VENV)/.can-browse
	KEPT_PICTURES=docs/pictures $(BIN)/python -m pytest --quiet tests/board/test_trial.py

# What editors complete by; a test holds these files to the models that they are made from.
schemas: $(VENV)/.can-run
	for form in standards policy practice mapping stories; do $(BIN)/kept schema $$form > schemas/$$form.json; done

# The messages of the code, found and put into the catalogues; it names those that nobody has translated yet.
words: $(VENV)/.can-test
	$(BIN)/python -m tests.catalogues

# Asks no other host for anything. What it says of its maker's next product is left out.
docs: $(VENV)/.can-test
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "The documentation is in site/index.html. To have its search too: $(BIN)/mkdocs serve"

# The example of Warsaw as pages: a backtest, a sweep, and staffing, which takes minutes. The data is not ours.
DATA   ?= ../shared/data
WARSAW := --map examples/warsaw/map.yaml --events $(DATA)/warsaw_offices_2020-01-07_10.csv
warsaw: $(VENV)/.can-run
	mkdir -p build/warsaw
	$(BIN)/kept backtest examples/warsaw/standards.yaml $(WARSAW) --html build/warsaw/backtest.html
	$(BIN)/kept backtest examples/warsaw/standards.yaml $(WARSAW) --html build/warsaw/sweep.html \
		--sweep within=5m..2h --standard counter-opened-in-ten-minutes
	$(BIN)/kept staff examples/warsaw/standards.yaml $(WARSAW) --html build/warsaw/staffing.html > build/warsaw/staffing.txt
	@echo "The pages are in build/warsaw/."

# The pages that are made from the code; a test holds them to it.
reference: $(VENV)/.can-test
	$(BIN)/python -m tests.pages.reference

# Before anything is installed: without Java or Maven it ends here, with what to install.
broker: $(VENV)/pyvenv.cfg
	@$(BIN)/python -m tests.kafka.jars

bench: $(BENCH_VENV)/.can-bench
	$(BENCH_VENV)/bin/python -m benchmarks $(ARGS)

bench-kafka: $(BENCH_VENV)/.can-bench
	@$(BENCH_VENV)/bin/python -m tests.kafka.jars
	$(BENCH_VENV)/bin/python -m benchmarks.kafka $(ARGS)

# ARGS=--upgrade takes newer versions too. --no-config: a lock holds nothing of the machine that it was made on.
COMPILE = env -u UV_FIND_LINKS -u UV_INDEX -u UV_EXTRA_INDEX_URL $(BIN)/uv pip compile --quiet --no-config \
	--universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' \
	$(ARGS) --extra build pyproject.toml

lock: $(VENV)/.can-test
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra kafka --constraint requirements.lock --output-file requirements-kafka.lock
	$(COMPILE) --extra kafka --extra dev --constraint requirements-kafka.lock --output-file requirements-dev.lock
	$(COMPILE) --extra bench --output-file requirements-bench.lock  # by itself: Quix takes no pydantic as new as ours

clean:
	rm -rf $(VENV) $(BENCH_VENV) build dist site *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments -------------------------------------------------------------------------------------------------
# A stamp is newer than the lock that it was made from. Each install names its hashes; the project itself goes in by
# reference, built with the hatchling of the lock, so that nothing is fetched which no lock names.

$(VENV)/.can-run: requirements.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installing Kept (once, about half a minute) ..."
	@$(BIN)/python $(PIP) --require-hashes --requirement requirements.lock
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.can-run-kafka: requirements-kafka.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installing Kept and its libraries for Kafka (once, about half a minute) ..."
	@$(BIN)/python $(PIP) --require-hashes --requirement requirements-kafka.lock
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.can-run $@

$(VENV)/.can-test: requirements-dev.lock requirements.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installing Kept and what tests it (once, about a minute) ..."
	@$(BIN)/python $(PIP) --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.can-run $(VENV)/.can-run-kafka $@

# Prometheus and Alertmanager check what deploy/ holds for them. Where they are missing, their Debian packages are
# unpacked into the environment, as installing them would start two servers. Where that fails, the tests say what to do.
WATCHERS := prometheus prometheus-alertmanager

$(VENV)/.can-watch: $(VENV)/pyvenv.cfg
	@if { command -v promtool && command -v prometheus && command -v amtool; } >/dev/null; then touch $@; else ( \
		echo "Unpacking Prometheus and Alertmanager (once) ..."; \
		rm -rf $(VENV)/debian && mkdir $(VENV)/debian && cd $(VENV)/debian && \
		get="apt-get -qq -o APT::Sandbox::User=root download $(WATCHERS)" && \
		{ $$get 2>/dev/null || { apt-get -qq update && $$get; }; } && \
		for deb in *.deb; do dpkg-deb --fsys-tarfile $$deb | tar -x ./usr || exit 1; rm $$deb; done && \
		cd ../bin && ln -sf ../debian/usr/bin/* . \
	) && touch $@ || true; fi

# A browser for the tests of the board. It has too many libraries to be unpacked beside the environment, so it is installed
# where that may be done; where it may not, the tests say what to do.
$(VENV)/.can-browse: $(VENV)/pyvenv.cfg
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then touch $@; else ( \
		echo "Installing Chromium (once) ..."; \
		get="apt-get -qq -y --no-install-recommends install chromium" && \
		{ $$get 2>/dev/null || { apt-get -qq update && $$get; }; } >/dev/null \
	) && touch $@ || true; fi

# A broker of MQTT with the libraries that this machine has not: unpacked into the environment, so that no service starts.
$(VENV)/.can-publish: $(VENV)/pyvenv.cfg
	@if command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ]; then touch $@; else ( \
		echo "Unpacking Mosquitto (once) ..."; \
		rm -rf $(VENV)/mosquitto && mkdir -p $(VENV)/mosquitto/partial && cd $(VENV)/mosquitto && \
		get="apt-get -qq -y --no-install-recommends --download-only -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
			-o Dir::Cache::archives=$$PWD install mosquitto" && \
		{ $$get >/dev/null 2>&1 || { apt-get -qq update && $$get >/dev/null; }; } && \
		for deb in *.deb; do dpkg-deb --fsys-tarfile $$deb | tar -x ./usr || exit 1; rm $$deb; done \
	) && touch $@ || true; fi

# What tells a process that its clock was set. Where it is missing, it is unpacked into the environment.
$(VENV)/.can-step: $(VENV)/pyvenv.cfg
	@if ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then touch $@; else ( \
		echo "Unpacking libfaketime (once) ..."; \
		rm -rf $(VENV)/faketime && mkdir $(VENV)/faketime && cd $(VENV)/faketime && \
		get="apt-get -qq -o APT::Sandbox::User=root download libfaketime" && \
		{ $$get 2>/dev/null || { apt-get -qq update && $$get; }; } && \
		for deb in *.deb; do dpkg-deb --fsys-tarfile $$deb | tar -x ./usr || exit 1; rm $$deb; done \
	) && touch $@ || true; fi

$(BENCH_VENV)/.can-bench: requirements-bench.lock pyproject.toml $(BENCH_VENV)/pyvenv.cfg
	@echo "Installing what the benchmarks compare (once, about half a minute) ..."
	@$(BENCH_VENV)/bin/python $(PIP) --require-hashes --requirement requirements-bench.lock
	@$(BENCH_VENV)/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# $(call create,FOLDER,CANDIDATES): an environment from the first candidate that runs, is of a version that the locks
# are made for, and can set up pip. A name alone proves nothing: version managers leave names of Pythons they lack.
define create
	@can='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; bare=; \
	for python in $(if $(PYTHON),$(PYTHON),$(2)); do \
		$$python -c "$$can" >/dev/null 2>&1 || continue; \
		if $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
			echo "Using $$($$python --version) ($$python)"; exec $$python -m venv --clear $(1); \
		fi; bare="$${bare:-$$($$python -c 'import sys; print("python%d.%d" % sys.version_info[:2])')}"; \
	done; \
	if [ -n "$$bare" ]; then \
		echo "make: $$bare runs but has no ensurepip, so it cannot set up an environment;" \
			"install it (Debian, Ubuntu: apt-get install $$bare-venv) and try again" >&2; \
	else \
		echo "make: no Python 3.11 to 3.14 among: $(if $(PYTHON),$(PYTHON),$(2)); install one" \
			"(Debian, Ubuntu: apt-get install python3 python3-venv) or name yours: make PYTHON=/path/to/python3" >&2; \
	fi; exit 1
endef

$(VENV)/pyvenv.cfg:
	$(call create,$(VENV),$(PYTHONS))

$(BENCH_VENV)/pyvenv.cfg:
	$(call create,$(BENCH_VENV),$(BENCH_PYTHONS))

# An environment whose interpreter has gone is made anew.
ifneq ($(shell test -x $(BIN)/python && echo there),there)
$(VENV)/pyvenv.cfg: FORCE
endif
ifneq ($(shell test -x $(BENCH_VENV)/bin/python && echo there),there)
$(BENCH_VENV)/pyvenv.cfg: FORCE
endif
