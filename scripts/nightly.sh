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
cmake --preset asan >/dev/null && cmake --build --preset asan
for kind in unit contract simulation; do once "$kind with sanitizers" doctest "build/asan/tests/test_$kind"; done
for seed in $(seq 1 "${NIGHTLY_SEEDS:-20}"); do once "crash seed $seed" lines tests/crash/run.sh --cycles 50 --seed "$seed"; done
tally_end
