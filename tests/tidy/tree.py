#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tree's own rules: who may include whom, file sizes that only shrink, SPDX lines, nothing of a workplace.

The include rule is the picture in ARCHITECTURE.md: base <- core <- ports <- engine; config and telemetry see base
only and may be seen by engine, gateway and adapters; gateway sees core, ports, engine; adapters see core and ports (and
adapters/common); simulate sees base; serving sees core and gateway; only apps sees all.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAY_SEE = {
    "base": {"base"},
    "core": {"base", "core"},
    "ports": {"base", "core", "ports"},
    "config": {"base", "config"},
    "telemetry": {"base", "telemetry"},
    "simulate": {"base", "simulate"},
    "engine": {"base", "core", "ports", "config", "telemetry", "engine"},
    "cluster": {"base", "core", "ports", "telemetry", "engine", "cluster"},
    "gateway": {"base", "core", "ports", "config", "telemetry", "engine", "gateway"},
    "adapters": {"base", "core", "ports", "config", "telemetry", "adapters"},
    "custody": {"base", "core", "ports", "telemetry", "adapters", "custody"},
    "moving": {"base", "core", "ports", "adapters", "moving"},
    "training": {"base", "core", "ports", "adapters", "training"},
    "evaluation": {"base", "core", "gateway", "simulate", "evaluation"},
    "serving": {"base", "core", "gateway", "serving"},
}
# Adapters to AWS's services share what all of them need; those to language models, what those are told.
SHARED_BY = {"dynamodb": {"aws"}, "kinesis": {"aws"}, "lambda": {"aws"}, "sagemaker": {"aws"}, "bedrock": {"aws", "language"},
             "openai": {"aws", "language"}}
# What core and ports may take from outside: the standard library only.
VENDOR = re.compile(r"<(boost|rocksdb|simdjson|prometheus|spdlog|fmt|toml\+\+|CLI|zlib)")
BEAST = re.compile(r"<boost/(asio|beast)")
BEAST_FILES = {"src/gateway/connection.h"}  # included by server.cc only
CLOCK = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)::now\(|\btime\(nullptr\)|\brand\(")
LINES_MAX = 500  # a file; the few above are named with their size and may only shrink
GROWN = {}


def sources():
    names = subprocess.run(["git", "ls-files", "src", "tests", "bench", "web", "scripts", "cmake", ".ci", "deploy", "*.md", "Makefile"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [n for n in names if (ROOT / n).is_file()]


def part_of(include_or_path):
    return include_or_path.split("/")[0]


def include_faults(name, text):
    part = part_of(name.removeprefix("src/"))
    if part == "apps":
        return
    for line_number, line in enumerate(text.splitlines(), 1):
        included = re.match(r'#include "([^"]+)"', line)
        if included:
            path = included.group(1)
            seen = part_of(path)
            if seen not in MAY_SEE[part]:
                yield f"{name}:{line_number}: {part} may not include {path}"
            if part == "adapters" and seen == "adapters":
                own = name.split("/")[2]
                if path.split("/")[1] not in {own, "common", *SHARED_BY.get(own, ())}:
                    yield f"{name}:{line_number}: one adapter may not include another ({path})"
        if part in {"core", "ports"} and VENDOR.search(line):
            yield f"{name}:{line_number}: {part} knows the standard library only"
        if included and included.group(1) == "gateway/connection.h" and name not in {"src/gateway/server.cc", "src/gateway/exchange.h"}:
            yield f"{name}:{line_number}: gateway/connection.h is the inside of server.cc"
        if BEAST.search(line) and name not in BEAST_FILES:
            yield f"{name}:{line_number}: Asio and Beast stop at gateway/connection.h"


def text_faults(name, text):
    is_source = name.endswith((".cc", ".h", ".py", ".sh", ".ts", ".tsx", ".mjs"))
    if is_source and "SPDX-License-Identifier" not in text[:400]:
        yield f"{name}: no SPDX line"
    if name.endswith((".cc", ".h")):
        lines = text.count("\n")
        if lines > GROWN.get(name, LINES_MAX):
            yield f"{name}: {lines} lines; split it (limit {GROWN.get(name, LINES_MAX)})"
        if part_of(name.removeprefix("src/")) in {"core", "engine", "gateway", "simulate"} and CLOCK.search(text) and name not in TIMEKEEPERS:
            yield f"{name}: takes the time itself; use ports/clock.h or an argument"
    if re.search(r"/work/|/root/", text) and not name.startswith("tests/tidy/"):
        yield f"{name}: names a machine's path"


# Deadlines of sockets run on the steady clock, in the files that have sockets.
TIMEKEEPERS = {"src/gateway/connection.h", "src/gateway/server.cc"}


def main():
    faults = []
    for name in sources():
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        if name.startswith("src/") and name.endswith((".cc", ".h")):
            faults += include_faults(name, text)
        faults += text_faults(name, text)
    print("\n".join(faults) if faults else "the tree keeps its rules")
    sys.exit(1 if faults else 0)


main()
