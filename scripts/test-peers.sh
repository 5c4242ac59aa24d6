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
# And Kubernetes' own schemas what a manifest may hold, the Compose Specification's a compose file.
TALLY_TIMEOUT=120 tally "Kubernetes manifests" status bash -c \
  'python=.tools/peers/python/bin; echo "ran against the schemas of Kubernetes 1.37 ($($python/kubernetes-validate --version))"
   find deploy/kubernetes -name "*.yaml" ! -name kustomization.yaml -print0 | xargs -0 $python/kubernetes-validate --strict -k 1.37.0'
TALLY_TIMEOUT=120 tally "compose file" status bash -c \
  'lint=.tools/peers/compose/node_modules/.bin/dclint; echo "ran against the Compose Specification, as of dclint $($lint --version)"
   $lint --quiet deploy/compose/compose.yaml'
tally_end
