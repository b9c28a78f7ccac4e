# make run     build and start the server with synthetic visitors, live in this terminal
# make top     watch a server that runs, for example one that was left with d; URL=HOST:PORT for another one
# make test    everything that must hold
# make test-quick   what finds most of what breaks, within 4 minutes, for the inner loop
# make sanitize   the tests of memory, behaviour that C leaves undefined, and races (KINDS="memory thread": those)
# make fuzz SECONDS=60   every decoder under libFuzzer for so long, two at a time (TARGETS="number theme": those)
# make fuzz-corpora   what the unit tests replay, made small out of what fuzzing has gathered
# make conformance   the Autobahn suite against both ends of our WebSockets (CASES="6.* 9.*": those)
# make bench   figures beside peers and the physical limit, within 5 minutes
# make bench-full   the whole, within 40 minutes
# make bench-docs   the whole, written into docs/benchmarks.md (TIER=quick: the short one)
# make bench-terminal   what the picture on a terminal costs, beside btop, htop and goaccess
# make bench-balance   newcomers a second, CPU for each and how evenly they are shared, for each --balance
# make bench-ingest   what a frame and its way to the viewer cost, beside C that does nothing with it
# make bench-no-drop   100 reloads and 20 upgrades in a row under 10,000 connections and 1,000 whose frames are cut
# make bench-chaos   30 minutes of killed, stalled and slow workers: who falls, where each sample is (SEED, MINUTES, CONNECTIONS)
# make bench-pairs BEFORE=BINARY   this build beside another one, by turns, as ratios
# make check-instructions   what a message costs worker and master in instructions; fails where it grew by 5 %
# make check-alerts   the rules of docs/monitoring, and when they fire, by Prometheus' own tool
# make bench-sign-in   what signing in tells by its time, and what strangers at the door cost those inside
# make bench-attacks   what good clients notice while others flood, trickle and churn
# make bench-reloads   500 good and bad configurations read again under load: what it costs anybody
# make bench-reload-peers   reloads under new connections beside nginx: what fails
# make bench-gaps   ten million samples from pages to viewers, of which none may be missing
# make bench-rate   what it saves that the server tells pages how often to sample, and how soon that settles
# make bench-filters   what viewers of one page of 200 get, and cost, beside viewers of everything
# make bench-polls   an hour in quick motion by polls, of which every answer is cut off, and nothing may be missing
# make bench-dashboard   what a frame of the dashboard costs with 10,000 visitors (BEFORE=TREE: beside another checkout's)
# make bench-page   what the snippet costs a page and its visitor's line, beside the naive one
# make bench-hub   the hub by itself (BEFORE=TREE: beside the one of another checkout, as ratios)
# make build   the release binary at .build/release/pointerscope
# make install the built binary and its texts, below PREFIX (default /usr/local) and DESTDIR; make uninstall
# make deb     a Debian package of the built binary, in .build/deb: apt install ./.build/deb/pointerscope_*.deb
# make check-builds   the last commit built twice, in two folders: the same bytes? (two whole builds)
# make check-deb   what must hold of it: lintian, the same bytes again, its life on a bare Debian 12 (as root, minutes)
# make rootfs, make oci   what a container runs in, as files and as an OCI image; make check-oci runs it (as root)
# make snippet what pages load, out of client-js/snippet/source; the result is kept
# make format  rewrite the Swift sources in the house style
# make lint    the same, as a check

SWIFT ?= swift
PYTHON ?= python3
BINARY := .build/release/pointerscope
# Without the third, libraries that lie beside the binary would be loaded into it.
BUILD_FLAGS := -c release --static-swift-stdlib --disable-local-rpath
# So that a binary is the same wherever it was built: it calls its sources by their names below this folder, names no
# module cache of the compiler's, and has no digests of what each of its objects was made with.
BUILD_FLAGS += -Xswiftc -file-prefix-map -Xswiftc "$(CURDIR)=." -Xcc "-ffile-prefix-map=$(CURDIR)=." \
	-Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs \
	-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen
VENV := .venv

# How to see that it is there, and what brings it; .ci/install-packages has the forms.
BUILD_PACKAGES := git:git ld.gold:binutils stdlib.h+:libc6-dev +stdc++:libstdc++-12-dev \
	ncurses.h+ncursesw:libncurses-dev openssl/sha.h+:libcrypto.a:libssl-dev argon2.h+:libargon2.a:libargon2-dev zlib.h+:libz.a:zlib1g-dev
SNIPPET_PACKAGES := node:nodejs esbuild:esbuild terser:terser zopfli:zopfli
TEST_PACKAGES := $(SNIPPET_PACKAGES) /usr/share/nodejs/ws:node-ws chromium:chromium firefox-esr:firefox-esr \
	ensurepip.py:python3-venv tmux:tmux jq:jq \
	openssl:openssl
FUZZ_PACKAGES := wslay/wslay.h+wslay:libwslay-dev
# Programs that Debian starts as services where they are installed; tests run their own of each.
PROXY_PACKAGES := /usr/sbin/nginx:nginx /usr/bin/caddy:caddy /usr/sbin/haproxy:haproxy
MONITOR_PACKAGES := btop:btop htop:htop goaccess:goaccess
BENCH_PACKAGES := node:nodejs /usr/share/nodejs/ws:node-ws ensurepip.py:python3-venv /usr/sbin/nginx:nginx \
	/usr/lib/nginx/modules/ngx_nchan_module.so:libnginx-mod-nchan libwebsockets.h+websockets:libwebsockets-dev \
	tsung:tsung wrk:wrk valgrind:valgrind
DEB_PACKAGES := python3:python3 dpkg-buildpackage:dpkg-dev dh:debhelper gcc:gcc readelf:binutils
IMAGE_PACKAGES := mmdebstrap:mmdebstrap umoci:umoci jq:jq
# Of each part something, and nothing that has to wait for a clock or a browser.
QUICK_TESTS := $(addprefix Tests/EndToEnd/test_,$(addsuffix .py,cli detach http http_pages ingest_clients \
	ingest_identity ingest_values job_control stream stream_frames stream_resume terminal_faults worker_death))
BENCH_VENV := .venv-bench
TIER ?= full
PREFIX ?= /usr/local
URL ?=
SECONDS ?= 60
CASES ?=
SEED ?= 1
MINUTES ?= 30
CONNECTIONS ?= 10000
CONFORMANCE := .build/conformance
DEBS := .build/deb
ROOTFS := .build/rootfs.tar
IMAGE := .build/image

.DEFAULT_GOAL := build
.PHONY: run top build install uninstall deb check-builds check-deb rootfs oci check-oci test test-quick unit-test client-test end-to-end-test bench bench-full \
	bench-balance bench-docs bench-pairs check-instructions check-alerts bench-hub bench-page bench-attacks \
	bench-chaos bench-filters bench-polls bench-dashboard bench-gaps bench-ingest bench-no-drop bench-rate bench-reloads bench-reload-peers bench-sign-in \
	bench-terminal \
	bench-terminal-docs sanitize fuzzer fuzz fuzz-corpora conformance goldens snippet format lint toolchain build-packages \
	test-packages bench-packages

# The scripts look where make was told to look.
export SWIFT PYTHON

run: build
	exec $(BINARY) serve --demo

# A server that was started here needs no build to be watched.
top:
	@[ -x $(BINARY) ] || $(MAKE) build
	exec $(BINARY) top $(URL)

# What version --json says of a build: the commit, unless there is none, as in a tarball, and the toolchain.
FACTS = POINTERSCOPE_COMMIT="$${POINTERSCOPE_COMMIT:-$$(.ci/commit)}" \
	POINTERSCOPE_TOOLCHAIN="$$($(SWIFT) --version 2>/dev/null | sed -n 's/.*(\(swift[^)]*\)).*/\1/p' | head -n 1)"

build: build-packages
	$(FACTS) $(SWIFT) build $(BUILD_FLAGS)

# Builds nothing: with sudo there is often no swift on the path, and what it built would be root's.
install:
	@[ -x $(BINARY) ] || { echo "pointerscope: there is nothing to install yet: make build comes first" >&2; exit 1; }
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/pointerscope
	install -d $(DESTDIR)$(PREFIX)/share/doc/pointerscope
	install -m 644 LICENSE CHANGELOG.md README.md docs/*.md $(DESTDIR)$(PREFIX)/share/doc/pointerscope
	install -d $(DESTDIR)$(PREFIX)/share/doc/pointerscope/deploy
	install -m 644 docs/deploy/* $(DESTDIR)$(PREFIX)/share/doc/pointerscope/deploy
	install -d $(DESTDIR)$(PREFIX)/share/doc/pointerscope/monitoring
	install -m 644 docs/monitoring/* $(DESTDIR)$(PREFIX)/share/doc/pointerscope/monitoring
	.ci/install-texts $(BINARY) $(DESTDIR)$(PREFIX)/share

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/pointerscope
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/pointerscope
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/pointerscope.1 $(DESTDIR)$(PREFIX)/share/man/man1/pointerscope-*.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pointerscope
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/*/_pointerscope
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/pointerscope.fish

deb: build
	@.ci/install-packages $(DEB_PACKAGES)
	rm -rf $(DEBS)
	packaging/build-deb $(BINARY) $(DEBS)

check-builds: build-packages
	.ci/compare-builds

check-deb: deb
	@.ci/install-packages lintian:lintian mmdebstrap:mmdebstrap piuparts:piuparts openssl:openssl
	packaging/check-deb $(DEBS) $(BINARY)

rootfs: deb
	@.ci/install-packages $(IMAGE_PACKAGES)
	packaging/make-image rootfs $(DEBS)/pointerscope_*.deb $(ROOTFS)

oci: rootfs
	packaging/make-image oci $(ROOTFS) $(IMAGE):$$($(BINARY) version | sed 's/.* //')

check-oci: oci
	packaging/try-image $(IMAGE):$$($(BINARY) version | sed 's/.* //')

toolchain:
	@.ci/check-toolchain $(SWIFT)

build-packages: toolchain
	@.ci/install-packages $(BUILD_PACKAGES)

test-packages: build-packages
	@.ci/install-packages $(TEST_PACKAGES)
	@.ci/install-idle $(PROXY_PACKAGES)

bench-packages: build-packages
	@.ci/install-idle /usr/sbin/nginx:nginx
	@.ci/install-packages $(MONITOR_PACKAGES) $(BENCH_PACKAGES)

test: test-packages build unit-test client-test end-to-end-test

# On the debug binary, so that nothing is built twice; what a release is linked with is the whole's to look at.
test-quick: test-packages $(VENV)/.ready
	POINTERSCOPE_QUICK=1 $(SWIFT) test
	node --test client-js/test/*.test.mjs
	POINTERSCOPE=.build/debug/pointerscope $(VENV)/bin/python -m pytest -q -k "not runtime_and_no_foundation" $(QUICK_TESTS)

unit-test: test-packages
	$(SWIFT) test

client-test: test-packages
	node --test client-js/test/*.test.mjs

$(VENV)/.ready: Tests/EndToEnd/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Most of them wait most of the time, so four files run beside each other; whole screens and pages are held to the time of
# their clocks, and run one by one. A test that hangs says where after five minutes, ten times what the longest takes.
ALONE := Tests/EndToEnd/test_terminal_goldens.py Tests/EndToEnd/browser
end-to-end-test: test-packages build $(VENV)/.ready
	$(VENV)/bin/python -m pytest -q --timeout 300 -n 4 --dist loadfile $(addprefix --ignore ,$(ALONE)) Tests/EndToEnd
	$(VENV)/bin/python -m pytest -q --timeout 300 $(ALONE)

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

# KEEP=1 keeps what was found, for who made it cheaper or has a reason.
check-instructions: bench-packages build
	$(PYTHON) Benchmarks/instructions.py $(if $(KEEP),--keep)

bench-hub:
	$(PYTHON) Benchmarks/hub.py $(if $(BEFORE),--before $(BEFORE))

check-alerts:
	@.ci/install-idle promtool:prometheus
	promtool check rules docs/monitoring/alerts.yml
	promtool test rules docs/monitoring/alerts.test.yml

bench-sign-in: build
	$(PYTHON) Benchmarks/sign_in.py

bench-attacks: build
	$(PYTHON) Benchmarks/attacks.py

bench-no-drop: build
	$(PYTHON) Benchmarks/no_drop.py

bench-chaos: test-packages build
	$(PYTHON) Benchmarks/chaos.py --seed $(SEED) --minutes $(MINUTES) --connections $(CONNECTIONS)

bench-balance: build
	$(PYTHON) Benchmarks/balance.py

bench-ingest: build
	$(PYTHON) Benchmarks/ingest.py

bench-gaps: build
	$(PYTHON) Benchmarks/no_gaps.py

bench-reloads: build
	$(PYTHON) Benchmarks/reloads.py

bench-reload-peers: bench-packages build
	$(PYTHON) Benchmarks/reload_beside_nginx.py

bench-rate: build
	$(PYTHON) Benchmarks/rate.py

bench-page: test-packages build $(VENV)/.ready
	$(VENV)/bin/python Benchmarks/page_cost.py

bench-filters: build
	$(PYTHON) Benchmarks/filters.py

bench-polls: build
	$(PYTHON) Benchmarks/polls.py

bench-dashboard: test-packages $(VENV)/.ready
	for page in '' '#page=/shop/department-7'; do $(VENV)/bin/python Tests/EndToEnd/browser/measure_fps.py \
		--visitors 10000 --pages 200 --rounds 5 --hash "$$page" $(if $(BEFORE),--before $(BEFORE)) || exit 1; done

bench-terminal: bench-packages build
	$(PYTHON) Benchmarks/terminal.py

bench-terminal-docs: bench-packages build
	$(PYTHON) Benchmarks/terminal.py --docs

# Whole screens as they are now; git diff shows what is new on them.
goldens: test-packages build $(VENV)/.ready
	UPDATE_GOLDENS=1 $(SWIFT) test --filter ViewGoldenTests
	UPDATE_GOLDENS=1 $(VENV)/bin/python -m pytest -q Tests/EndToEnd/test_terminal_goldens.py

sanitize: test-packages
	.ci/sanitize $(KINDS)

# A package of its own, which sees the rooms through a library that is there for it alone.
fuzzer: build-packages
	@.ci/install-packages $(FUZZ_PACKAGES)
	POINTERSCOPE_FUZZING=1 $(SWIFT) build --package-path Tests/FuzzingTests --scratch-path .build/fuzzing -c release \
		-Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer,address

fuzz: fuzzer
	$(PYTHON) Tests/FuzzingTests/fuzz.py --seconds $(SECONDS) $(TARGETS)

fuzz-corpora: fuzzer
	$(PYTHON) Tests/FuzzingTests/fuzz.py --keep $(TARGETS)

# The suite is code of Python 2.7, in an environment of its own; not part of the tests, since Debian has no such Python.
$(CONFORMANCE)/suite/.ready: Tests/Conformance/requirements.txt Tests/Conformance/install-suite
	@.ci/install-packages ensurepip.py:python3-venv
	Tests/Conformance/install-suite $(CONFORMANCE)/suite

conformance: build-packages $(CONFORMANCE)/suite/.ready
	$(SWIFT) build --package-path Tests/Conformance --scratch-path $(CONFORMANCE) -c release
	$(PYTHON) Tests/Conformance/conformance.py $(foreach case,$(CASES),'$(case)')

snippet:
	@.ci/install-packages $(SNIPPET_PACKAGES)
	node client-js/snippet/build.mjs

format: toolchain
	$(SWIFT) format format -i -r Package.swift Sources Tests

lint: toolchain
	$(SWIFT) format lint --strict -r Package.swift Sources Tests
