#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long runs. Resumable: what passed is remembered in build/nightly/ and skipped, until that folder is removed.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/nightly
. scripts/tally.sh
TALLY_TIMEOUT=7200
once() {  # once NAME KIND COMMAND...
  local mark="build/nightly/${1// /-}"
  if [ -f "$mark" ]; then echo "--- $1: passed before"; return; fi
  local before=$failed
  TALLY_KEEP="$mark.running" tally "$@"
  [ "$failed" = "$before" ] && mv "$mark.running" "$mark"
}
total() {  # total WORDS: the numbers before them, in all that passed
  sed -nE "s/^([0-9]+) $1.*/\1/p" build/nightly/* | awk '{s+=$1} END {print s+0}'
}
cmake --build --preset dev

# crashes NAME CHUNKS MODE ARGUMENTS...: a chunk a seed
crashes() {
  local name=$1 chunks=$2; shift 2
  for seed in $(seq 1 "$chunks"); do once "$name $seed" lines tests/crash/run.sh "$@" --seed "$seed"; done
}
crashes "crash seed" "${NIGHTLY_SEEDS:-24}" random --cycles 50
crashes "power loss" "${NIGHTLY_SEEDS:-15}" unsynced --cycles 80
crashes "relaxed power loss" 1 relaxed --cycles 40
for manner in nothing prefix sectors "power stays on" "power lost after recovery"; do
  crashes "boundaries, $manner" 1 boundaries --manner "$manner"
done
crashes "failing storage" 4 faults --cycles 1
crashes "damage" 4 damage --cycles 10
crashes "duplicates" 3 duplicates --cycles 50
crashes "clock" 4 clock --cycles 30

cmake --preset asan >/dev/null && cmake --build --preset asan
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
for kind in unit contract simulation threads fuzz; do once "$kind with sanitizers" doctest "build/asan/tests/test_$kind"; done
once "a million rows through forests" doctest env HANDRAIL_FOREST_ROWS=350000 build/dev/tests/test_contract \
  -tc="a forest gives libxgboost's margins and probabilities to the bit"
# Thousands of simulated worlds, in chunks: NIGHTLY_WORLDS of them, from NIGHTLY_WORLDS_FROM on.
worlds_from=${NIGHTLY_WORLDS_FROM:-1001}
for from in $(seq "$worlds_from" 500 $((worlds_from + ${NIGHTLY_WORLDS:-5000} - 1))); do
  once "worlds from $from" doctest env HANDRAIL_SIM_FROM="$from" HANDRAIL_SIM_SEEDS=500 \
    build/dev/tests/test_simulation -tc="the whole system keeps its promises whatever the seed"
done
cmake --preset tsan >/dev/null && cmake --build --preset tsan
for round in $(seq 1 20); do TSAN_OPTIONS=halt_on_error=1 once "threads with their sanitizer $round" doctest build/tsan/tests/test_threads; done
# An hour of misfortunes on three Kafka nodes, in chunks of 20 minutes, each compared with an embedded server.
scripts/setup-peers.sh
for seed in $(seq 1 "${NIGHTLY_CHAOS:-3}"); do
  once "chaos $seed" node env CHAOS_SECONDS=1200 CHAOS_SEED="$seed" HANDRAIL_BIN="$PWD/build/release/handrail" \
    node --test --test-reporter=tap --test-force-exit --test-timeout=1800000 tests/peers/chaos.test.mjs
done
once "fuzzing" lines tests/fuzz/run.sh --seconds "${NIGHTLY_FUZZ_SECONDS:-600}"

echo "over all chunks so far: $(total 'kills') kills, $(total 'power losses') power losses"
tally_end
