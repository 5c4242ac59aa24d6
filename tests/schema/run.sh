#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Asks the server what its API document allows, and what it does not: no answer may be a fault of the server's, or one that
# the document does not know. SEED and EXAMPLES (of each operation) say which questions.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHONPATH=tests/support exec /usr/bin/python3 tests/schema/run.py --seed "${SEED:-1}" --examples "${EXAMPLES:-10}"
