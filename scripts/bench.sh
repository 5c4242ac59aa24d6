#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the bars beside their references (bench/run.py --help). Installs the peers where they are missing, without
# starting them as services: each measurement starts its own, on a free port.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for package in nginx-light redis-server redis-tools; do
  [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "bench: installing ${missing[*]}"
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then  # a package's service is not started while this says no
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=500 update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=500 install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
fi
cmake --build --preset release -j "$(nproc)" --target handrail_bench >/dev/null
/usr/bin/python3 bench/run.py "$@"
