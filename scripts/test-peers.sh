#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests against real peers: proxies, brokers, stores. Each says what it ran against.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/tally.sh
scripts/setup-peers.sh || exit 1
export HANDRAIL_BIN="${HANDRAIL_BIN:-$PWD/build/release/handrail}"
for peer in tests/peers/*.test.mjs; do
  TALLY_TIMEOUT=300 tally "$(basename "$peer" .test.mjs)" node \
    node --test --test-reporter=tap --test-concurrency=1 --test-force-exit --test-timeout=120000 "$peer"
done
tally_end
