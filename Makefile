# The commands of this repository; `make help` lists them.

SWIFT ?= swift
ADDRESS ?= 127.0.0.1:50051
UPLOAD_ADDRESS ?= 127.0.0.1:50052
DATA ?= data
PYTHON ?= /usr/bin/python3
VENV := .venv
SERVER := .build/debug/datasphere-jobs
# There once the Swift packages that Package.swift names are.
FETCHED := .build/packages.fetched

# What the build and the tests take from Debian.
PACKAGES := libgrpc-dev libprotobuf-dev protobuf-compiler libssl-dev libsqlite3-dev zlib1g-dev \
	pkg-config python3-venv curl strace openssl haproxy

# Ends a recipe with one line on standard error.
fail = { echo "$(strip $(1))" >&2; exit 1; }
# The last line of $$log that begins so, or its last line.
reason = $$({ grep -E '^($(1))' "$$log" || cat "$$log"; } | tail -n 1)

.DEFAULT_GOAL := help
.PHONY: help deps toolchain build run test soak stress asan tsan acceptance fuzz bench benchserver \
	descriptors docs lint format clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

deps: ## Install the Debian packages that are missing.
	@installed=$$(dpkg-query -W -f '$${db:Status-Abbrev} $${Package}\n' $(PACKAGES) 2>/dev/null \
	  | sed -n 's/^ii  *//p'); \
	missing=$$(for package in $(PACKAGES); do \
	  echo "$$installed" | grep -qx "$$package" || echo "$$package"; done); \
	[ -z "$$missing" ] && exit 0; \
	missing=$$(echo $$missing); sudo=; \
	if [ "$$(id -u)" != 0 ]; then \
	  command -v sudo >/dev/null || $(call fail,Debian packages are missing and there is no sudo; \
	    as root: apt-get install $$missing); \
	  sudo=sudo; \
	fi; \
	echo "Installing $$missing"; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	{ $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing; } >"$$log" 2>&1 || \
	  $(call fail,The Debian packages $$missing cannot be installed: $(call reason,E: ))

# Is Swift there, and new enough?
toolchain:
	@set -- $$($(SWIFT) --version 2>/dev/null \
	  | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1); \
	[ $$# = 2 ] || $(call fail,Swift 6.3 is needed and there is no '$(SWIFT)': \
	  see https://www.swift.org/install); \
	[ "$$1" -gt 6 ] || { [ "$$1" = 6 ] && [ "$$2" -ge 3 ]; } || \
	  $(call fail,Swift 6.3 is needed and '$(SWIFT)' is $$1.$$2: see https://www.swift.org/install)

$(FETCHED): Package.swift | toolchain
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	$(SWIFT) package resolve >"$$log" 2>&1 || \
	  $(call fail,The Swift packages cannot be fetched: $(call reason,fatal: |error: ))
	@mkdir -p $(@D) && touch $@

build: deps $(FETCHED) ## Build everything, tests included.
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error

run: deps $(FETCHED) ## Serve, with an example job; ADDRESS, UPLOAD_ADDRESS and DATA say where.
	@$(SWIFT) build --product datasphere-jobs --explicit-target-dependency-import-check error
	@$(SERVER) serve --example --address $(ADDRESS) --upload-address $(UPLOAD_ADDRESS) \
	  --data-directory $(DATA)

test: build ## Build and run every test, the acceptance tests among them.
	@Tests/run-tests.sh $(SWIFT) test --skip-build
	@$(PYTHON) Tests/Makefile/check.py --server $(SERVER)
	@$(MAKE) --no-print-directory acceptance

soak: build ## Make long runs of leaks, attacks, kills, power cuts and broken disks.
	SOAK=1 Tests/run-tests.sh $(SWIFT) test --skip-build \
	  --filter 'LeakTests|MemoryAttackTests|DurabilityTests'

stress: build ## Have four processes write into one database for STRESS_SECONDS (600).
	STRESS_SECONDS=$${STRESS_SECONDS:-600} Tests/run-tests.sh $(SWIFT) test --skip-build \
	  --filter FourProcessesTests

asan: deps ## Run the tests under AddressSanitizer, leaks included.
	Tests/Sanitizers/run.sh address

tsan: deps ## Run the tests under ThreadSanitizer.
	Tests/Sanitizers/run.sh thread

acceptance: build $(VENV)/ready ## Drive the built server with the official SDK.
	$(VENV)/bin/python Tests/Acceptance/run.py --server $(SERVER)
	$(VENV)/bin/python Tests/Acceptance/json_check.py --probe .build/debug/json-probe
	$(VENV)/bin/python Tests/Acceptance/interop.py --server .build/debug/interop-server

# The official clients, from PyPI, in an environment of their own.
$(VENV)/ready: Tests/Acceptance/requirements.txt
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	{ $(PYTHON) -m venv $(VENV) && \
	  $(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<; } >"$$log" 2>&1 || \
	  $(call fail,The Python packages of $< cannot be fetched: $(call reason,ERROR: |Error: ))
	@touch $@

fuzz: deps ## Fuzz wire format and JSON, each for FUZZ_SECONDS (60).
	Tests/Fuzz/run.sh

bench: deps ## Measure the codec beside libprotobuf and swift-protobuf.
	Benchmarks/Scripts/run.sh

benchserver: deps ## Measure the server beside C++ and grpc-swift-2 (builds for some ten minutes).
	Benchmarks/Server/Scripts/run.sh

descriptors: deps ## Write what reflection serves anew, after a change of Protos/.
	Protos/embed-descriptors.py

# The modules that a program which embeds the server imports, each with links into the others.
DOCUMENTED := JobService CoreGRPC JobCloning JobMessages ProtobufWire JobStoreSQLite \
	ObjectStorageDisk JobClient JobServiceTesting MessageJSON Safeguards

docs: deps ## Write the documentation as a static web site to docs-build/.
	$(SWIFT) package --allow-writing-to-directory docs-build generate-documentation \
	  $(addprefix --target ,$(DOCUMENTED)) --enable-experimental-combined-documentation \
	  --transform-for-static-hosting --warnings-as-errors --output-path docs-build

lint: deps ## Check the formatting of all Swift code.
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Format all Swift code in place.
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## Remove what was built, but not the data.
	rm -rf .build $(VENV)
