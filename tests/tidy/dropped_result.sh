#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A dropped Result must not compile; the same program that looks at it must.
set -euo pipefail
cd "$(dirname "$0")/../.."
program() { printf '#include "base/result.h"\nhandrail::Result<int> may_fail();\nhandrail::Result<void> may_fail_too();\nvoid caller() { %s }\n' "$1"; }
compiles() { program "$1" | ${CXX:-g++} -std=c++20 -Isrc -Wall -Wextra -Werror -fsyntax-only -x c++ - 2>/dev/null; }
compiles '(void)may_fail().has_value(); (void)may_fail_too().has_value();' || { echo "the control program does not compile"; exit 1; }
! compiles 'may_fail();' || { echo "a dropped Result<int> compiles"; exit 1; }
! compiles 'may_fail_too();' || { echo "a dropped Result<void> compiles"; exit 1; }
