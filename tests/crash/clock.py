# SPDX-License-Identifier: Apache-2.0
"""The wall clock jumps by up to an hour in both directions, under load, between and across restarts: offsets and ids stay ordered
and their own, a visitor's log time never goes back, nothing acknowledged is lost, and timers act once."""
import collections
import time

import oracle
from serving import wait_for
from trial import Trial

HOUR_NS = 3600 * 10**9
FLAGS = ("--policy.offer_lives_s", 2, "--policy.unanswered_after_s", 5, "--state.checkpoint_ms", 20)


def jump(trial):
    trial.shim.set(clock_offset_ns=trial.rng.choice((-HOUR_NS, 0, HOUR_NS, trial.rng.randrange(-HOUR_NS, HOUR_NS))))


def one_cycle(trial):
    for _ in range(trial.rng.randrange(1, 4)):
        time.sleep(trial.rng.uniform(0.05, 0.3))
        jump(trial)
    trial.load.server_goes_away()
    if trial.rng.random() < 0.3:
        trial.end_cleanly("clock")
    else:
        trial.kill()
    jump(trial)
    trial.server.start(*trial.partitions())
    trial.load.server_is_up(trial.server.port)


def judge(trial, visitor, shown, owners):
    verdict = oracle.Verdict()
    oracle.judge_log(verdict, visitor, shown)
    trial.take(verdict)
    logged = collections.Counter(row["eventId"] for row in shown["events"] if row["record"] == "event")
    trial.expect(set(visitor.acknowledged) <= set(logged), visitor.name, "lost something")
    counted = sum(journey["events"] for journey in shown["journeys"])
    trial.expect(counted == len(visitor.facts), visitor.name, "counted", counted, "of", len(visitor.facts))
    for name in ("decisions", "interventions", "journeys", "signals"):
        ids = [row["id"] for row in shown[name]]
        trial.expect(len(ids) == len(set(ids)), visitor.name, "has one of its", name, "twice")
        for one in ids:
            owners[name, one].add(visitor.name)
    causes = [decision["cause"] for decision in shown["decisions"]]
    trial.expect(len(causes) == len(set(causes)), visitor.name, "was decided twice for one cause")
    for offer in shown["interventions"]:
        trial.expect(offer["state"] not in oracle.LIVE or visitor.answer, visitor.name, "has an offer that its timer forgot", offer)
    told = [m for m in shown.get("messages", ()) if m["event"] == "unanswered"]
    trial.expect(len(told) <= 1, visitor.name, "was told twice that nobody answered")


def run(args):
    with Trial(args.seed, FLAGS, has_shim=True) as trial:
        trial.begin()
        for _ in range(args.cycles):
            one_cycle(trial)
        time.sleep(0.5)
        trial.load.finish()
        trial.shim.set(clock_offset_ns=2 * HOUR_NS)  # whatever was set by a clock that ran ahead is due now
        server, visitors = trial.server, trial.load.visitors
        wait_for(lambda: server.metric("handrail_consumer_lag_events") == 0)
        time.sleep(3)
        wait_for(lambda: server.metric("handrail_consumer_lag_events") == 0)
        view, owners = oracle.look(server, visitors), collections.defaultdict(set)
        for visitor in visitors:
            judge(trial, visitor, view[visitor.name], owners)
        trial.expect(all(len(names) == 1 for names in owners.values()), "an id is shared by two visitors")
        # Answers given to an offer that a jump had ended already are the clients' bad luck.
        trial.faults += [fault for fault in trial.load.failures if "was answered with state" not in fault]
        print(f"{len(visitors)} visitors, {sum(len(v.acknowledged) for v in visitors)} events acknowledged, seed {args.seed}")
        return trial.passed, trial.faults
