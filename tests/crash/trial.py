# SPDX-License-Identifier: Apache-2.0
"""One trial: a server on a folder of its own, clients that load it, and at the end the verdict of the oracle."""
import pathlib
import random
import shutil
import tempfile
import time

import oracle
import replay
from faults import Shim
from load import Load
from power_loss import MANNERS, lose_power
from serving import Server, wait_for

OFFER_LIVES = 8  # seconds
FLAGS = ("--log.segment_bytes", 1 << 20, "--log.block_bytes_max", 256 << 10, "--policy.offer_lives_s", OFFER_LIVES,
         "--policy.unanswered_after_s", 3600, "--state.sync_ms", 300)
THREADS = 6
END_WITHIN = 5  # seconds, well below the drain
FAULTS_SHOWN = 20


class Trial:
    def __init__(self, seed, flags=(), has_shim=False, threads=THREADS):
        self.seed = seed
        self.rng = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-crash-"))
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.shim = Shim(self.folder, self.disk) if has_shim else None
        merged = dict(zip(FLAGS[::2], FLAGS[1::2])) | dict(zip(flags[::2], flags[1::2]))
        self.server = Server(self.disk / "data", *(part for pair in merged.items() for part in pair), environment=self.shim and self.shim.environment)
        self.server.errors = self.folder / "stderr"
        self.load = Load(seed, threads)
        self.reference = None
        self.passed = 0
        self.faults = []
        self.kills = 0
        self.awaits_expiry = True  # of offers that nobody answers, before the verdict

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.load.abandon()
        self.server.close()
        if self.reference:
            self.reference.close()
        if kind or self.faults:
            print(f"data kept in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def expect(self, is_true, *what):
        if is_true:
            self.passed += 1
        else:
            self.faults.append(" ".join(map(str, what)))

    def begin(self, *flags):
        self.server.start(*flags)
        self.load.server_is_up(self.server.port)
        self.load.start()

    def kill(self):
        self.server.kill()
        self.kills += 1

    def end_cleanly(self, what):
        asked = time.monotonic()
        code = self.server.stop()
        ending = time.monotonic() - asked
        if ending > END_WITHIN:
            self.faults.append(f"{what}: asked to end, the server took {ending:.1f} s with nothing left to answer")
        if code != 0:
            self.faults.append(f"{what}: asked to end, the server ended with {code}")

    def lose_power(self, manner=None):
        return lose_power(self.shim, self.rng, manner or self.rng.choice(MANNERS))

    def partitions(self):
        return ("--engine.partitions", self.rng.choice((1, 1, 2, 3, 5)))

    def settled_view(self):
        """What the server shows when all is folded and every unanswered offer had the time to expire."""
        if not wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0, within=60):
            raise RuntimeError("the engine does not catch up")
        unanswered = [v for v in self.load.visitors if v.causes() and not v.answer]
        wait_for(lambda: not self.awaits_expiry or not any(offer["state"] in oracle.LIVE for v in unanswered for offer in self.server.rows(v.name, "interventions", patience=oracle.READ_WITHIN) or []),
                 within=OFFER_LIVES + 10, every=0.5)
        return oracle.look(self.server, self.load.visitors)

    def let_twins_struggle(self):
        """The decisions on the other devices of each person: {twin: decisions}."""
        decisions = {}
        for visitor in self.load.visitors:
            if visitor.twin and visitor.user and any(fact.type == "identify" for fact in visitor.facts.values()):
                request = visitor.last_struggle_of_the_twin()
                answer = self.server.post(request.path, request.body, headers=request.headers)
                assert answer.status == 200, answer
                decisions[visitor.twin] = self.server.rows(visitor.twin, "decisions", patience=oracle.READ_WITHIN)
        return decisions

    def judge(self):
        """The whole verdict, with a clean run of what the log holds beside it. The server must run."""
        self.load.finish()
        visitors = self.load.visitors
        view = self.settled_view()
        verdict = oracle.judge(visitors, view)
        twins = self.let_twins_struggle()
        oracle.judge_twins(verdict, visitors, twins)
        self.take(verdict, self.load.failures)
        self.reference = Server(self.folder / "reference", "--policy.unanswered_after_s", 3600).start()
        replay.feed(self.reference, visitors, view)
        self.take(oracle.compare(visitors, view, oracle.look(self.reference, visitors)))
        events = sum(len(v.acknowledged) for v in visitors)
        decisions = sum(len(view[v.name]["decisions"]) for v in visitors)
        logged = sum(row["record"] == "event" for v in visitors for row in view[v.name]["events"])
        print(f"{len(visitors)} visitors, {events} events acknowledged, {logged} in the log, {decisions} decisions, seed {self.seed}")
        return view, twins

    def take(self, verdict, more_faults=()):
        self.passed += verdict.passed
        self.faults += [*more_faults, *verdict.faults]
