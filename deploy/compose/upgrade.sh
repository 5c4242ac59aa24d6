#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Replaces gateways and workers one after another by those of HANDRAIL_IMAGE; each is ready before the next one goes.
set -eu
cd "$(dirname "$0")"
for role in worker-1 worker-2 gateway-1 gateway-2; do
  docker compose up --detach --no-deps --wait "$role"
  docker compose exec proxy nginx -s reload  # a new container may have another address
done
