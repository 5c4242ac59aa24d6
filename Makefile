# The same words for people and CI. `make demo` and `make test` set up what is missing by themselves.
SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)
JOBS ?= $(shell nproc)
FORMATTED := $(shell git ls-files 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h' 'bench/*.cc' 'bench/*.h' 2>/dev/null)

.PHONY: demo build web test check test-peers lambda-zip crash shim bench bench-risk nightly format setup dev llm

setup:
	@scripts/setup.sh

web: setup
	@scripts/build-web.sh

# The optimised program, at build/release/handrail.
build: web
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS) --target handrail

dev: web
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS)

demo: build
	@mkdir -p data && build/release/handrail demo --data data/demo $(DEMO_FLAGS)

# llama.cpp's server with a very small model, for `demo --analyst local` and tests: its judgement is worthless.
llm:
	@scripts/setup-llm.sh

# Unit, contract, integration, simulation and browser tests: all that need no optional peer.
test: dev build shim
	@scripts/test.sh

# Format, lint, tidy, documents.
check: dev
	@scripts/check.sh

test-peers: build dev
	@scripts/test-peers.sh

# The engine as a Lambda function for provided.al2023, with its libraries: build/handrail-lambda.zip.
lambda-zip: build
	@scripts/lambda-zip.sh build/release/handrail build/handrail-lambda.zip

# What stands under the program in crash tests, beside it.
shim: build
	@cmake --build --preset release -j $(JOBS) --target crash_shim

# kill -9 under load: a short run; `make nightly` does the long one.
crash: build shim
	@tests/crash/run.sh --cycles $${CYCLES:-5}

# All bars, beside their references: half an hour. BENCH_FLAGS="--quick" or "--only S1,S4 --compare earlier.json".
# The public data sets of exit risk, where they lie beside the project.
bench-risk: build
	python3 bench/risk.py $(BENCH_FLAGS)

bench: build
	@scripts/bench.sh --json build/bench.json --draw $(BENCH_FLAGS)

nightly: dev build shim
	@scripts/nightly.sh

format:
	@clang-format-16 -i $(FORMATTED)
	@cd web && npm run --silent format
