# SPDX-License-Identifier: Apache-2.0
"""What an event costs each part on the way through Kafka, in CPU: for bench/capacity.py; and whether two workers cost more than one."""

import time

from harness import cpu_seconds, tool
from kafka import figure, world

REQUESTS = 3000
FEW, MANY = 1, 50  # events of a request


def counted(peers, name):
    return sum(figure(worker["port"], name) for worker in peers["workers"])


def spent(peers, batch):
    """CPU in µs of the gateway and of all workers for each of so many requests, once all of them are folded; and an event's bytes in the topic."""
    pids = {"gateway": [peers["pid"]], "worker": [worker["pid"] for worker in peers["workers"]]}
    cpu = lambda: {name: sum(map(cpu_seconds, own)) for name, own in pids.items()}
    bytes_before = figure(peers["gateway"], "handrail_kafka_bytes_total")
    folded, before, begun = counted(peers, "handrail_shared_messages_total"), cpu(), time.monotonic()
    load = tool("load", "--port", peers["gateway"], "--traffic", "sdk-batch", "--batch", batch, "--visitors", 20_000, "--requests", REQUESTS, "--warm-up", 0, "--connections", 16, "--seconds", 120)
    requests = load["status"]["200"]
    while counted(peers, "handrail_shared_messages_total") < folded + requests:
        if time.monotonic() - begun > 300:
            raise RuntimeError("the workers do not fold what was sent")
        time.sleep(0.2)
    return {name: (value - before[name]) * 1e6 / requests for name, value in cpu().items()} | {
        "bytes": (figure(peers["gateway"], "handrail_kafka_bytes_total") - bytes_before) / requests / batch}


def costs():
    with world(workers=1) as peers:
        spent(peers, FEW)  # connections, caches
        few, many = spent(peers, FEW), spent(peers, MANY)
        names = peers["names"]
    with world(workers=2) as peers:
        spent(peers, FEW)
        two = spent(peers, FEW)
    found = {"event_bytes": round(many["bytes"])}
    for name, whole in (("gateway", "request"), ("worker", "message")):
        found[f"{name}_event"] = max(0.0, (many[name] - few[name]) / (MANY - FEW))
        found[f"{name}_{whole}"] = few[name] - found[f"{name}_event"]
    scaling = 2 * few["worker"] / two["worker"]
    return {"bar": "costs", "what": "CPU on the way through Kafka and the tables",
            "figure": f"gateway {found['gateway_request']:.0f} µs a request and {found['gateway_event']:.1f} an event; worker {found['worker_message']:.0f} µs a message and {found['worker_event']:.1f} an event; two workers together {two['worker']:.0f} µs a message of one event",
            "reference": f"one worker: {few['worker']:.0f} µs; {names}", "ratio": scaling, "wanted": "two workers ≥ 1.7 × one, by CPU spent", "holds": scaling >= 1.7, "costs": found}
