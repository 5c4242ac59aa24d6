# SPDX-License-Identifier: Apache-2.0
"""S12 the way through Kafka, beside librdkafka's own performance program with messages of the same size."""

import json
import os
import re
import signal
import statistics
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from harness import PROGRAM, ROOT, WORK, spread, tool

WORLD = ROOT / "tests/peers/kafka_world.mjs"
SOURCE = Path("/usr/share/doc/librdkafka-dev/examples/rdkafka_performance.c")  # Debian ships it as a source only
BESIDE = 50  # events a second beside the struggles: the store is an emulator


@contextmanager
def world(workers, **settings):
    """One broker, the tables, a gateway, and workers; gone with the block."""
    node = ROOT / ".tools/node/bin/node"
    env = {**os.environ, "HANDRAIL_BIN": str(PROGRAM), **settings}
    child = subprocess.Popen([node if node.exists() else "node", WORLD, "--json", "--workers", str(workers)], stdout=subprocess.PIPE, env=env, text=True)
    try:
        yield json.loads(child.stdout.readline())
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=60)


def figure(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return float(re.search(rf"^{name} (\S+)$", answer.read().decode(), re.M)[1])


def reference_program():
    built = WORK / "rdkafka_performance"
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-w", "-D_GNU_SOURCE", "-O2", f"-I{ROOT}/bench/rdkafka/src", "-I/usr/include/librdkafka", SOURCE, "-o", built, "-lrdkafka"], check=True)
    return built


TOPIC = "handrail-events"
SHARED = {"compression.codec": "none", "broker.address.family": "v4"}  # the reference's bytes would shrink to nothing
REFERENCE = {"acks": "all", "enable.idempotence": "true", "linger.ms": "5", **SHARED}


def produced(program, brokers, size, count):
    """Messages a second, so many of that size, until all in-sync replicas have them."""
    options = [word for name, value in REFERENCE.items() for word in ("-X", f"{name}={value}")]
    command = [program, "-P", "-t", TOPIC, "-b", brokers, "-s", size, "-c", count, "-q", "-u", *options]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    last = [cell.strip() for cell in done.stdout.strip().splitlines()[-1].split("|")]
    elapsed_ms, delivered = int(last[1]), int(last[5])
    return delivered / (elapsed_ms / 1000)


def sent(port, seconds):
    """Events a second that a gateway brought into the topic, and the bytes of one there."""
    before = figure(port, "handrail_kafka_bytes_total"), figure(port, "handrail_kafka_records_total")
    result = tool("load", "--port", port, "--traffic", "sdk-batch", "--visitors", 20_000, "--seconds", seconds)
    size, records = figure(port, "handrail_kafka_bytes_total") - before[0], figure(port, "handrail_kafka_records_total") - before[1]
    return result["eventsPerSecond"], round(size / records)


def s12(rounds, seconds):
    program = reference_program()
    ours, theirs, push = [], [], []
    with world(workers=0, HANDRAIL_KAFKA__PROPERTIES=",".join(f"{name}={value}" for name, value in SHARED.items())) as peers:
        for _ in range(rounds):
            rate, size = sent(peers["gateway"], seconds)
            ours.append(rate)
            theirs.append(produced(program, peers["brokers"], size, max(20_000, round(rate * seconds))))
    with world(workers=1) as peers:
        for _ in range(rounds):
            push.append(tool("struggle", "--port", peers["gateway"], "--folder", WORK, "--rounds", 50, "--rate", BESIDE, "--idle", 100))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    middle = lambda what, q: statistics.median(row[what][q] for row in push)
    return {"bar": "S12", "what": f"gateway → Kafka, batches of 50, `acks=all`; struggle sent → intervention received, {BESIDE} events/s beside, one worker",
            "figure": f"{statistics.median(ours):,.0f} events/s of {size} B; p50 {middle('pushMs', 'p50'):.1f} ms, p99 {middle('pushMs', 'p99'):.1f} ms",
            "reference": f"rdkafka_performance, each a message: {statistics.median(theirs):,.0f}/s; {peers['names']}",
            "ratio": ratio, "wanted": "≥ 0.7 × rdkafka_performance; p99 ≤ 60 ms", "missed": sum(row["missed"] for row in push),
            "holds": ratio >= 0.7 and middle("pushMs", "p99") <= 60 and not any(row["missed"] for row in push),
            "rounds": {"ours": spread(ours), "reference": spread(theirs)}}
