# SPDX-License-Identifier: Apache-2.0
"""S9 memory of a million journeys, S10 start after kill -9, S11 cost by what is known and stored."""

import shutil
import signal
import statistics
import time

from harness import Server, fresh_folder, tool

PER_JOURNEY = 20  # events: as many as a journey keeps digests of
SAMPLES = 5  # of a cost: some pay for a compaction, and the machine is shared


def wait_ready(server):
    while not server.is_ready():
        time.sleep(0.002)


def started(folder=None):
    """A start, timed from the exec to the first ready answer."""
    begun = time.monotonic()
    server = Server(folder=folder, keep=folder is not None)
    wait_ready(server)
    return server, time.monotonic() - begun


def s9(journeys):
    with Server() as idle:
        wait_ready(idle)
        time.sleep(1)
        idle_bytes = idle.rss_bytes()
    with Server("--state.visitors_in_memory", journeys) as server:
        before = server.rss_bytes()
        tool("load", "--port", server.port, "--traffic", "sdk-batch", "--batch", PER_JOURNEY, "--visitors", journeys,
             "--requests", journeys, "--seconds", 3600)
        server.settle()
        time.sleep(2)
        held = server.metrics()["handrail_visitors_in_memory"]
        each = (server.rss_bytes() - before) / max(held, 1)
    return {"bar": "S9", "what": f"memory of {held:,.0f} active journeys of {PER_JOURNEY} events, all held; idle server",
            "figure": f"{each / 1000:.2f} kB a journey; idle {idle_bytes / 1e6:.0f} MB", "reference": "–", "ratio": None,
            "wanted": "≤ 2 kB a journey, ≤ 40 MB idle", "holds": each <= 2000 and idle_bytes <= 40e6}


def s10(events):
    empty_server, empty = started()
    with empty_server:
        pass
    folder = fresh_folder("restart")
    try:
        server, _ = started(folder)
        tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", 100_000, "--requests", events // 50,
             "--seconds", 3600)
        server.settle()
        tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", 20_000, "--seconds", 2)
        server.kill(signal.SIGKILL)
        server.output.close()
        again, full = started(folder)
        again.kill()
        again.output.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"bar": "S10", "what": f"start to ready: empty, and with {events:,} events on disk after kill -9 under load",
            "figure": f"{empty:.2f} s, {full:.2f} s", "reference": "–", "ratio": None, "wanted": "≤ 0.5 s, ≤ 5 s",
            "holds": empty <= 0.5 and full <= 5}


def cost(server, traffic, visitors, run):
    """CPU of the server, in microseconds an event, for a while at a steady rate."""
    server.settle()
    before = server.cpu_seconds()
    result = tool("load", "--port", server.port, "--traffic", traffic, "--visitors", visitors, "--rate", 800, "--seconds", 4,
                  "--run", run)
    server.settle()
    return (server.cpu_seconds() - before) / (result["sent"] * 50) * 1e6


def come_to_rest(server):
    """Until what the filling left to do in the background, compaction above all, is done."""
    server.settle()
    before = None
    while before is None or server.cpu_seconds() - before > 0.05:
        before = server.cpu_seconds()
        time.sleep(2)


def s11(stored_steps, visitors):
    """The same load on a server that knows ever more visitors and stores ever more events."""
    rows, stored, run = [], 0, 1001
    with Server() as server:
        for target in stored_steps:
            if target > stored:
                tool("load", "--port", server.port, "--traffic", "sdk-batch", "--visitors", visitors, "--run", 7,
                     "--requests", (target - stored) // 50, "--seconds", 3600)
                stored = target
            come_to_rest(server)
            point = {"stored": stored, "rssBytes": server.rss_bytes()}
            for name, traffic in (("sdk", "sdk-batch"), ("foreign", "mission-batch")):
                point[name] = statistics.median(cost(server, traffic, 1000, run + i) for i in range(SAMPLES))
                run += SAMPLES
            rows.append(point)
    costs = [row["sdk"] for row in rows]
    growth = costs[-1] / costs[0]
    return {"bar": "S11", "what": f"CPU an event from 0 to {stored_steps[-1]:,} stored events of {visitors:,} visitors",
            "figure": f"{costs[0]:.2f} → {costs[-1]:.2f} µs", "reference": "itself, empty", "ratio": growth,
            "wanted": "flat within 10 %", "holds": growth <= 1.1, "curve": rows}
