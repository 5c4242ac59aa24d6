#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lambda-zip.sh PROGRAM ZIP: the program with every library that it loads, as a function for provided.al2023. AWS's
# machines have another C library than the one it was built for: the zip brings its own, and the loader that fits it.
set -euo pipefail
program=$(realpath "$1") zip=$(realpath -m "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/lib" "$(dirname "$zip")"
strip -o "$folder/handrail" "$program"
ldd "$program" | sed -nE 's/.*=> (\/[^ ]+) .*/\1/p; s/^\s*(\/[^ ]*ld-linux[^ ]*) .*/\1/p' | sort -u | while read -r library; do
  install -m 755 "$(realpath "$library")" "$folder/lib/$(basename "$library")"
done
loader=$(basename "$(ls "$folder"/lib/ld-linux*)")
# A resolver of names is loaded by the C library when it is first asked.
for library in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
  found=$(ldconfig -p | sed -nE "s/.*$library .*=> (.*)/\1/p" | head -1)
  [ -z "$found" ] || install -m 755 "$(realpath "$found")" "$folder/lib/$library"
done
cat >"$folder/bootstrap" <<BOOT
#!/bin/sh
# Certificates lie where Amazon Linux keeps them.
export SSL_CERT_FILE="\${SSL_CERT_FILE:-/etc/pki/tls/certs/ca-bundle.crt}"
cd "\${LAMBDA_TASK_ROOT:-.}" && exec "./lib/$loader" --library-path ./lib ./handrail lambda
BOOT
chmod 755 "$folder/bootstrap"
rm -f "$zip"
python3 - "$folder" "$zip" <<'ZIP'
import pathlib, sys, zipfile
folder, target = pathlib.Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        info = zipfile.ZipInfo(str(path.relative_to(folder)), (2020, 1, 1, 0, 0, 0))  # the same content, the same bytes
        info.external_attr, info.compress_type = (0o100755 << 16), zipfile.ZIP_DEFLATED
        out.writestr(info, path.read_bytes())
ZIP
du -sh "$folder" | cut -f1 | sed 's/$/ unpacked/'
echo "$zip: $(stat -c %s "$zip") bytes"
