#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the bars beside their references (bench/run.py --help). Installs the peers where they are missing, without
# starting them as services: each measurement starts its own, on a free port.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
install_packages nginx-light redis-server redis-tools
scripts/setup-peers.sh  # Kafka, DynamoDB Local
cmake --build --preset release -j "$(nproc)" --target handrail_bench >/dev/null
/usr/bin/python3 bench/run.py "$@"
