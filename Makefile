# make run     build and start the server with synthetic visitors, live in this terminal
# make test    everything that must hold
# make bench   figures beside the same architecture on Node
# make bench-terminal   what the picture on a terminal costs, beside btop, htop and goaccess
# make build   the release binary at .build/release/pointerscope
# make format  rewrite the Swift sources in the house style
# make lint    the same, as a check

SWIFT ?= swift
PYTHON ?= python3
BINARY := .build/release/pointerscope
VENV := .venv

BUILD_PACKAGES := libncurses-dev libssl-dev
TEST_PACKAGES := node:nodejs node-ws chromium:chromium python3-venv tmux:tmux
BENCH_PACKAGES := btop:btop htop:htop goaccess:goaccess

.PHONY: run build test unit-test client-test end-to-end-test bench bench-docs bench-terminal bench-terminal-docs \
	format lint build-packages test-packages bench-packages

run: build
	exec $(BINARY) serve --demo

build: build-packages
	$(SWIFT) build -c release --static-swift-stdlib

build-packages:
	@.ci/install-packages $(BUILD_PACKAGES)

test-packages: build-packages
	@.ci/install-packages $(TEST_PACKAGES)

bench-packages: build-packages
	@.ci/install-packages $(BENCH_PACKAGES)

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

bench: test-packages build
	$(PYTHON) Benchmarks/bench.py

bench-docs: test-packages build
	$(PYTHON) Benchmarks/bench.py --docs

bench-terminal: bench-packages build
	$(PYTHON) Benchmarks/terminal.py

bench-terminal-docs: bench-packages build
	$(PYTHON) Benchmarks/terminal.py --docs

format:
	$(SWIFT) format format -i -r Package.swift Sources Tests Benchmarks

lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks
