# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load, also while recovering. The page cache survives this: for what a sync is worth
see unsynced.py."""
import copy
import random
import time

import oracle
from trial import Trial


def one_cycle(trial, number):
    """Load for a moment, then an end of some kind, and a start with some number of partitions."""
    rng, server, load = trial.rng, trial.server, trial.load
    before = load.requests, load.resent
    span = rng.uniform(0.1, 1.3)
    time.sleep(span)
    clean = rng.random() < 0.25
    load.server_goes_away()
    if clean:
        trial.end_cleanly(f"cycle {number}")
    else:
        trial.kill()
    deaths = 0
    while not clean and deaths < 2 and rng.random() < 0.4:
        server.launch("--engine.partitions", rng.choice((1, 2, 3, 5)))
        time.sleep(rng.uniform(0, 0.2))
        trial.kill()
        deaths += 1
    checkpoint_ms = rng.choice((20, 100, 3000))  # the longer, the more is folded again after a crash
    begun = time.monotonic()
    server.start(*trial.partitions(), "--state.checkpoint_ms", checkpoint_ms)
    load.server_is_up(server.port)
    print(f"cycle {number}: {'asked to end' if clean else 'killed'} after {span:.2f} s{f', killed {deaths}x while recovering' if deaths else ''}, "
          f"back in {time.monotonic() - begun:.2f} s; {load.requests - before[0]} requests, {load.resent - before[1]} sent again", flush=True)


def run(args):
    is_random = args.mode == "random"
    with Trial(args.seed, () if is_random else ("--policy.offer_lives_s", 600)) as trial:
        trial.load.repeats = 1 if is_random else 3
        trial.awaits_expiry = is_random
        trial.begin()
        for number in range(1, args.cycles + 1):
            one_cycle(trial, number)
        time.sleep(1)
        trial.judge()
        print(f"{trial.kills} kills, {trial.load.repeated} requests sent again on purpose")
        return trial.passed, trial.faults


# --- the oracle itself ---------------------------------------------------------------------------------------------------


def falsified(visitors, view):
    """Views with one lie each. The oracle must find every one."""
    rng = random.Random(1)
    having = {name: [v for v in visitors if len(oracle.trouble(view[v.name][name])) > (1 if name == "events" else 0)] for name in oracle.COLLECTIONS}

    def lie(what, collection, change):
        victim = rng.choice(having[collection])
        lied = {**view, victim.name: copy.deepcopy(view[victim.name])}
        change(lied[victim.name][collection])
        return what, lied

    events = lambda rows: [row for row in rows if "eventId" in row]  # among answers and timers  # noqa: E731
    yield lie("an acknowledged event is missing", "events", lambda rows: rows.remove(events(rows)[len(events(rows)) // 2]))
    yield lie("an event appears twice", "events", lambda rows: rows.insert(0, rows[-1]))
    yield lie("two events changed places", "events", lambda rows: rows.insert(0, rows.pop(1)))
    yield lie("an event nobody sent", "events", lambda rows: rows.insert(0, {**rows[-1], "eventId": "nobody:1", "offset": rows[0]["offset"] + 1}))
    yield lie("an event counted twice", "journeys", lambda rows: rows[0].update(events=rows[0]["events"] + 1))
    yield lie("a signal is missing", "signals", lambda rows: rows.remove(oracle.trouble(rows)[-1]))
    yield lie("a decision is missing", "decisions", lambda rows: rows.pop())
    yield lie("a second decision", "decisions", lambda rows: rows.append({**rows[0], "id": "0" * 32}))
    yield lie("a decision with another cause", "decisions", lambda rows: rows[0].update(cause="nobody:1"))
    yield lie("a second offer", "interventions", lambda rows: rows.append({**rows[0], "id": "0" * 32}))
    yield lie("an answer forgotten", "interventions", lambda rows: rows[0].update(state="pending"))


def self_test(args):
    """A short clean run, then lies that the oracle must find."""
    with Trial(args.seed) as trial:
        trial.begin()
        time.sleep(3)
        view, twins = trial.judge()
        visitors = trial.load.visitors
        for what, lied in falsified(visitors, view):
            trial.expect(oracle.judge(visitors, lied).faults, "the oracle does not see:", what)
        other = {"none": "offer", "offer": "none"}
        for outcome in other:
            name = next((name for name, rows in twins.items() if [d["outcome"] for d in rows] == [outcome]), None)
            if name:
                verdict = oracle.Verdict()
                oracle.judge_twins(verdict, visitors, {**twins, name: [{"outcome": other[outcome]}]})
                trial.expect(verdict.faults, f"the oracle does not see: a twin told {other[outcome]}")
        return trial.passed, trial.faults
