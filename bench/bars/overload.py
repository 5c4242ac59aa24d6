# SPDX-License-Identifier: Apache-2.0
"""R8 ten times the nominal rate: bounded memory, accepted ones answered about as fast, the others told when to return."""

import threading

from harness import Server, tool

NOMINAL = 8_000  # req/s


def r8(seconds):
    memory = []
    with Server() as server:
        nominal = tool("load", "--port", server.port, "--traffic", "single", "--rate", NOMINAL, "--connections", 400,
                       "--seconds", min(seconds, 10), "--from-sent")
        stop = threading.Event()

        def watch():
            while not stop.wait(1):
                memory.append(server.rss_bytes())

        watcher = threading.Thread(target=watch)
        watcher.start()
        over = tool("load", "--port", server.port, "--traffic", "single", "--rate", 10 * NOMINAL, "--connections", 4000,
                    "--seconds", seconds, "--from-sent")
        stop.set()
        watcher.join()
        server.settle()
    accepted, refused = over["status"].get("200", 0), over["status"].get("503", 0)
    others = over["answered"] - accepted - refused
    ratio = over["ms"]["p99"] / nominal["ms"]["p99"]
    return {"bar": "R8", "what": f"{10 * NOMINAL:,} req/s offered for {seconds} s by 4,000 clients, nominal {NOMINAL:,}",
            "figure": f"{accepted / over['seconds']:,.0f}/s accepted at p99 {over['ms']['p99']:.1f} ms, {refused / over['seconds']:,.0f}/s refused, "
                      f"at most {max(memory, default=0) / 1e6:.0f} MB",
            "reference": f"itself at the nominal rate: p99 {nominal['ms']['p99']:.1f} ms", "ratio": ratio,
            "wanted": "accepted p99 ≤ 2 × nominal, refused with Retry-After, memory bounded",
            "holds": ratio <= 2 and others == 0 and over["withoutRetryAfter"] == 0 and max(memory, default=0) < 512e6}
