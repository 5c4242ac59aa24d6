# SPDX-License-Identifier: Apache-2.0
"""Every boundary of one small run: the server is killed instead of its n-th write, sync or change of a name, the power is
lost in some manner, and it starts again; n = 1 up to the last. The run begins on an empty disk, fills a segment, answers an offer,
chats, checkpoints and ends cleanly. With a stride, a sample."""
import functools
import http.client
import random
import time

import oracle
import replay
from power_loss import MANNERS, STAYS_ON
from serving import Server, ask, wait_for
from trial import Trial
from visitors import Fact, MissionVisitor, SdkVisitor, converse

QUICK = ("--policy.offer_lives_s", 600, "--state.checkpoint_ms", 10, "--state.sync_ms", 20, "--server.drain_ms", 1000)
TRIES_MAX = 20
BULK_BATCHES, BULK_EVENTS, BULK_BYTES = 7, 6, 30_000  # more than a segment
MANNERS_TOLD = {**{manner: (manner,) for manner in MANNERS},
                # what a killed process left unsynced is seen by the next one, which must not build on it before it is durable
                "power lost after recovery": (STAYS_ON, "nothing")}


class BulkyVisitor(SdkVisitor):
    """Fills a segment."""

    def story(self):
        return [[Fact("site.word", {"text": "x" * BULK_BYTES}) for _ in range(BULK_EVENTS)] for _ in range(BULK_BATCHES)]


class EagerRandom(random.Random):
    """Of the choices of a story those that act: an offer is accepted, nothing is left alone."""

    def random(self):
        return max(0.3, super().random() * 0.7)

    def choice(self, options):
        return ["displayed", "accepted"] if ["displayed", "accepted"] in list(options) else super().choice(options)


class TellingVisitor(SdkVisitor):
    """Its story has an offer, so that nothing must be waited for."""

    def story(self):
        while True:
            story = super().story()
            if any(fact.decision for facts in story for fact in facts):
                return story


class Unlucky(Exception):
    """The server does not come back, or does what it must not."""


class SmallRun:
    def __init__(self, seed, kill_at, manners):
        self.trial = Trial(seed, QUICK, has_shim=True, threads=0)
        self.manners = manners
        self.kill_at = kill_at
        self.deaths = 0
        name = f"{kill_at}-{manners[-1][:4]}-{len(manners)}"
        self.visitors = [BulkyVisitor(f"b-{name}", random.Random(seed)), TellingVisitor(f"s-{name}", EagerRandom(seed)),
                         MissionVisitor(f"m-{name}", EagerRandom(seed))]
        self._connection = None

    def play(self):
        """True when the server died on the way."""
        self.trial.shim.set(kill_at=self.kill_at)
        self.start()
        for visitor in self.visitors:
            converse(visitor, functools.partial(self.carry_out, visitor))
        if self._connection:
            self._connection.close()
        time.sleep(0.05)  # a checkpoint or two
        code = self.trial.server.stop()
        if code != 0:
            self.recover(code)
            self.trial.server.stop()
        self.trial.lose_power("nothing")  # after a clean end nothing may hang on it
        self.trial.server.start()
        return self.deaths > 0

    def start(self):
        for _ in range(TRIES_MAX):
            try:
                self.trial.server.start()
                return
            except RuntimeError as fault:
                self.recover(self.trial.server.process.wait(), fault, starts=False)
        raise Unlucky("the server does not start")

    def recover(self, code, why="", starts=True):
        if code != -9 or self.deaths:
            raise Unlucky(f"the server ended with {code} and not by its kill ({why}): {self.trial.server.error_text()[-1500:]}")
        self.deaths += 1
        for number, manner in enumerate(self.manners):
            if number:
                self.trial.server.start()
                time.sleep(0.1)  # more than a synced checkpoint
                self.trial.kill()
            self.trial.lose_power(manner)
        if starts:
            self.start()

    def carry_out(self, visitor, request, ids):
        while True:
            visitor.sent(ids)
            begun = int(time.time() * 1000)
            try:
                if self._connection is None:
                    self._connection = self.trial.server.connection()
                answer = ask(self._connection, request.method, request.path, request.body, request.headers)
            except (OSError, http.client.HTTPException) as fault:
                self._connection = None
                self.recover(self.trial.server.process.wait(5), fault)
                continue
            if answer.status == 200 or answer.status in request.also_fine:
                answer.begun = begun
                return answer
            if answer.status != 503:
                raise Unlucky(f"{request.method} {request.path}: {answer}")
            time.sleep(0.02)

    def judge(self, reference):
        server = self.trial.server
        wait_for(lambda: server.metric("handrail_consumer_lag_events") == 0)
        view = oracle.look(server, self.visitors)
        self.trial.take(oracle.judge(self.visitors, view))
        replay.feed(reference, self.visitors, view)
        self.trial.take(oracle.compare(self.visitors, view, oracle.look(reference, self.visitors)))


def run(args):
    passed, faults, ran = 0, [], 0
    rng = random.Random(args.seed)
    with Trial(args.seed, threads=0) as beside:
        reference = Server(beside.folder / "reference", "--policy.unanswered_after_s", 3600).start()
        beside.reference = reference
        manners = args.manner or list(MANNERS_TOLD) if args.stride == 1 or args.manner else rng.sample(list(MANNERS_TOLD), 2)
        for manner in manners:
            kill_at = rng.randrange(1, args.stride + 1)
            while True:
                small = SmallRun(args.seed, kill_at, MANNERS_TOLD[manner])
                with small.trial as trial:
                    try:
                        died = small.play()
                        small.judge(reference)
                    except (Unlucky, RuntimeError, AssertionError, OSError) as fault:
                        died = True
                        trial.faults.append(repr(fault))
                    passed += trial.passed
                    faults += [f"boundary {kill_at}, {manner}: {fault}" for fault in trial.faults]
                ran += 1
                if not died or len(faults) > 50:
                    break
                kill_at += args.stride
            print(f"{manner}: up to boundary {kill_at}", flush=True)
    print(f"{ran} runs")
    return passed, faults
