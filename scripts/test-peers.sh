#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests against real peers: proxies, brokers, stores. Each says what it ran against.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/tally.sh
scripts/setup-peers.sh || exit 1
export HANDRAIL_BIN="${HANDRAIL_BIN:-$PWD/build/release/handrail}"
for peer in tests/peers/*.test.mjs; do
  TALLY_TIMEOUT=600 tally "$(basename "$peer" .test.mjs)" node \
    node --test --test-reporter=tap --test-concurrency=1 --test-force-exit --test-timeout=500000 "$peer"
done
# AWS's own schemas say what a template may hold.
TALLY_TIMEOUT=120 tally "AWS template" status bash -c \
  'lint=.tools/peers/python/bin/cfn-lint; echo "ran against $($lint --version)"; $lint --template deploy/aws/handrail.yaml'
tally_end
