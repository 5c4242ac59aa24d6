#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the files under web/dist, and the API document as JSON, as an assembler file and a table in C++.

Usage: embed_assets.py DIST OPENAPI_YAML OUT_ASM OUT_CC
"""
import json
import pathlib
import sys

import yaml

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2", ".png": "image/png",
    ".ico": "image/x-icon", ".map": "application/json", ".txt": "text/plain; charset=utf-8",
}


def with_common_answers(document: dict) -> dict:
    """What every route may answer, said once: who asks, for which site, how often, and what is sent."""
    for path, operations in document["paths"].items():
        problem = {"description": "Refused"} if path.startswith("/api/") else {"$ref": "#/components/responses/Problem"}
        for operation in operations.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            codes = ["503"]
            if "x-access" in operation:
                codes += ["401", "403", "404", "410", "429"]
            if "parameters" in operation or "requestBody" in operation or "parameters" in operations:
                codes.append("400")
            if "requestBody" in operation:
                codes += ["400", "413", "415"]
            for code in codes:
                operation["responses"].setdefault(code, problem)
    return document


def main() -> None:
    dist, openapi, asm_path, cc_path = map(pathlib.Path, sys.argv[1:5])
    document = asm_path.with_name("openapi.json")
    document.write_text(json.dumps(with_common_answers(yaml.safe_load(openapi.read_text())), separators=(",", ":"), default=str))
    files = [("openapi.json", document)]
    if dist.is_dir():
        files += sorted((str(p.relative_to(dist)), p) for p in dist.rglob("*") if p.is_file() and p.suffix in TYPES)
    asm = [".section .rodata"]
    table = []
    for number, (name, path) in enumerate(files):
        asm += [f".global handrail_asset_{number}", f".global handrail_asset_{number}_end", ".balign 16",
                f"handrail_asset_{number}:", f'.incbin "{path}"', f"handrail_asset_{number}_end:", ".byte 0"]
        table.append((number, name, TYPES[path.suffix]))
    asm.append('.section .note.GNU-stack,"",@progbits')
    asm_path.write_text("\n".join(asm) + "\n")
    lines = ["// Made by cmake/embed_assets.py.", '#include "apps/assets.h"', "", "extern \"C\" {"]
    for number, _, _ in table:
        lines.append(f"extern const char handrail_asset_{number}[], handrail_asset_{number}_end[];")
    lines += ["}", "", "namespace handrail {", "", "std::span<const EmbeddedAsset> embedded_assets() {",
              "  static const EmbeddedAsset kAssets[] = {"]
    for number, name, kind in table:
        lines.append(f'      {{"{name}", "{kind}", {{handrail_asset_{number}, static_cast<std::size_t>('
                     f"handrail_asset_{number}_end - handrail_asset_{number})}}}},")
    lines += ["  };", "  return kAssets;", "}", "", "}  // namespace handrail", ""]
    cc_path.write_text("\n".join(lines))


main()
