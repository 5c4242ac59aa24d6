#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what only the tests against real peers need. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages nginx-light openssl
