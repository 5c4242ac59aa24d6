# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, again and again; then: nothing acknowledged is lost, nothing counts twice, nothing is decided
otherwise than without the crashes."""
import argparse
import contextlib
import copy
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import oracle  # noqa: E402
import replay  # noqa: E402
from load import Load  # noqa: E402
from serving import Server, wait_for  # noqa: E402

OFFER_LIVES = 8  # seconds
FLAGS = ("--log.segment_bytes", 1 << 20, "--log.block_bytes_max", 256 << 10, "--policy.offer_lives_s", OFFER_LIVES,
         "--policy.unanswered_after_s", 3600, "--state.sync_ms", 300)
THREADS = 6
END_WITHIN = 5  # seconds, well below the drain
FAULTS_SHOWN = 20


def one_cycle(rng, server, load, number):
    """Load for a moment, then an end of some kind, and a start with some number of partitions."""
    before = load.requests, load.resent
    span = rng.uniform(0.1, 1.3)
    time.sleep(span)
    clean = rng.random() < 0.25
    load.server_goes_away()
    asked = time.monotonic()
    if clean:
        server.ask_to_end()
        code = server.await_end()
        ending = time.monotonic() - asked
        if ending > END_WITHIN:
            load.failures.append(f"cycle {number}: asked to end, the server took {ending:.1f} s with nothing left to answer")
        if code != 0:
            load.failures.append(f"cycle {number}: asked to end, the server ended with {code}")
    else:
        server.kill()
    deaths = 0
    while not clean and deaths < 2 and rng.random() < 0.4:
        server.launch("--engine.partitions", rng.choice((1, 2, 3, 5)))
        time.sleep(rng.uniform(0, 0.2))
        server.kill()
        deaths += 1
    partitions = rng.choice((1, 1, 2, 3, 5))
    checkpoint_ms = rng.choice((20, 100, 3000))  # the longer, the more is folded again after a crash
    begun = time.monotonic()
    server.start("--engine.partitions", partitions, "--state.checkpoint_ms", checkpoint_ms)
    load.server_is_up(server.port)
    print(f"cycle {number}: {'asked to end' if clean else 'killed'} after {span:.2f} s"
          f"{f' and ended in {ending:.2f} s' if clean else ''}"
          f"{f', killed {deaths}x while recovering' if deaths else ''}, back in {time.monotonic() - begun:.2f} s with "
          f"{partitions} partition{'s' if partitions > 1 else ''}; {load.requests - before[0]} requests, {load.resent - before[1]} sent again", flush=True)


def settled_view(server, visitors):
    """What the server shows when all is folded and every unanswered offer had the time to expire."""
    if not wait_for(lambda: server.metric("handrail_consumer_lag_events") == 0, within=60):
        raise RuntimeError("the engine does not catch up")
    unanswered = [v for v in visitors if v.causes() and not v.answer]
    wait_for(lambda: not any(offer["state"] in oracle.LIVE for v in unanswered for offer in server.rows(v.name, "interventions") or []),
             within=OFFER_LIVES + 10, every=0.5)
    return oracle.look(server, visitors)


def let_twins_struggle(server, visitors):
    """The decisions on the other devices of each person: {twin: decisions}."""
    decisions = {}
    for visitor in visitors:
        if visitor.twin and visitor.user and any(fact.type == "identify" for fact in visitor.facts.values()):
            request = visitor.last_struggle_of_the_twin()
            answer = server.post(request.path, request.body, headers=request.headers)
            assert answer.status == 200, answer
            decisions[visitor.twin] = server.rows(visitor.twin, "decisions")
    return decisions


def falsified(visitors, view):
    """Views with one lie each. The oracle must find every one."""
    rng = random.Random(1)
    having = {name: [v for v in visitors if len(view[v.name][name]) > (1 if name == "events" else 0)] for name in oracle.COLLECTIONS}

    def lie(what, collection, change):
        victim = rng.choice(having[collection])
        lied = {**view, victim.name: copy.deepcopy(view[victim.name])}
        change(lied[victim.name][collection])
        return what, lied

    yield lie("an acknowledged event is missing", "events", lambda rows: rows.pop(len(rows) // 2))
    yield lie("an event appears twice", "events", lambda rows: rows.insert(0, rows[-1]))
    yield lie("two events changed places", "events", lambda rows: rows.insert(0, rows.pop(1)))
    yield lie("an event nobody sent", "events", lambda rows: rows.insert(0, {**rows[-1], "eventId": "nobody:1", "offset": rows[0]["offset"] + 1}))
    yield lie("an event counted twice", "journeys", lambda rows: rows[0].update(events=rows[0]["events"] + 1))
    yield lie("a signal is missing", "signals", lambda rows: rows.pop())
    yield lie("a decision is missing", "decisions", lambda rows: rows.pop())
    yield lie("a second decision", "decisions", lambda rows: rows.append({**rows[0], "id": "0" * 32}))
    yield lie("a decision with another cause", "decisions", lambda rows: rows[0].update(cause="nobody:1"))
    yield lie("a second offer", "interventions", lambda rows: rows.append({**rows[0], "id": "0" * 32}))
    yield lie("an answer forgotten", "interventions", lambda rows: rows[0].update(state="pending"))


def self_test(visitors, view, twins):
    """(how many lies were told, those that the oracle did not see)."""
    seen = {what: bool(oracle.judge(visitors, lied).faults) for what, lied in falsified(visitors, view)}
    other = {"none": "offer", "offer": "none"}
    for outcome in other:
        name = next((name for name, rows in twins.items() if [d["outcome"] for d in rows] == [outcome]), None)
        if name:
            verdict = oracle.Verdict()
            oracle.judge_twins(verdict, visitors, {**twins, name: [{"outcome": other[outcome]}]})
            seen[f"a twin told {other[outcome]}"] = bool(verdict.faults)
    return len(seen), [f"the oracle does not see: {what}" for what, was_seen in seen.items() if not was_seen]


def main():
    options = argparse.ArgumentParser(prog="tests/crash/run.sh", description=__doc__)
    options.add_argument("--cycles", type=int, default=5)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--self-test", action="store_true", help="only: a short clean run, then lies that the oracle must find")
    options.add_argument("--keep", action="store_true", help="keep the data folder")
    args = options.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1_000_000)
    rng = random.Random(seed)
    print(f"seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-crash-"))
    failed = 1
    with contextlib.ExitStack() as at_end:
        server = Server(folder / "data", *FLAGS).start()
        at_end.callback(server.close)
        load = Load(seed, THREADS)
        load.server_is_up(server.port)
        load.start()
        if args.self_test:
            time.sleep(3)
        else:
            for number in range(1, args.cycles + 1):
                one_cycle(rng, server, load, number)
            time.sleep(1)
        load.finish()
        view = settled_view(server, load.visitors)
        verdict = oracle.judge(load.visitors, view)
        twins = let_twins_struggle(server, load.visitors)
        oracle.judge_twins(verdict, load.visitors, twins)
        passed, faults = verdict.passed, load.failures + verdict.faults
        if args.self_test:
            lies, blind = self_test(load.visitors, view, twins)
            passed, faults = passed + lies - len(blind), faults + blind
        else:
            reference = Server(folder / "reference", "--policy.unanswered_after_s", 3600).start()
            at_end.callback(reference.close)
            replay.feed(reference, load.visitors, view)
            compared = oracle.compare(load.visitors, view, oracle.look(reference, load.visitors))
            passed, faults = passed + compared.passed, faults + compared.faults
        for fault in faults[:FAULTS_SHOWN]:
            print(f"FAULT {fault}")
        events = sum(len(v.acknowledged) for v in load.visitors)
        decisions = sum(len(view[v.name]["decisions"]) for v in load.visitors)
        logged = sum(row["record"] == "event" for v in load.visitors for row in view[v.name]["events"])
        print(f"{len(load.visitors)} visitors, {events} events acknowledged, {logged} in the log, {decisions} decisions, seed {seed}")
        failed = len(faults)
        print(f"{passed} passed, {failed} failed")
    if failed or args.keep:
        print(f"data kept in {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
