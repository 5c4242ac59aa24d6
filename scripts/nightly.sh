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
  tally "$@"
  [ "$failed" = "$before" ] && touch "$mark"
}
cmake --build --preset dev
cmake --preset asan >/dev/null && cmake --build --preset asan
for kind in unit contract simulation; do once "$kind with sanitizers" doctest "build/asan/tests/test_$kind"; done
# Thousands of simulated worlds, in chunks: NIGHTLY_WORLDS of them, from NIGHTLY_WORLDS_FROM on.
worlds_from=${NIGHTLY_WORLDS_FROM:-1001}
for from in $(seq "$worlds_from" 500 $((worlds_from + ${NIGHTLY_WORLDS:-5000} - 1))); do
  once "worlds from $from" doctest env HANDRAIL_SIM_FROM="$from" HANDRAIL_SIM_SEEDS=500 \
    build/dev/tests/test_simulation -tc="whatever the seed, the whole system keeps its promises"
done
for seed in $(seq 1 "${NIGHTLY_SEEDS:-20}"); do once "crash seed $seed" lines tests/crash/run.sh --cycles 50 --seed "$seed"; done
tally_end
