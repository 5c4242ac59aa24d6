# SPDX-License-Identifier: Apache-2.0
"""S1 single events, S2a a burst of batches, S2b batches for minutes, S3 the latency of a durable answer."""

import statistics
import time

from harness import Server, WORK, Watch, nginx, redis, redis_adds_per_second, spread, tool

SEARCH_STEPS = 5
TRIAL_S = 2
HELD = 0.98  # of what was offered must be answered in time


def is_held(result, rate):
    return result["requestsPerSecond"] >= HELD * rate and result["behind"] <= 0.05 * rate


def highest_rate(port, traffic, start):
    """The highest rate that is held, open loop, by halving the step."""
    rate, step, best = start, 0.2, 0
    for _ in range(SEARCH_STEPS):
        if is_held(tool("load", "--port", port, "--traffic", traffic, "--rate", int(rate), "--seconds", TRIAL_S), rate):
            best = max(best, rate)
            rate *= 1 + step
        else:
            rate *= 1 - step
        step /= 1.6
    return best


def closed_loop(port, traffic):
    return tool("load", "--port", port, "--traffic", traffic, "--seconds", 1)["requestsPerSecond"]


def s1(rounds):
    """Twice: by a server that keeps first (`engine.niceness = 19`), and by one as it comes, whose lag is watched."""
    ours, abreast, theirs, lags = [], [], [], []
    with nginx() as peer, Server("--engine.niceness", 19) as first, Server() as server:
        for _ in range(rounds):
            theirs.append(highest_rate(peer.port, "bare", closed_loop(peer.port, "bare") * 0.8))
            ours.append(highest_rate(first.port, "single", closed_loop(first.port, "single") * 0.8))
            first.settle()
            abreast.append(highest_rate(server.port, "single", closed_loop(server.port, "single") * 0.8))
            lags.append(server.lag() / max(abreast[-1], 1))
            server.settle()
    ratios = [a / b for a, b in zip(ours, theirs) if b]
    abreast_ratio = statistics.median(a / b for a, b in zip(abreast, theirs) if b)
    return {"bar": "S1", "what": "durable single-event POST, 64 connections, highest rate held (open loop)",
            "figure": f"{statistics.median(ours):,.0f} req/s; abreast {statistics.median(abreast):,.0f} ({abreast_ratio:.2f} ×)", "reference": f"nginx 204: {statistics.median(theirs):,.0f} req/s",
            "ratio": statistics.median(ratios), "wanted": "≥ 0.5 × nginx, ≥ 0.35 × with lag ≤ 1 s",
            "lagSeconds": max(lags), "holds": statistics.median(ratios) >= 0.5 and abreast_ratio >= 0.35 and max(lags) <= 1,
            "rounds": {"ours": spread(ours), "reference": spread(theirs)}}


def s2a(rounds, seconds):
    ours, theirs, lags, catch_ups = [], [], [], []
    for _ in range(rounds):
        with redis() as peer:
            theirs.append(redis_adds_per_second(peer, 50, 50 * 64 * 400))
        with Server("--engine.niceness", 19) as server:
            result = tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", 20_000, "--seconds", seconds)
            ours.append(result["eventsPerSecond"])
            lags.append(server.lag() / max(ours[-1], 1))
            catch_ups.append(server.settle())
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    figure = statistics.median(ours)
    return {"bar": "S2a", "what": f"durable batches of 50, burst of {seconds} s, the engine may lag (closed loop, 64 connections, `engine.niceness = 19`)",
            "figure": f"{figure:,.0f} events/s", "reference": f"Redis XADD × 50, appendfsync always: {statistics.median(theirs):,.0f}/s",
            "ratio": ratio, "wanted": "≥ 600,000 events/s and ≥ 4 × Redis", "lagSeconds": statistics.median(lags),
            "catchUpSeconds": statistics.median(catch_ups), "holds": figure >= 600_000 and ratio >= 4,
            "rounds": {"ours": spread(ours), "reference": spread(theirs)}}


def s2b(seconds, events_per_second=120_000):
    lags, memory = [], []
    with Server() as server:

        def look():
            lags.append(server.lag() / events_per_second)
            memory.append(server.rss_bytes())

        with Watch(look):
            before = server.cpu_seconds()
            result = tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", 50_000,
                          "--rate", events_per_second // 50, "--seconds", seconds)
            cpu = (server.cpu_seconds() - before) / max(result["sent"] * 50, 1) * 1e6
        server.settle()
    held = is_held(result, events_per_second / 50)
    return {"bar": "S2b", "what": f"the same by the clock for {seconds} s, everything folded, decided and checkpointed",
            "figure": f"{result['eventsPerSecond']:,.0f} events/s", "reference": "offered: 120,000 events/s",
            "ratio": result["eventsPerSecond"] / events_per_second, "wanted": "≥ 120,000 events/s with lag ≤ 1 s",
            "lagSeconds": max(lags, default=0), "cpuMicrosPerEvent": cpu, "rssBytes": max(memory, default=0), "ms": result["ms"],
            "holds": held and max(lags, default=9) <= 1}


def s3(rounds, capacity):
    """Half of what S1 found; the probe commits the same number of records."""
    rate = int(capacity / 2)
    ours, theirs = [], []
    with Server() as server:
        for _ in range(rounds):
            theirs.append(tool("commit", "--rate", rate, "--seconds", 4, "--folder", WORK)["ms"])
            ours.append(tool("load", "--port", server.port, "--traffic", "single", "--rate", rate, "--seconds", 4)["ms"])
            time.sleep(0.5)
    p50 = statistics.median(a["p50"] / b["p50"] for a, b in zip(ours, theirs))
    p99 = statistics.median(a["p99"] / b["p99"] for a, b in zip(ours, theirs))
    middle = lambda rows, q: statistics.median(row[q] for row in rows)
    return {"bar": "S3", "what": f"latency of a durable answer, open loop at {rate:,} req/s",
            "figure": f"p50 {middle(ours, 'p50'):.2f} ms, p99 {middle(ours, 'p99'):.1f} ms",
            "reference": f"bare group commit: p50 {middle(theirs, 'p50'):.2f} ms, p99 {middle(theirs, 'p99'):.1f} ms",
            "ratio": p50, "ratioP99": p99, "wanted": "p50 ≤ 2 ×, p99 ≤ 1.5 × the probe", "holds": p50 <= 2 and p99 <= 1.5,
            "rounds": {"ours": [row["p50"] for row in ours], "reference": [row["p50"] for row in theirs]}}
