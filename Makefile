# make run     build and start the server with synthetic visitors, live in this terminal
# make test    everything that must hold
# make bench   figures beside peers and the physical limit, within 5 minutes
# make bench-full   the whole, within 40 minutes
# make bench-docs   the whole, written into docs/benchmarks.md (TIER=quick: the short one)
# make bench-terminal   what the picture on a terminal costs, beside btop, htop and goaccess
# make bench-pairs BEFORE=BINARY   this build beside another one, by turns, as ratios
# make bench-hub   the hub by itself (BEFORE=TREE: beside the one of another checkout, as ratios)
# make build   the release binary at .build/release/pointerscope
# make format  rewrite the Swift sources in the house style
# make lint    the same, as a check

SWIFT ?= swift
PYTHON ?= python3
BINARY := .build/release/pointerscope
VENV := .venv

BUILD_PACKAGES := libncurses-dev libssl-dev
TEST_PACKAGES := node:nodejs node-ws chromium:chromium python3-venv tmux:tmux
MONITOR_PACKAGES := btop:btop htop:htop goaccess:goaccess
BENCH_PACKAGES := node:nodejs node-ws python3-venv nginx libnginx-mod-nchan libwebsockets-dev tsung wrk valgrind
BENCH_VENV := .venv-bench
TIER ?= full

.PHONY: run build test unit-test client-test end-to-end-test bench bench-full bench-docs bench-pairs bench-hub \
	bench-terminal bench-terminal-docs format lint build-packages test-packages bench-packages

run: build
	exec $(BINARY) serve --demo

build: build-packages
	$(SWIFT) build -c release --static-swift-stdlib

build-packages:
	@.ci/install-packages $(BUILD_PACKAGES)

test-packages: build-packages
	@.ci/install-packages $(TEST_PACKAGES)

# The suite runs an nginx of its own: the service that the package starts on some machines is not wanted.
bench-packages: build-packages
	@if [ -e /usr/sbin/nginx ]; then kept=yes; fi; \
	.ci/install-packages $(MONITOR_PACKAGES) $(BENCH_PACKAGES) && \
	if [ -z "$$kept" ] && [ -d /run/systemd/system ]; then \
		$$([ $$(id -u) -eq 0 ] || echo sudo) systemctl disable --now nginx; \
	fi

test: test-packages build unit-test client-test end-to-end-test

unit-test: test-packages
	$(SWIFT) test

client-test: test-packages
	node --test client-js/test/

$(VENV)/.ready: Tests/EndToEnd/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

end-to-end-test: test-packages build $(VENV)/.ready
	$(VENV)/bin/python -m pytest -q Tests/EndToEnd

$(BENCH_VENV)/.ready: Benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench: bench-packages build $(BENCH_VENV)/.ready
	$(PYTHON) Benchmarks/bench.py

bench-full: bench-packages build $(BENCH_VENV)/.ready
	$(PYTHON) Benchmarks/bench.py --tier full

bench-docs: bench-packages build $(BENCH_VENV)/.ready
	$(PYTHON) Benchmarks/bench.py --tier $(TIER) --docs

bench-pairs: bench-packages build
	$(PYTHON) Benchmarks/pairs.py --before $(BEFORE)

bench-hub:
	$(PYTHON) Benchmarks/hub.py $(if $(BEFORE),--before $(BEFORE))

bench-terminal: bench-packages build
	$(PYTHON) Benchmarks/terminal.py

bench-terminal-docs: bench-packages build
	$(PYTHON) Benchmarks/terminal.py --docs

format:
	$(SWIFT) format format -i -r Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests
