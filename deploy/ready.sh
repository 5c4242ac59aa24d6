#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whether the server of this container is ready: ready.sh [PORT [PATH]]. The image has no HTTP client but bash.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/${1:-8080}"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "${2:-/readyz}" >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
