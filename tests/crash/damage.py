# SPDX-License-Identifier: Apache-2.0
"""Bits that flip, pages that come back as zeros and files that end early, in every kind of file of a data folder: what is damaged
is named and never served. Either the start is refused, or a read is, or the damage changed nothing that anyone can see."""
import http.client
import json
import re
import shutil
import time

import oracle
from boundaries import BulkyVisitor
from serving import Server, wait_for
from trial import Trial
from visitors import converse

STAYS = ("--policy.offer_lives_s", 3600, "--state.checkpoint_ms", 10, "--state.sync_ms", 20, "--state.write_buffer_bytes", 1 << 20)
PAGE = 4096
MANNERS = ("flip", "zeros", "cut")
PROBLEMS_ENOUGH = 8  # each may take a second: a read waits for a fold that does not come
# Files in which nothing is kept: what is in them does not matter.
EMPTY_KINDS = ("lock", "LOCK")


def kind_of(path):
    """The kinds of files: what a name says without its numbers."""
    return re.sub(r"\d+", "N", path.name)


def make_data(trial):
    """A folder with sealed and open segments, tables and a write-ahead log, and what a server shows of it."""
    trial.begin()
    bulky = BulkyVisitor("bulky", trial.rng)

    def taken(request, ids):
        trial.server.post(request.path, request.body, headers=request.headers)
        return type("Taken", (), {"json": {"accepted": len(ids)}, "status": 200})()

    converse(bulky, taken)
    time.sleep(0.5)
    trial.load.server_goes_away()
    trial.kill()
    trial.server.start()  # what lay in the write-ahead log is in a table now
    trial.load.server_is_up(trial.server.port)
    time.sleep(0.7)
    trial.load.finish()
    wait_for(lambda: trial.server.metric("handrail_consumer_lag_events") == 0)
    visitors = [v for v in trial.load.visitors if v.acknowledged][:25]
    view = oracle.look(trial.server, visitors)
    wait_for(lambda: any(trial.disk.glob("data/log/*.idx")))
    time.sleep(0.1)
    return visitors, view


def damage(path, manner, rng):
    """Does it, and says what was done; None where the file is too short for it."""
    content = bytearray(path.read_bytes())
    used = len(content.rstrip(b"\0"))
    if not used:
        return None
    at = rng.randrange(used)
    if manner == "flip":
        content[at] ^= 1 << rng.randrange(8)
    elif manner == "zeros":
        at = at // PAGE * PAGE
        content[at:at + PAGE] = b"\0" * len(content[at:at + PAGE])
    else:
        del content[at:]
    path.write_bytes(content)
    return f"{manner} at byte {at} of {len(content)}"


def is_named(path, text):
    return path.name in text or f"{path.parent.name}: " in text or "ahead of the log" in text or "the log was closed at offset" in text


def lasting(rows):
    """Without the deadlines that pass while this runs."""
    return rows and [row for row in rows if row.get("record") != "timer"]


def look_closely(server, visitors, view):
    """What differs from the view: [(visitor, collection, what came instead)]; and the problems that reads were answered with."""
    different, problems = [], []
    for visitor in visitors:
        for collection in oracle.COLLECTIONS:
            try:
                rows = server.rows(visitor.name, collection)
            except AssertionError as refused:
                problems.append(str(refused))
                if len(problems) == PROBLEMS_ENOUGH:
                    return different, problems
                continue
            if lasting(rows) != lasting(view[visitor.name][collection]):
                different.append((visitor.name, collection, json.dumps(rows)[:300]))
    return different, problems


def judge(trial, server, path, what, visitors, view):
    server.launch()
    try:
        server.await_listening(within=10)
    except RuntimeError:
        server.close()  # where it hangs; its code then is no refusal
        code = server.process.wait()
        trial.expect(code > 0, what, "ended the process with", code, server.error_text()[-500:])
        trial.expect(is_named(path, server.error_text()), what, "is not named:", server.error_text()[-500:])
        return "start refused"
    try:
        different, problems = look_closely(server, visitors, view)
        named = [p for p in problems if is_named(path, p)] or not problems or is_named(path, server.error_text())
        if path.name == "clean" or path.suffix == ".idx":
            trial.expect(path.name in server.error_text(), what, "does no harm, and is not named:", server.error_text()[-500:])
        trial.expect(named, what, "was met and is not named:", problems[:2], server.error_text()[-500:])
        trial.expect(not different, what, "was served:", different[:2], server.error_text()[-500:])
        return "reads refused" if problems else "nothing lost"
    except (OSError, http.client.HTTPException) as fault:
        trial.faults.append(f"{what}: the server broke down: {fault!r} {server.error_text()[-500:]}")
        return "broke down"
    finally:
        server.close()
        server.process.stdout.close()


def run(args):
    outcomes = {}
    with Trial(args.seed, STAYS, threads=2) as trial:
        visitors, view = make_data(trial)
        templates = {"killed": trial.folder / "killed", "ended": trial.folder / "ended"}
        trial.kill()
        shutil.copytree(trial.disk, templates["killed"])
        trial.server.start()
        trial.end_cleanly("before the damage")
        shutil.copytree(trial.disk, templates["ended"])
        for cycle in range(args.cycles):
            for ending, template in templates.items():
                for original in sorted(path for path in template.rglob("*") if path.is_file() and path.name not in EMPTY_KINDS):
                    for manner in MANNERS:
                        folder = trial.folder / "damaged"
                        shutil.rmtree(folder, ignore_errors=True)
                        shutil.copytree(template, folder)
                        path = folder / original.relative_to(template)
                        done = damage(path, manner, trial.rng)
                        if done is None:
                            continue
                        server = Server(folder / "data", *trial.server.flags)
                        server.errors = trial.folder / "damaged.stderr"
                        server.errors.unlink(missing_ok=True)
                        outcome = judge(trial, server, path, f"{ending}, {path.name}: {done}", visitors, view)
                        outcomes.setdefault((kind_of(path), manner), []).append(outcome)
        for (kind, manner), seen in sorted(outcomes.items()):
            print(f"{kind:20} {manner:6} " + ", ".join(f"{seen.count(o)}x {o}" for o in sorted(set(seen))))
        return trial.passed, trial.faults
