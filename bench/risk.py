#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exit risk on two public data sets, through the program's own commands: a mapping file, `handrail train`, `handrail score`
after each event. The harness knows what became of each case and reads scores, nothing else.

    python3 bench/risk.py --binary build/release/handrail [--only uci_b,bpic_p1] [--seed 1] [--json FILE]

The data sets lie outside the project (docs/benchmarks.md says where they are from); without them it says so and ends.
"""

import argparse
import csv
import json
import lzma
import math
import random
import subprocess
import tempfile
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "shared" / "data"
UCI = DATA / "online_shoppers_intention.csv"
BPIC = DATA / "bpic2012_events.csv.xz"
BINS = 15
RESAMPLES = 200
ALERT_RATE = 0.1

# What a plain xgboost without this program's features and calibration comes to, measured once (xgboost 1.7.4, Debian 12).
BASELINES = {
    "uci_a": {"accuracy": 0.9055, "auc": 0.9336, "log loss": 0.2224, "ece": 0.0083},
    "uci_b": {"accuracy": 0.8495, "auc": 0.8449, "log loss": 0.4385, "ece": 0.0826},
    "uci_b_honest": {"accuracy": 0.7901, "auc": 0.6893, "log loss": 0.4943, "ece": 0.0726},
    "bpic_p1": {"accuracy": 0.7142, "auc": 0.7877, "log loss": 0.5470, "ece": 0.0198, "auc by length": 0.7234},
    "bpic_p2": {"accuracy": 0.7085, "auc": 0.7895, "log loss": 0.5468, "ece": 0.0717, "auc by length": 0.7480},
}


class Row:
    """One scored event: whose it is, the probability of exit that was given, and what became of the case."""

    __slots__ = ("case", "is_exit", "length", "probability")

    def __init__(self, case, length, probability, is_exit):
        self.case, self.length, self.probability, self.is_exit = case, length, probability, is_exit


# --- figures ------------------------------------------------------------------------------------------------------------


def auc(rows):
    ordered = sorted(rows, key=lambda r: r.probability)
    exits = sum(r.is_exit for r in ordered)
    others = len(ordered) - exits
    if not exits or not others:
        return math.nan
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end].probability == ordered[at].probability:
            end += 1
        ranks += (at + end + 1) / 2 * sum(r.is_exit for r in ordered[at:end])
        at = end
    return (ranks - exits * (exits + 1) / 2) / (exits * others)


def auc_by_length(rows):
    by_length = defaultdict(list)
    for row in rows:
        by_length[row.length].append(row)
    weighted = [(auc(some), len(some)) for some in by_length.values()]
    known = [(value, count) for value, count in weighted if not math.isnan(value)]
    return sum(v * n for v, n in known) / sum(n for _, n in known) if known else math.nan


def log_loss(rows):
    return -sum(math.log(max(r.probability if r.is_exit else 1 - r.probability, 1e-7)) for r in rows) / len(rows)


def brier_skill(rows):
    rate = sum(r.is_exit for r in rows) / len(rows)
    brier = sum((r.probability - r.is_exit) ** 2 for r in rows) / len(rows)
    return 1 - brier / (rate * (1 - rate)) if 0 < rate < 1 else math.nan


def calibration_error(rows):
    bins = defaultdict(lambda: [0, 0.0, 0])
    for row in rows:
        one = bins[min(int(row.probability * BINS), BINS - 1)]
        one[0] += 1
        one[1] += row.probability
        one[2] += row.is_exit
    return sum(abs(p - e) for _, p, e in bins.values()) / len(rows)


def accuracy(rows):
    return sum((r.probability >= 0.5) == r.is_exit for r in rows) / len(rows)


def alerts(rows):
    """Precision and recall of the rows with the highest probabilities."""
    chosen = sorted(rows, key=lambda r: -r.probability)[: max(1, int(len(rows) * ALERT_RATE))]
    hits = sum(r.is_exit for r in chosen)
    return hits / len(chosen), hits / max(1, sum(r.is_exit for r in rows))


FIGURES = {"accuracy": accuracy, "auc": auc, "log loss": log_loss, "bss": brier_skill, "ece": calibration_error}


def intervals(rows, seed):
    """95 % of resamples by case: rows of one case are no independent proof."""
    cases = defaultdict(list)
    for row in rows:
        cases[row.case].append(row)
    names = list(cases)
    drawn = defaultdict(list)
    chance = random.Random(seed)
    for _ in range(RESAMPLES):
        some = [row for name in chance.choices(names, k=len(names)) for row in cases[name]]
        for figure, of in FIGURES.items():
            drawn[figure].append(of(some))
    return {f: (sorted(v)[int(0.025 * RESAMPLES)], sorted(v)[int(0.975 * RESAMPLES) - 1]) for f, v in drawn.items()}


# --- through the program ------------------------------------------------------------------------------------------------


class Program:
    def __init__(self, binary, seed, folder):
        self.binary, self.seed, self.folder = binary, seed, folder

    def train(self, events, mapping, *more):
        model = self.folder / "model.hrm"
        begun = time.monotonic()
        self.run("train", "--events", events, "--mapping", mapping, "--out", model, "--seed", self.seed, "--json", *more)
        return model, time.monotonic() - begun

    def score(self, events, mapping, model):
        out = self.folder / "scores.csv"
        self.run("score", "--events", events, "--mapping", mapping, "--model", model, "--out", out)
        with out.open() as lines:
            return list(csv.DictReader(lines))

    def run(self, *words):
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{words[0]}: {done.stderr[-2000:]}")


# --- the protocols ------------------------------------------------------------------------------------------------------


def uci_rows():
    with UCI.open() as lines:
        return list(csv.DictReader(lines))


def uci_scored(scores, sessions, wanted):
    """Line 1 of the file is its header."""
    return [Row(i, 1, float(s["exit_probability"]), sessions[i]["Revenue"] == "FALSE")
            for s in scores if wanted(i := int(s["line"]) - 2)]


def uci_b(program, mapping):
    """February to October train, November and December test."""
    sessions = uci_rows()
    model, seconds = program.train(UCI, mapping, "--test-from", "2017-11-01 00:00:00")
    late = lambda i: sessions[i]["Month"] in ("Nov", "Dec")  # noqa: E731
    return uci_scored(program.score(UCI, mapping, model), sessions, late), seconds


def uci_a(program, mapping):
    """Five shuffled folds with the outcomes spread evenly, each scored by a model of the other four: the easy way."""
    sessions = uci_rows()
    order = list(range(len(sessions)))
    random.Random(7).shuffle(order)
    order.sort(key=lambda i: sessions[i]["Revenue"])
    fold_of = {i: place % 5 for place, i in enumerate(order)}
    rows, seconds = [], 0.0
    for fold in range(5):
        train, test = (program.folder / f"{name}.csv" for name in ("train", "test"))
        inside = [i for i in range(len(sessions)) if fold_of[i] == fold]
        write(train, [sessions[i] for i in range(len(sessions)) if fold_of[i] != fold])
        write(test, [sessions[i] for i in inside])
        model, took = program.train(train, mapping, "--split", "visitors")
        seconds += took
        rows += [Row(i, 1, float(s["exit_probability"]), sessions[i]["Revenue"] == "FALSE")
                 for i, s in zip(inside, program.score(test, mapping, model), strict=True)]
    return rows, seconds


def write(file, rows):
    with file.open("w", newline="") as out:
        lines = csv.DictWriter(out, rows[0])
        lines.writeheader()
        lines.writerows(rows)


ENDS = {"A_CANCELLED", "A_DECLINED", "A_APPROVED", "A_REGISTERED", "A_ACTIVATED", "O_ACCEPTED", "O_DECLINED"}


class Case:
    def __init__(self):
        self.events = []  # (line, second, word that tells the outcome or None)

    def prefixes(self, longest=60):
        """Lines of the events before the outcome, and before what was written together with it."""
        cut = next((i for i, (_, _, word) in enumerate(self.events) if word), len(self.events))
        while 0 < cut < len(self.events) and self.events[cut][1] - self.events[cut - 1][1] <= 1:
            cut -= 1
        return [line for line, _, _ in self.events[:cut]][:longest]

    def came_to(self, words):
        return any(word in words for _, _, word in self.events)


def bpic_cases():
    cases = defaultdict(Case)
    with lzma.open(BPIC, "rt") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            second = int(datetime.fromisoformat(row["ts"]).timestamp())
            ends = row["activity"] in ENDS and row["lifecycle"] == "COMPLETE"
            cases[row["case_id"]].events.append((number, second, row["activity"] if ends else None))
    return cases


def bpic(program, mapping, exits):
    """Cases in the order of their first event: the first four fifths train, the others are scored after every event."""
    cases = {name: case for name, case in bpic_cases().items() if case.came_to({"A_APPROVED"} | exits)}
    model, seconds = program.train(BPIC, mapping)
    scores = {int(s["line"]): s for s in program.score(BPIC, mapping, model)}
    ordered = sorted((n for n in cases if cases[n].prefixes()), key=lambda n: cases[n].events[0][1])
    rows = []
    for name in ordered[int(len(ordered) * 0.8):]:
        is_exit = not cases[name].came_to({"A_APPROVED"})
        rows += [Row(name, k, float(scores[line]["exit_probability"]), is_exit)
                 for k, line in enumerate(cases[name].prefixes(), 1)]
    return rows, seconds


TASKS = {
    "uci_a": ("UCI, shuffled folds", UCI, lambda p: uci_a(p, HERE / "risk/uci_with_month.toml")),
    "uci_b": ("UCI, November and December", UCI, lambda p: uci_b(p, HERE / "risk/uci_all.toml")),
    "uci_b_honest": ("the same without PageValues", UCI, lambda p: uci_b(p, HERE / "risk/uci_without_pagevalues.toml")),
    "bpic_p1": ("BPIC, cancelled or declined", BPIC,
                lambda p: bpic(p, HERE / "risk/bpic_p1.toml", {"A_CANCELLED", "A_DECLINED"})),
    "bpic_p2": ("BPIC, cancelled", BPIC, lambda p: bpic(p, HERE / "risk/bpic_p2.toml", {"A_CANCELLED"})),
}


def show(name, words, rows, seconds, seed):
    rate = sum(r.is_exit for r in rows) / len(rows)
    found = {figure: of(rows) for figure, of in FIGURES.items()}
    found["auc by length"] = auc_by_length(rows)
    between = intervals(rows, seed)
    precision, recall = alerts(rows)
    print(f"\n{words}: {len(rows)} rows of {len({r.case for r in rows})} cases, {rate:.1%} exits, trained in {seconds:.0f} s")
    print(f"  {'':<15}{'ours':>8}  {'95 %':<16}{'baseline':>9}")
    for figure, value in found.items():
        span = "{:.3f} to {:.3f}".format(*between[figure]) if figure in between else ""
        baseline = BASELINES[name].get(figure)
        print(f"  {figure:<15}{value:>8.4f}  {span:<16}{baseline if baseline is not None else '':>9}")
    print(f"  always the majority: {max(rate, 1 - rate):.4f}; alerts for {ALERT_RATE:.0%} of rows: precision {precision:.3f}, recall {recall:.3f}")
    return {"rows": len(rows), "baseRate": rate, "seconds": seconds, "figures": found, "intervals": between,
            "alertPrecision": precision, "alertRecall": recall}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=HERE.parent / "build/release/handrail")
    parser.add_argument("--only", default=",".join(TASKS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    flags = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        program = Program(flags.binary, flags.seed, Path(folder))
        for name in flags.only.split(","):
            words, file, run = TASKS[name]
            if not file.exists():
                print(f"{words}: skipped, {file.name} is not there")
                continue
            rows, seconds = run(program)
            results[name] = show(name, words, rows, seconds, flags.seed)
    if flags.json:
        flags.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
