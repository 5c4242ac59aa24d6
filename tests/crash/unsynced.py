# SPDX-License-Identifier: Apache-2.0
"""Power losses under load: kill -9, then the disk is put back to what was synced (power_loss.py), also while recovering
and after a clean end. Durability itself: with log.durability = relaxed the same run must lose something."""
import http.client
import itertools
import threading
import time

from power_loss import MANNERS, STAYS_ON
from serving import ask, wait_for
from trial import Trial

# An offer lives longer than anything here takes, so that a slow client does not find it gone.
QUICK = ("--policy.offer_lives_s", 600, "--state.checkpoint_ms", 20, "--state.write_buffer_bytes", 1 << 20)
RECOVERY_BOUNDARIES = 80


def one_cycle(trial, number, losses):
    rng, server, load, shim = trial.rng, trial.server, trial.load, trial.shim
    time.sleep(rng.uniform(0.02, 0.4))
    load.server_goes_away()
    if rng.random() < 0.1:
        trial.end_cleanly(f"cycle {number}")
    else:
        trial.kill()
    manner = "nothing" if number == 1 else rng.choice(MANNERS)  # the first one: is the new folder itself durable?
    lost = [(manner, trial.lose_power(manner))]
    while rng.random() < 0.3:  # again while recovering
        shim.set(kill_at=rng.randrange(1, RECOVERY_BOUNDARIES))
        server.launch(*trial.partitions())
        if not wait_for(lambda: not server.is_running(), within=0.3, every=0.005):
            server.kill()
        else:
            server.process.stdout.close()
        trial.kills += 1
        manner = rng.choice(MANNERS)
        lost.append((manner, trial.lose_power(manner)))
    losses += lost
    try:
        server.start(*trial.partitions())
    except RuntimeError as fault:
        raise RuntimeError(f"cycle {number}, manner {manner}, lost {lost}: {fault}") from fault
    load.server_is_up(server.port)


def run(args):
    with Trial(args.seed, QUICK, has_shim=True) as trial:
        losses = []
        trial.awaits_expiry = False  # random_kills.py does
        trial.begin()
        for number in range(1, args.cycles + 1):
            one_cycle(trial, number, losses)
        time.sleep(0.5)
        trial.judge()
        real = [taken for manner, taken in losses if manner != STAYS_ON]
        writes, names = (sum(taken[i] for taken in real) for i in (0, 1))
        print(f"{len(real)} power losses; they took back {writes} writes and {names} changes of names; "
              f"{trial.kills} kills, and the power stayed on {len(losses) - len(real)} times")
        return trial.passed, trial.faults


# --- relaxed -----------------------------------------------------------------------------------------------------------------


class Writers:
    """Visitors who send one event after the other and note what was acknowledged."""

    def __init__(self, server, names):
        self.acknowledged = {name: [] for name in names}
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(name,), daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def _write(self, name):
        connection = self._server.connection()
        for number in itertools.count(1):
            body = {"v": 1, "anonymousId": name, "tabId": f"t-{name}", "sentAt": 1,
                    "events": [{"seq": number, "eventType": "site.word", "timestamp": 1, "eventData": {}}]}
            try:
                answer = ask(connection, "POST", "/h/e", body)
            except (OSError, http.client.HTTPException):
                return  # killed
            if answer.status != 200 or self._stop.is_set():
                return
            self.acknowledged[name].append(f"t-{name}:{number}")

    def finish(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def relaxed(args):
    """The same disk under log.durability = relaxed: acknowledged events are lost, and only those behind the last sync."""
    lost = cycles_with_loss = 0
    with Trial(args.seed, ("--log.durability", args.durability, *QUICK), has_shim=True) as trial:
        trial.server.start()
        for cycle in range(args.cycles):
            writers = Writers(trial.server, [f"r{cycle}-{i}" for i in range(4)])
            time.sleep(trial.rng.uniform(0.05, 0.3))
            trial.kill()
            writers.finish()
            trial.lose_power(trial.rng.choice(("nothing", "prefix", "sectors")))
            trial.server.start()
            lost_now = 0
            for name, acknowledged in writers.acknowledged.items():
                rows = trial.server.rows(name, "events") or []
                kept = [row["eventId"] for row in reversed(rows)]
                lost_now += len(set(acknowledged) - set(kept))
                expected = acknowledged[:len(kept)]
                trial.expect(kept[:len(acknowledged)] == expected, "what is left is no prefix of what was acknowledged:", kept[-3:], acknowledged[-3:])
            lost += lost_now
            cycles_with_loss += lost_now > 0
        print(f"{args.durability}: {lost} acknowledged events lost in {cycles_with_loss} of {args.cycles} power losses")
        trial.expect((lost > 0) == (args.durability == "relaxed"), f"{lost} acknowledged events lost with durability {args.durability}")
        return trial.passed, trial.faults
