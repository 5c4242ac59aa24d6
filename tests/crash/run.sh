#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Crashes under load. tests/crash/run.sh [MODE] --cycles N [--seed S]; --help names the modes.
exec /usr/bin/env python3 "$(dirname "$0")/run.py" "$@"
