#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input, HTTP and operations against the real server. tests/integration/run.sh [test_module[.Class[.test]] ...]
# Modules run beside each other; each has a server of its own.
exec /usr/bin/env python3 "$(dirname "$0")/run.py" "$@"
