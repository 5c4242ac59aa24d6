# SPDX-License-Identifier: Apache-2.0
"""R8 ten times the nominal rate: bounded memory, accepted ones answered about as fast, the others told when to return."""

import threading
import time

from harness import Server, Watch, tool

NOMINAL = 8_000  # req/s
SETTLES_WITHIN = 2  # s, in which the door finds how far it can be open
# Visitors beside the crowd, at a priority that lets them look at their clock in time: the crowd's generator is too busy.
WITNESS = ("--traffic", "single", "--rate", 200, "--connections", 400, "--first-visitor", 1_000_000, "--niceness", 0, "--patient", "--from-sent",
           "--warm-up", SETTLES_WITHIN)


def under_load(server, rate, connections, seconds):
    """What the crowd and the witnesses beside it saw."""
    seen = {}

    def crowd():
        seen["crowd"] = tool("load", "--port", server.port, "--traffic", "single", "--rate", rate, "--connections", connections,
                             "--seconds", seconds + SETTLES_WITHIN + 1, "--from-sent")

    thread = threading.Thread(target=crowd)
    thread.start()
    time.sleep(0.5)  # connecting
    witness = tool("load", "--port", server.port, "--seconds", seconds, *WITNESS)
    thread.join()
    return seen["crowd"], witness


def r8(seconds):
    memory = []
    with Server() as server:
        _, nominal = under_load(server, NOMINAL, 400, min(seconds, 10))
        with Watch(lambda: memory.append(server.rss_bytes())):
            over, witness = under_load(server, 10 * NOMINAL, 4000, seconds)
        server.settle()
    accepted, refused = over["status"].get("200", 0), over["status"].get("503", 0)
    others = over["answered"] - accepted - refused
    ratio = witness["ms"]["p99"] / nominal["ms"]["p99"]
    return {"bar": "R8", "what": f"{10 * NOMINAL:,} req/s offered for {seconds} s by 4,000 clients, nominal {NOMINAL:,}; latency as 400 patient clients beside them see it",
            "figure": f"{accepted / over['seconds']:,.0f}/s accepted, p50 {witness['ms']['p50']:.1f}, p90 {witness['ms']['p90']:.1f} and p99 {witness['ms']['p99']:.1f} ms, {refused / over['seconds']:,.0f}/s refused, "
                      f"at most {max(memory, default=0) / 1e6:.0f} MB",
            "reference": f"itself at the nominal rate: p50 {nominal['ms']['p50']:.1f} and p99 {nominal['ms']['p99']:.1f} ms", "ratio": ratio,
            "wanted": "accepted p99 ≤ 2 × nominal, refused with Retry-After, memory bounded",
            "holds": ratio <= 2 and others == 0 and over["withoutRetryAfter"] == 0 and max(memory, default=0) < 512e6}
