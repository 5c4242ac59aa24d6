#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All tests that need no optional peer. Build first (make test does).
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/tally.sh
tally "unit" doctest build/dev/tests/test_unit
tally "contract" doctest build/dev/tests/test_contract
tally "simulation" doctest build/dev/tests/test_simulation
tally "threads" doctest build/dev/tests/test_threads
tally "parsers on their corpora" doctest build/dev/tests/test_fuzz
tally "dropped results are refused" status tests/tidy/dropped_result.sh
tally "web units" vitest npm --prefix web run --silent test
TALLY_TIMEOUT=300 tally "SDK in a browser" node node --test --test-concurrency=1 --test-force-exit --test-timeout=60000 web/sdk/test/browser/*.test.mjs
TALLY_TIMEOUT=300 tally "integration" lines tests/integration/run.sh
TALLY_TIMEOUT=300 tally "what the API document allows" lines tests/schema/run.sh
TALLY_TIMEOUT=600 tally "end to end" node tests/e2e/run.sh
TALLY_LINES=3 tally "crash" lines tests/crash/run.sh --cycles "${CRASH_CYCLES:-5}"
TALLY_LINES=3 tally "power loss" lines tests/crash/run.sh unsynced --cycles 12
tally "power loss, relaxed: it must lose something" lines tests/crash/run.sh relaxed --cycles 4
tally "power loss at boundaries, a sample" lines tests/crash/run.sh boundaries --stride 25
tally "failing storage, a sample" lines tests/crash/run.sh faults --cycles 1 --only "once|no space"
tally "damaged files" lines tests/crash/run.sh damage --cycles 1
tally "every batch three times" lines tests/crash/run.sh duplicates --cycles 3
tally "jumping clocks" lines tests/crash/run.sh clock --cycles 3
tally_end
