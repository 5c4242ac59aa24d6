#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 under load. tests/crash/run.sh --cycles N [--seed S] | --self-test
exec /usr/bin/env python3 "$(dirname "$0")/run.py" "$@"
