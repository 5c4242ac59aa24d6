#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Browser tests against the real program. HANDRAIL_BIN and CHROMIUM say which ones, where not the usual.
set -euo pipefail
cd "$(dirname "$0")/../.."
export HANDRAIL_BIN="${HANDRAIL_BIN:-$PWD/build/release/handrail}"
if [ ! -f web/sdk/dist/esm/index.js ]; then npm --prefix web/sdk run --silent package; fi
if [ "$#" -eq 0 ]; then set -- tests/e2e/*.test.mjs; fi
exec node --test --test-concurrency=1 --test-force-exit --test-timeout=90000 "$@"
