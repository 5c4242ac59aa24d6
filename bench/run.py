#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the bars of speed and memory, each beside its reference in the same run, alternating.

Generators run at low priority; latency is counted from when a request was due. Ends with 1 when a bar falls short.
"""

import argparse
import json
import shlex
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "bars"))
import analyst  # noqa: E402
import costs  # noqa: E402
import engine  # noqa: E402
import ingest  # noqa: E402
import kafka  # noqa: E402
import overload  # noqa: E402
import push  # noqa: E402
import report as reports  # noqa: E402
import scale  # noqa: E402
from harness import ROOT, machine  # noqa: E402

FULL = {"rounds": 5, "readings": 120, "burst": 20, "overload": 60, "sustained": 300, "idle": 10_000, "journeys": 1_000_000, "restart": 10_000_000,
        "replay": 40_000, "stored": [0, 1_000_000, 5_000_000, 10_000_000, 20_000_000, 35_000_000, 50_000_000], "known": 1_000_000}
QUICK = {"rounds": 3, "readings": 20, "burst": 5, "overload": 10, "sustained": 20, "idle": 2_000, "journeys": 50_000, "restart": 500_000,
         "replay": 8_000, "stored": [0, 500_000, 1_000_000], "known": 50_000}


def measurements(size):
    capacity = {}

    def s1():
        row = ingest.s1(size["rounds"])
        capacity["single"] = row["rounds"]["ours"]["median"]
        return row

    return {
        "S1": s1,
        "S2a": lambda: ingest.s2a(size["rounds"], size["burst"]),
        "S2b": lambda: ingest.s2b(size["sustained"]),
        "S3": lambda: ingest.s3(size["rounds"], capacity.get("single", 30_000)),
        "S4": lambda: push.s4(size["rounds"], size["idle"]),
        "S5": lambda: engine.s5(size["rounds"]),
        "S6": lambda: engine.s6(size["replay"]),
        "S7": lambda: engine.s7(size["rounds"]),
        "S8": lambda: push.s8(size["rounds"], size["idle"]),
        "S9": lambda: scale.s9(size["journeys"]),
        "S10": lambda: scale.s10(size["restart"]),
        "S11": lambda: scale.s11(size["stored"], size["known"]),
        "S12": lambda: kafka.s12(size["rounds"], size["burst"]),
        "S14": lambda: analyst.s14(size["readings"]),
        "R7": lambda: analyst.r7_analyst(size["rounds"], size["idle"]),
        "costs": costs.costs,
        "R8": lambda: overload.r8(size["overload"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="bars, separated by commas")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it runs, not what it gives")
    parser.add_argument("--set", action="append", default=[], metavar="SIZE=N", help=f"one of {', '.join(FULL)}")
    parser.add_argument("--json", metavar="FILE", help="write the report; one that is there is added to")
    parser.add_argument("--compare", metavar="FILE", help="an earlier report to show beside")
    parser.add_argument("--draw", action="store_true", help="draw the curves into docs/")
    options = parser.parse_args()
    size = dict(QUICK if options.quick else FULL)
    for setting in options.set:
        name, _, value = setting.partition("=")
        if name not in size:
            parser.error(f"no such size: {name}; there are {', '.join(size)}")
        size[name] = int(value) if name != "stored" else [n for n in size["stored"] if n <= int(value)]
    todo = measurements(size)
    wanted = options.only.split(",") if options.only else list(todo)
    unknown = [bar for bar in wanted if bar not in todo]
    if unknown:
        parser.error(f"no such bar: {', '.join(unknown)}; there are {', '.join(todo)}")
    earlier = json.loads(Path(options.compare).read_text()) if options.compare else None
    report = {"machine": machine(), "command": "bench/run.py " + shlex.join(sys.argv[1:]), "bars": []}
    for bar in wanted:
        print(f"{bar} ...", file=sys.stderr, flush=True)
        row = todo[bar]()
        report["bars"].append(row)
        print(reports.line(row, None), file=sys.stderr, flush=True)
        if "curve" in row and options.draw:
            (ROOT / "docs/cost-by-stored-events.svg").write_text(reports.curve_svg(row["curve"]))
        if options.json:
            Path(options.json).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(reports.table(report, earlier))
    return 0 if all(row["holds"] for row in report["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
