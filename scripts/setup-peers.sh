#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what only the tests against real peers need: packages of the system, the rest into .tools/peers. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages nginx-light openssl openjdk-17-jdk-headless maven python3-venv
PATH="$PWD/.tools/node/bin:$PATH"
command -v cargo >/dev/null || install_packages cargo  # cargo-lambda asks it what a package is; nothing is compiled
emulators=tests/peers/emulators

# once NAME FILES... -- COMMAND...: into a new .tools/peers/NAME, done again when one of the files changes.
once() {
  local name=$1 files=() folder stamp; shift
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  shift
  folder=.tools/peers/$name
  stamp=$(cat "${files[@]}" | sha256sum)
  [ "$(cat "$folder/.installed" 2>/dev/null)" = "$stamp" ] && return
  echo "setup: installing $name into $folder"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "${files[@]}" "$folder/"
  (cd "$folder" && "$@")
  echo "$stamp" >"$folder/.installed"
}

install_dynamodb() {
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib
  javac -cp 'lib/*' LoopbackOnly.java
}
install_python() {
  /usr/bin/python3 -m venv .
  bin/pip install --quiet --disable-pip-version-check -r requirements.txt
}

# Without what it would cross-compile with, which is 400 MB.
install_cargo_lambda() {
  /usr/bin/python3 -m venv .
  bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
}

once dynamodb $emulators/dynamodb/pom.xml $emulators/dynamodb/LoopbackOnly.java -- install_dynamodb
once compose $emulators/compose/package.json $emulators/compose/package-lock.json -- npm ci --no-audit --no-fund --loglevel=error
once kinesis $emulators/kinesis/package.json $emulators/kinesis/package-lock.json -- npm ci --no-audit --no-fund --loglevel=error
once kinesalite $emulators/kinesalite/{package.json,package-lock.json,loopback_only.mjs} -- npm ci --no-audit --no-fund --loglevel=error
once aimock $emulators/aimock/{package.json,package-lock.json} -- npm ci --no-audit --no-fund --loglevel=error
install_jars() {
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib
}
once kcl $emulators/kcl/pom.xml -- install_jars
once kafka $emulators/kafka/pom.xml $emulators/kafka/log4j2.properties -- install_jars
once python $emulators/requirements.txt -- install_python
once sagemaker $emulators/sagemaker/requirements.txt -- install_python
once cargo-lambda $emulators/cargo-lambda/{requirements.txt,Cargo.toml,unused.rs} -- install_cargo_lambda
scripts/setup-llm.sh
