# SPDX-License-Identifier: Apache-2.0
"""S4 from a struggle sent to its intervention received; S8 an event on one of many streams."""

import statistics

from harness import PROGRAM, WORK, tool


def s4(rounds, idle):
    WORK.mkdir(parents=True, exist_ok=True)
    rows = [tool("struggle", "--program", PROGRAM, "--folder", WORK, "--rounds", 100, "--idle", idle) for _ in range(rounds)]
    middle = lambda what, q: statistics.median(row[what][q] for row in rows)
    over50 = middle("pushMs", "p50") - middle("probeMs", "p50")
    over99 = middle("pushMs", "p99") - middle("probeMs", "p99")
    return {"bar": "S4", "what": f"struggle sent → intervention received, {rows[0]['eventsPerSecond']:,} events/s beside, {rows[0]['idle']:,} idle visitors",
            "figure": f"p50 {middle('pushMs', 'p50'):.2f} ms, p99 {middle('pushMs', 'p99'):.1f} ms",
            "reference": f"bare group commit: p50 {middle('probeMs', 'p50'):.2f} ms, p99 {middle('probeMs', 'p99'):.1f} ms",
            "ratio": middle("pushMs", "p50") / middle("probeMs", "p50"),
            "wanted": "p50 ≤ probe + 1 ms, p99 ≤ probe + 10 ms and ≤ 25 ms",
            "missed": sum(row["missed"] for row in rows),
            "holds": over50 <= 1 and over99 <= 10 and middle("pushMs", "p99") <= 25 and not any(row["missed"] for row in rows)}


def s8(rounds, idle):
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(tool("push", "--bare", "--idle", idle))
        ours.append(tool("push", "--idle", idle))
    middle = lambda rows, q: statistics.median(row["us"][q] for row in rows)
    ratio = statistics.median(a["us"]["p50"] / b["us"]["p50"] for a, b in zip(ours, bare))
    each = statistics.median(row["bytesPerStream"] for row in ours)
    return {"bar": "S8", "what": f"push to one of {idle:,} streams; user memory of an idle one",
            "figure": f"p50 {middle(ours, 'p50'):.0f} µs, p99 {middle(ours, 'p99'):.0f} µs; {each / 1000:.1f} kB",
            "reference": f"bare Beast: p50 {middle(bare, 'p50'):.0f} µs, p99 {middle(bare, 'p99'):.0f} µs",
            "ratio": ratio, "wanted": "p50 ≤ 2 × bare Beast; ≤ 4.5 kB", "holds": ratio <= 2 and each <= 4500}
