#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents tell the truth: docs/configuration.md is what the program says, links lead somewhere, and every route of
the gateway is in openapi.yaml and the other way round, and notebooks are JSON without outputs.

Usage: documents.py HANDRAIL_BINARY
"""
import json
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Pages and files rather than API.
NOT_API = re.compile(r"^/(sdk|desk|demo)(/|\.js|$)|^/$")


def configuration_faults(binary):
    said = subprocess.run([binary, "config", "reference"], capture_output=True, text=True, check=True).stdout
    written = (ROOT / "docs/configuration.md").read_text()
    if said not in written:
        yield "docs/configuration.md differs from `handrail config reference`"


def link_faults():
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("web/*/README.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("examples/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
            if not target.startswith(("http:", "https:", "mailto:")) and not (document.parent / target).exists():
                yield f"{document.relative_to(ROOT)}: link to {target}, which does not exist"


def route_faults():
    documented = set()
    for path, methods in yaml.safe_load((ROOT / "web/protocol/openapi.yaml").read_text())["paths"].items():
        documented |= {(method.upper(), re.sub(r"\{\w+\}", "{}", path)) for method in methods if method != "parameters"}
    served = set()
    for source in (ROOT / "src/gateway").glob("*_routes.cc"):
        for method, path in re.findall(r'add\(\s*Method::k(\w+),\s*"([^"]+)"', source.read_text()):
            if not NOT_API.search(path):
                served.add((method.upper(), re.sub(r"\{\w+\}", "{}", path)))
    for method, path in sorted(served - documented):
        yield f"{method} {path} is served but not in openapi.yaml"
    for method, path in sorted(documented - served):
        yield f"{method} {path} is in openapi.yaml but not served"


def notebook_faults():
    for file in ROOT.glob("examples/*.ipynb"):
        try:
            notebook = json.loads(file.read_text())
        except ValueError as error:
            yield f"{file.relative_to(ROOT)}: no JSON: {error}"
            continue
        if notebook.get("nbformat") != 4:
            yield f"{file.relative_to(ROOT)}: nbformat must be 4"
        if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.get("cells", [])):
            yield f"{file.relative_to(ROOT)}: holds outputs; clear them before it is kept"


def main():
    faults = [*configuration_faults(sys.argv[1]), *link_faults(), *route_faults(), *notebook_faults()]
    print("\n".join(faults) if faults else "the documents tell the truth")
    sys.exit(1 if faults else 0)


main()
