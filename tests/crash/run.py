# SPDX-License-Identifier: Apache-2.0
"""Crashes of every kind under load; then: nothing acknowledged is lost, nothing counts twice, nothing is decided
otherwise than without the crashes."""
import argparse
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import boundaries  # noqa: E402
import clock  # noqa: E402
import damage  # noqa: E402
import random_kills  # noqa: E402
import storage_faults  # noqa: E402
import unsynced  # noqa: E402
from trial import FAULTS_SHOWN  # noqa: E402

MODES = {"random": random_kills.run, "duplicates": random_kills.run, "self-test": random_kills.self_test,
         "unsynced": unsynced.run, "relaxed": unsynced.relaxed,
         "boundaries": boundaries.run, "faults": storage_faults.run, "damage": damage.run, "clock": clock.run}


def main():
    options = argparse.ArgumentParser(prog="tests/crash/run.sh", description=__doc__)
    options.add_argument("mode", nargs="?", default="random", choices=MODES, help="what goes wrong; each module says more")
    options.add_argument("--cycles", type=int, default=5)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--durability", choices=("relaxed", "fsync"), default="relaxed", help="of the log, in mode relaxed")
    options.add_argument("--stride", type=int, default=1, help="in mode boundaries: only every n-th")
    options.add_argument("--manner", action="append", choices=boundaries.MANNERS_TOLD, help="in mode boundaries: only this manner of losing power")
    options.add_argument("--only", help="in mode faults: the scenarios whose name this pattern finds")
    args = options.parse_args()
    if args.seed is None:
        args.seed = random.SystemRandom().randrange(1_000_000)
    print(f"{args.mode}, seed {args.seed}", flush=True)
    passed, faults = MODES[args.mode](args)
    for fault in faults[:FAULTS_SHOWN]:
        print(f"FAULT {fault}")
    print(f"{passed} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
