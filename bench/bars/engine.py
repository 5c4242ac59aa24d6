# SPDX-License-Identifier: Apache-2.0
"""S5 the fold in process; S6 history folded again; S7 one score."""

import json
import shutil
import subprocess

from harness import PROGRAM, Server, fresh_folder, tool


def s5(rounds):
    row = tool("fold", "--rounds", rounds)
    return {"bar": "S5", "what": "fold + detect + decide, in process, one core, all signals on",
            "figure": f"mean {row['meanUs']['median']:.2f} µs, p99 {row['eachUs']['p99']:.1f} µs", "reference": "–",
            "ratio": None, "wanted": "mean ≤ 3 µs, p99 ≤ 15 µs",
            "holds": row["meanUs"]["median"] <= 3 and row["eachUs"]["p99"] <= 15, "rounds": row}


def s7(rounds):
    row = tool("score", "--rounds", rounds * 8)
    ours, peer = row["oursUs"], row["xgboostUs"]
    return {"bar": "S7", "what": "one score, 300 trees, depth 6, 51 features",
            "figure": f"p50 {ours['p50']:.2f} µs, p99 {ours['p99']:.1f} µs, {row['different']} of {row['rows']:,} differ; "
                      f"explained in p50 {row['explainedMs']['p50']:.2f} ms",
            "reference": f"libxgboost p50 {peer['p50']:.1f} µs, p99 {peer['p99']:.1f} µs", "ratio": peer["p50"] / ours["p50"],
            "wanted": "p50 ≤ 2.5 µs, p99 ≤ 10 µs, equal to the bit",
            "holds": ours["p50"] <= 2.5 and ours["p99"] <= 10 and row["different"] == 0, "rounds": row}


def replay(folder, *flags):
    command = [PROGRAM, "replay", "--data", folder / "data", "--json", *flags]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(done.stdout.decode())


def s6(requests):
    """History made by one server, folded again by `handrail replay` with the policy it was made with."""
    folder = fresh_folder("history")
    try:
        with Server(folder=folder, keep=True) as server:
            tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", 20_000, "--requests", requests,
                 "--seconds", 600)
            server.settle()
        row = replay(folder)
        (folder / "same.toml").write_text("")
        row["differences"] = replay(folder, "--policy", folder / "same.toml")["summary"]["differences"]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"bar": "S6", "what": f"replay of {row['records']:,} records, one core",
            "figure": f"{row['recordsPerSecond']:,.0f} events/s, {row['differences']} decisions differ",
            "reference": "Lambda replays in real time", "ratio": None, "wanted": "≥ 200,000 events/s, identical decisions",
            "holds": row["recordsPerSecond"] >= 200_000 and row["differences"] == 0, "rounds": row}
