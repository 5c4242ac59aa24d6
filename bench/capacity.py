#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many machines, shards and dollars a rate of events asks for; and a simulation that checks the machines.

Costs are what bench/run.py measured (`--only costs`; pass a newer report with --json FILE), prices are Amazon's list of
us-east-1: look them up again before you decide by them. Ends with 1 where the simulation contradicts the model.
"""

import argparse
import heapq
import json
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS_OF_MONTH = 30 * 86_400
BUSY = 0.6  # of a machine: what is left is for bursts, and for the others while one is replaced


@dataclass
class Costs:
    """CPU in microseconds; measured on an AMD EPYC shared with others, on a slow day."""

    gateway_request: float = 159.0  # an HTTP request with one message to the stream
    gateway_event: float = 7.7
    worker_message: float = 562.0  # read, conditional write, history and lists of one visitor
    worker_event: float = 48.0
    event_bytes: float = 481.0  # in the stream
    page_bytes: float = 4_500.0  # of a gateway's memory, for each open page (bar S8)
    store_ms: float = 15.0  # of a visitor's turn at the store; an assumption, since the emulator says nothing of it


@dataclass
class Traffic:
    events_per_second: float
    batch: float = 4.0  # events of a message; what the SDK sends while somebody works with a form
    events_of_visitor_per_second: float = 0.2
    consequences: float = 0.02  # signals, offers, answers a message: rows beside the visitor's own


@dataclass
class Fleet:
    cores: int = 2  # of each machine
    visitors_at_once: int = 16  # of a worker (dynamodb.visitors_at_once)


# us-east-1, dollars (aws.amazon.com/kinesis/data-streams/pricing, .../dynamodb/pricing, .../lambda/pricing, .../ec2/pricing)
PRICES = {
    "write_unit": 0.625e-6,
    "read_unit": 0.125e-6,
    "shard_hour": 0.015,
    "put_unit": 0.014e-6,
    "on_demand_hour": 0.040,  # a stream by itself, and then by what goes in and out
    "on_demand_gb": 0.08 + 0.04,
    "lambda_request": 0.20e-6,
    "lambda_gb_second": 13.3334e-6,  # arm64
    "machine_hour": 0.0725,  # c7g.large: 2 cores, 4 GiB
    "small_machine_hour": 0.0168,  # t4g.small: 2 cores, each for a fifth of the time
}
SMALL_BUSY = 0.2
POLL_MESSAGES = 1000  # that a worker takes at once
FUNCTION_GB = 0.5
FUNCTION_BATCH = 100  # messages of a call


def at_least_two(wanted):
    return max(2, math.ceil(wanted))


def gateway_us(traffic, costs):
    """Of CPU, for each event."""
    return costs.gateway_event + costs.gateway_request / traffic.batch


def worker_us(traffic, costs):
    return costs.worker_event + costs.worker_message / traffic.batch


def plan(traffic, costs, fleet):
    messages = traffic.events_per_second / traffic.batch
    megabytes = traffic.events_per_second * costs.event_bytes / 1e6
    of_machine = fleet.cores * BUSY * 1e6
    turns_at_once = messages * costs.store_ms / 1000
    return {
        "gateways": at_least_two(traffic.events_per_second * gateway_us(traffic, costs) / of_machine),
        "workers": at_least_two(max(traffic.events_per_second * worker_us(traffic, costs) / of_machine, turns_at_once / fleet.visitors_at_once / BUSY)),
        "shards": at_least_two(max(messages / 1000, megabytes) / 0.7),
        "pages": traffic.events_per_second / traffic.events_of_visitor_per_second,
        "pageGB": traffic.events_per_second / traffic.events_of_visitor_per_second * costs.page_bytes / 1e9,
        "streamMBps": megabytes,
    }


def machine_dollars(rate, us, count, hours):
    """Small ones where they do."""
    is_small = rate * us / 1e6 / count <= SMALL_BUSY * 2
    return count * hours * PRICES["small_machine_hour" if is_small else "machine_hour"]


def stream_dollars(traffic, costs, machines, hours):
    """By shards or by what passes, whichever is less; the outbox has one shard."""
    shards = 1e6 / traffic.batch * PRICES["put_unit"] + machines["shards"] * hours * PRICES["shard_hour"]
    on_demand = hours * PRICES["on_demand_hour"] + costs.event_bytes / 1e3 * PRICES["on_demand_gb"]
    return min(shards, on_demand) + hours * PRICES["shard_hour"]


def dollars_of_million(traffic, costs, machines, by_function):
    """For a million events, at this rate day and night. A cluster of Kafka is not in it."""
    messages = 1e6 / traffic.batch
    message_kb = max(1, math.ceil(traffic.batch * costs.event_bytes / 1024))
    writes = messages * (message_kb + 2 + 3 * traffic.consequences)  # history, the visitor's item of up to 2 KB, rows
    reads = messages * 1
    span_hours = 1e6 / traffic.events_per_second / 3600
    bill = {
        "store": writes * PRICES["write_unit"] + reads * PRICES["read_unit"],
        "gateways": machine_dollars(traffic.events_per_second, gateway_us(traffic, costs), machines["gateways"], span_hours),
    }
    if by_function:
        calls = messages / FUNCTION_BATCH
        seconds = calls * (FUNCTION_BATCH * worker_us(traffic, costs) * traffic.batch * 1e-6 + FUNCTION_BATCH / 16 * costs.store_ms / 1000)
        bill["stream"] = stream_dollars(traffic, costs, machines, span_hours)
        bill["functions"] = calls * PRICES["lambda_request"] + seconds * FUNCTION_GB * PRICES["lambda_gb_second"]
    else:
        bill["workers"] = machine_dollars(traffic.events_per_second, worker_us(traffic, costs), machines["workers"], span_hours)
    return bill


def arrivals(rate, visitors, seconds, draw):
    """When messages come, and whose: people act in bursts of one to three messages."""
    at = 0.0
    while at < seconds:
        at += draw.expovariate(rate / 2)
        visitor = draw.randrange(visitors)
        for _ in range(draw.choice((1, 2, 3))):
            yield at, visitor


def simulate(traffic, costs, fleet, workers, seconds, seed=1):
    """Seconds from a message's arrival until it is folded and written, at one worker of so many. As the worker does it: all
    that waits is taken, each visitor in it is folded once, so many at a time on so many cores, then the next."""
    draw = random.Random(seed)
    rate = traffic.events_per_second / traffic.batch / workers  # messages of one worker
    visitors = max(1, int(rate * traffic.batch / traffic.events_of_visitor_per_second))
    cpu_s = (costs.worker_message + costs.worker_event * traffic.batch) / 1e6
    coming = list(arrivals(rate, visitors, seconds, draw))
    waits, now, next_ = [], 0.0, 0
    while next_ < len(coming):
        now = max(now, coming[next_][0])
        taken, begun = {}, next_
        while next_ < len(coming) and coming[next_][0] <= now and next_ - begun < POLL_MESSAGES:
            taken.setdefault(coming[next_][1], []).append(coming[next_][0])
            next_ += 1
        turns, cores = [now] * fleet.visitors_at_once, [now] * fleet.cores
        for own in taken.values():
            on_core = max(heapq.heappop(turns), heapq.heappop(cores))
            heapq.heappush(cores, on_core + cpu_s * len(own))
            done = on_core + cpu_s * len(own) + draw.expovariate(1000 / costs.store_ms)
            heapq.heappush(turns, done)
            waits += [done - came for came in own]
        now = max(turns)
    return sorted(waits)


def check(traffic, costs, fleet, machines, seconds):
    """The plan keeps up with p99 below a second; a third of its workers does not."""
    waits = simulate(traffic, costs, fleet, machines["workers"], seconds)
    third = simulate(traffic, costs, fleet, machines["workers"] / 3, seconds)
    p50, p99 = waits[len(waits) // 2], waits[int(0.99 * len(waits))]
    third_p99 = third[int(0.99 * len(third))]
    needed = traffic.events_per_second * worker_us(traffic, costs) / (fleet.cores * 1e6)
    return {"p50Ms": 1000 * p50, "p99Ms": 1000 * p99, "thirdP99Ms": 1000 * third_p99, "holds": p99 < 1 and (third_p99 > 2 or machines["workers"] / 3 > needed)}


def measured(file):
    """What a report of bench/run.py says, over the defaults."""
    row = next(bar for bar in json.loads(Path(file).read_text())["bars"] if bar["bar"] == "costs")
    return Costs(**row["costs"])


def spelt(bill):
    parts = ", ".join(f"{name} {dollars:.2f}" for name, dollars in bill.items())
    return f"${sum(bill.values()):.2f} ({parts})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="a report of bench/run.py --only costs")
    parser.add_argument("--rates", default="1,1000,100000,10000000", help="events a second, with commas")
    parser.add_argument("--batch", type=float, default=4.0, help="events of a message")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the simulation")
    options = parser.parse_args()
    costs, fleet = measured(options.json) if options.json else Costs(), Fleet()
    print("| events/s | gateways | workers | shards | into the stream | open pages (memory of gateways) | simulated wait p50, p99; p99 with a third of the workers |")
    print("|---|---|---|---|---|---|---|")
    bills, holds = [], True
    for rate in map(float, options.rates.split(",")):
        traffic = Traffic(rate, options.batch)
        machines = plan(traffic, costs, fleet)
        checked = check(traffic, costs, fleet, machines, options.seconds)
        holds = holds and checked["holds"]
        print(f"| {rate:,.0f} | {machines['gateways']:,} | {machines['workers']:,} | {machines['shards']:,} | {machines['streamMBps']:,.2f} MB/s | {machines['pages']:,.0f} ({machines['pageGB']:,.2f} GB) "
              f"| {checked['p50Ms']:,.0f}, {checked['p99Ms']:,.0f} ms; {checked['thirdP99Ms']:,.0f} ms |")
        bills.append((rate, dollars_of_million(traffic, costs, machines, False), dollars_of_million(traffic, costs, machines, True)))
    print("\n| events/s | events a month | a million events by Kafka and workers | by Kinesis and Lambda | a month: Kafka, AWS |")
    print("|---|---|---|---|---|")
    for rate, kafka, aws in bills:
        millions = rate * SECONDS_OF_MONTH / 1e6
        print(f"| {rate:,.0f} | {millions:,.1f} M | {spelt(kafka)} | {spelt(aws)} | ${sum(kafka.values()) * millions:,.0f}, ${sum(aws.values()) * millions:,.0f} |")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
