#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Format, lint, tidy, documents. Everything is reported, not only the first.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/tally.sh
mapfile -t sources < <(git ls-files 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h' 'bench/*.cc' 'bench/*.h')
tally "C++ format" status clang-format-16 --dry-run --Werror "${sources[@]}"
tally "web format and lint" status npm --prefix web run --silent check
tally "include rule, names, sizes" status /usr/bin/python3 tests/tidy/tree.py
tally "documents" status /usr/bin/python3 tests/tidy/documents.py build/dev/handrail
mapfile -t tidied < <(git ls-files 'src/base/*.cc' 'src/core/*.cc' 'src/engine/*.cc' 'src/adapters/segments/*.cc' 'src/config/*.cc' 'src/simulate/*.cc')
tally "clang-tidy" status sh -c 'printf "%s\n" "$@" | xargs -P "$(nproc)" -n 4 clang-tidy-16 --quiet -p build/dev 2>/dev/null' sh "${tidied[@]}"
tally_end
