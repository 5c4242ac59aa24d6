# SPDX-License-Identifier: Apache-2.0
"""Storage that fails: EIO ends the process at once, with nothing falsely acknowledged, and it starts clean again; without space
requests are refused, and taken again when there is some; a short write is nobody's business."""
import errno
import re
import time
import typing

from faults import FAIL_SYNCS, FAIL_WRITES, FOR_EVER, SHORTEN_WRITES
from serving import wait_for
from trial import Trial

ENDS_WITHIN = 1.0
READY_WITHIN = 5.0
QUICK = ("--policy.offer_lives_s", 600, "--state.checkpoint_ms", 20, "--state.sync_ms", 50)
THREADS = 4


class Scenario(typing.NamedTuple):
    name: str
    outcome: str  # "ends", "refuses", "lags" (acknowledges, and catches up later) or "unnoticed"
    kind: int
    path: str
    times: int = FOR_EVER
    error: int = errno.EIO


SCENARIOS = (
    Scenario("the log's sync fails once", "ends", FAIL_SYNCS, ".seg", times=1),
    Scenario("the log's sync fails for ever", "ends", FAIL_SYNCS, ".seg"),
    Scenario("the log's write fails once", "ends", FAIL_WRITES, ".seg", times=1),
    Scenario("the log's write fails for ever", "ends", FAIL_WRITES, ".seg"),
    Scenario("no space for the log's block", "refuses", FAIL_WRITES, ".seg", error=errno.ENOSPC),
    Scenario("the log's quota is used up", "refuses", FAIL_WRITES, ".seg", error=errno.EDQUOT),
    Scenario("no space is found out by the log's sync", "ends", FAIL_SYNCS, ".seg", error=errno.ENOSPC),
    Scenario("the state's sync fails once", "ends", FAIL_SYNCS, "/state/", times=1),
    Scenario("the state's sync fails for ever", "ends", FAIL_SYNCS, "/state/"),
    Scenario("the state's write fails once", "ends", FAIL_WRITES, "/state/", times=1),
    Scenario("the state's write fails for ever", "ends", FAIL_WRITES, "/state/"),
    Scenario("no space for the state", "lags", FAIL_WRITES, "/state/", error=errno.ENOSPC),
    Scenario("short writes everywhere", "unnoticed", SHORTEN_WRITES, "/data/"),
)


def play(trial, scenario):
    server, shim, load = trial.server, trial.shim, trial.load
    trial.awaits_expiry = False
    trial.begin(*trial.partitions())
    time.sleep(0.15)
    shim.fail(scenario.kind, scenario.path, first=trial.rng.randrange(1, 6), times=scenario.times, error=scenario.error)
    if not wait_for(lambda: shim.get("rule_failed") > 0, within=3, every=0.001):
        trial.faults.append("nothing failed")
        return
    {"ends": ends, "refuses": refuses, "lags": lags, "unnoticed": goes_on}[scenario.outcome](trial, scenario)
    time.sleep(0.2)
    load.server_goes_away()
    trial.kill()
    trial.lose_power()
    server.start()
    load.server_is_up(server.port)
    trial.judge()


def ends(trial, scenario):
    server, shim, load = trial.server, trial.shim, trial.load
    failed_at = time.monotonic()
    ended = wait_for(lambda: not server.is_running(), within=5, every=0.001)
    took = time.monotonic() - failed_at
    trial.expect(ended and took <= ENDS_WITHIN, f"it ended after {took:.2f} s")
    load.server_goes_away()
    if not ended:
        trial.kill()
    else:
        code = server.process.wait()
        server.process.stdout.close()
        trial.expect(code == 1, f"it ended with {code}")
        trial.expect(scenario.path.strip("/") in server.error_text() and "storage failed" in server.error_text(), "its last words do not name what failed:", server.error_text()[-500:])
    trial.lose_power()  # after a failed sync nobody knows what is on the disk
    is_met_at_the_start = scenario.kind == FAIL_SYNCS or scenario.path == "/state/"  # the log is written when something comes
    if scenario.times == FOR_EVER and is_met_at_the_start:
        server.launch()
        stays_away = wait_for(lambda: not server.is_running(), within=3)
        trial.expect(stays_away and server.process.wait() != 0, "it started on storage that still fails")
        if stays_away:
            server.process.stdout.close()
        else:
            trial.kill()
        trial.lose_power()
    shim.heal()
    server.start(*trial.partitions())
    load.server_is_up(server.port)


def refuses(trial, scenario):
    server, shim = trial.server, trial.shim
    trial.expect(wait_for(lambda: server.get("/readyz").status == 503, within=2), "it says it is ready")
    answer = server.post("/h/e", {"v": 1, "anonymousId": "refused", "tabId": "refused", "sentAt": 1,
                                  "events": [{"seq": 1, "eventType": "site.word", "timestamp": 1, "eventData": {}}]})
    trial.expect(answer.status == 503 and "retry-after" in answer.headers, "refused with", answer)
    trial.expect(b"/" not in answer.body, "the refusal names a file:", answer)
    time.sleep(0.6)
    failed = shim.get("rule_failed")
    trial.expect(server.is_running(), "it ended")
    comes_back(trial, f"{failed} writes refused")


def lags(trial, scenario):
    server, shim, load = trial.server, trial.shim, trial.load
    before = load.requests
    time.sleep(0.5)
    trial.expect(server.is_running(), "it ended:", server.error_text()[-300:])
    trial.expect(load.requests > before, "it takes nothing while the state is behind")
    trial.expect(wait_for(lambda: server.get("/readyz").status == 503, within=2), "it says it is ready")
    comes_back(trial, "the state")


def comes_back(trial, what):
    trial.shim.heal()
    healed = time.monotonic()
    ready = wait_for(lambda: trial.server.is_running() and trial.server.get("/readyz").status == 200, within=10)
    took = time.monotonic() - healed
    trial.expect(ready and took <= READY_WITHIN, f"{what}: ready again after {took:.1f} s: {trial.server.get('/readyz')}")


def goes_on(trial, scenario):
    time.sleep(0.5)
    trial.expect(trial.shim.get("rule_failed") > 10, "hardly anything was short")
    trial.expect(trial.server.is_running() and trial.server.get("/readyz").status == 200, "a short write was noticed")
    trial.shim.heal()


def run(args):
    passed, faults = 0, []
    for cycle in range(args.cycles):
        for scenario in SCENARIOS:
            if args.only and not re.search(args.only, scenario.name):
                continue
            with Trial(args.seed + cycle, QUICK, has_shim=True, threads=THREADS) as trial:
                try:
                    play(trial, scenario)
                except (RuntimeError, AssertionError, OSError) as fault:
                    trial.faults.append(repr(fault))
                passed += trial.passed
                faults += [f"{scenario.name}: {fault}" for fault in trial.faults]
            print(f"{scenario.name}: {'as it should' if not trial.faults else 'NOT as it should'}", flush=True)
    return passed, faults
