#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where one event's microseconds and bytes go: the server's own counters over a while of steady load, per event.

With --syscalls the same load runs once more, slowed, under `strace -c` (where it is installed), to count system calls.
"""

import argparse
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import Server, tool  # noqa: E402

LOADS = [("single", 1, 10_000), ("sdk-batch", 50, 1_200)]  # traffic, events of a request, requests a second


def series(figures, name, label):
    pattern = re.compile(rf'^{name}\{{{label}="([\w-]+)"\}}$')
    return {found[1]: value for key, value in figures.items() if (found := pattern.match(key))}


def measured(server, traffic, batch, rate, seconds):
    tool("load", "--port", server.port, "--traffic", traffic, "--rate", rate, "--seconds", 1)
    server.settle()
    before, cpu = server.metrics(), server.cpu_seconds()
    sent = tool("load", "--port", server.port, "--traffic", traffic, "--rate", rate, "--seconds", seconds)["sent"] * batch
    server.settle()
    after, cpu = server.metrics(), server.cpu_seconds() - cpu
    grown = {key: after[key] - before.get(key, 0) for key in after}
    rows = [("CPU, all threads", cpu / sent * 1e6, "µs")]
    for thread, value in series(grown, "handrail_thread_cpu_seconds_total", "thread").items():
        rows.append((f"CPU of `{thread}`", value / sent * 1e6, "µs"))
    for stage, value in series(grown, "handrail_stage_seconds_total", "stage").items():
        rows.append((f"stage `{stage}`", value / sent * 1e6, "µs"))
    rows += [("fdatasync, waited for together", grown["handrail_commit_fsync_seconds_sum"] / sent * 1e6, "µs"),
             ("checkpoint", grown["handrail_state_write_seconds_sum"] / sent * 1e6, "µs"),
             ("written to the log", grown["handrail_log_bytes_total"] / sent, "bytes"),
             ("syncs of the log", grown["handrail_commit_fsync_seconds_count"] / sent, ""),
             ("events of a block", sent / max(grown["handrail_commit_fsync_seconds_count"], 1), "")]
    return rows


def syscalls(server, traffic, batch, rate):
    """Calls an event, by name; the few that matter."""
    log = server.folder / "strace"
    tracer = subprocess.Popen(["strace", "-c", "-f", "-o", str(log), "-p", str(server.child.pid)], stderr=subprocess.DEVNULL)
    sent = tool("load", "--port", server.port, "--traffic", traffic, "--rate", rate / 20, "--seconds", 5)["sent"] * batch
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    counts = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", log.read_text(), re.M)
    return {name: int(count) / sent for count, name in counts if name != "total" and int(count) / sent >= 0.005}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--syscalls", action="store_true")
    options = parser.parse_args()
    tables, calls = [], []
    for traffic, batch, rate in LOADS:
        with Server() as server:
            tables.append(measured(server, traffic, batch, rate, options.seconds))
            if options.syscalls and shutil.which("strace"):
                calls.append(syscalls(server, traffic, batch, rate))
    print("| an event | alone, 10,000 a second | in batches of 50, 60,000 a second |\n|---|---|---|")
    for (name, alone, unit), (_, batched, _) in zip(*tables):
        print(f"| {name} | {alone:.3g} {unit} | {batched:.3g} {unit} |")
    for name in sorted({name for one in calls for name in one}, key=lambda n: -calls[0].get(n, 0)):
        print(f"| calls of `{name}`, slowed by counting | {calls[0].get(name, 0):.3g} | {calls[1].get(name, 0):.3g} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
