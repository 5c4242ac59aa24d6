#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds SDK, demo and desk into web/dist, when one of their sources is newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/../web"
stamp=dist/.built
if [ -f "$stamp" ] && [ -z "$(find sdk demo dashboard tokens protocol package-lock.json -newer "$stamp" \
    -not -path '*/node_modules/*' -not -path '*/dist/*' -type f -print -quit)" ]; then
  exit 0
fi
echo "web: building SDK, demo and desk"
npm run --silent build
touch "$stamp"
