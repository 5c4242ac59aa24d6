# SPDX-License-Identifier: Apache-2.0
"""The figures: as documented, counted where they should be, and known to the alerts and the dashboard in deploy/."""
import json
import re
import shutil
import subprocess
import unittest

import yaml

from served import EventStream, ServedCase, fact, fresh, mission, struggle, wait_for
from serving import ROOT, now_ms

HISTOGRAM_PARTS = ("_bucket", "_count", "_sum")


class Exposed(ServedCase):
    def exposition(self):
        """name -> (type, help, labels), and the values of the series."""
        families, values = {}, {}
        for line in self.server.get("/metrics").body.decode().splitlines():
            if line.startswith("# HELP "):
                name, words = line[7:].split(" ", 1)
                families[name] = [None, words, set()]
            elif line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                families[name][0] = kind
            else:
                series, value = line.rsplit(" ", 1)
                values[series] = float(value)
                name = series.split("{")[0]
                base = name if name in families else name.rsplit("_", 1)[0]
                families[base][2] |= set(re.findall(r'(\w+)="', series)) - {"le"}
        return families, values


class Figures(Exposed):
    def test_the_document_is_what_the_server_says(self):
        families, _ = self.exposition()
        documented = {}
        of_a_server = (ROOT / "docs/metrics.md").read_text().split("\nOf a gateway before Kinesis")[0]
        for line in of_a_server.splitlines():
            row = re.match(r"\| `(handrail_\w+)` \| (\w+) \| (.*?) ?\| (.*) \|$", line)
            if row:
                name, kind, labels, words = row.groups()
                self.assertNotIn(name, documented)
                documented[name] = [kind, words, set(re.findall(r"`(\w+)`", labels))]
        self.assertEqual(documented, families)
        for name, (kind, _, _) in families.items():
            self.assertEqual(kind == "counter", name.endswith("_total"), name)

    def change(self, act, series):
        """By how much a series rises while `act` runs and is folded."""
        before = self.exposition()[1].get(series, 0)
        act()
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        return self.exposition()[1].get(series, 0) - before

    def test_events_are_counted_by_what_became_of_them(self):
        good_and_bad = lambda: self.send(fresh(), [fact(1), fact(2), fact(3, "click", {"click": 1})])  # noqa: E731
        self.assertEqual(self.change(good_and_bad, 'handrail_ingest_events_total{reason="durable",result="accepted"}'), 2)
        self.assertEqual(self.change(good_and_bad, 'handrail_ingest_events_total{reason="missing_field",result="rejected"}'), 1)
        self.assertEqual(self.change(good_and_bad, 'handrail_ingest_requests_total{code="200"}'), 1)
        self.assertEqual(self.change(lambda: self.server.post("/h/e", "{"), 'handrail_ingest_requests_total{code="400"}'), 1)
        self.assertEqual(self.change(lambda: self.server.post("/api/events/track", mission("m")), 'handrail_ingest_requests_total{code="200"}'), 1)
        self.assertEqual(self.change(lambda: self.server.post("/api/events/track", {}), 'handrail_ingest_events_total{reason="missing_field",result="rejected"}'), 1)
        self.assertEqual(self.change(good_and_bad, "handrail_ingest_ack_seconds_count"), 1)
        self.assertEqual(self.change(good_and_bad, "handrail_commit_batch_events_sum"), 2)
        self.assertEqual(self.change(good_and_bad, "handrail_commit_fsync_seconds_count"), 1)
        self.assertEqual(self.change(good_and_bad, "handrail_stream_append_offset"), 2)
        self.assertGreaterEqual(self.change(lambda: (good_and_bad(), self.server.rows("m", "events")), "handrail_state_write_seconds_count"), 1)

    def test_skew_repeats_late_ones_and_decisions(self):
        self.assertEqual(self.change(lambda: self.send(fresh(), [fact(1)], sentAt=now_ms() - 30_000), 'handrail_clock_skew_seconds_bucket{le="15"}'), 0)
        self.assertEqual(self.change(lambda: self.send(fresh(), [fact(1)], sentAt=now_ms() - 30_000), 'handrail_clock_skew_seconds_bucket{le="60"}'), 1)
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        self.assertEqual(self.change(lambda: self.accept(visitor, [fact(1)]), "handrail_dedup_hits_total"), 1)
        old = fact(2) | {"timestamp": now_ms() - 2 * 86_400_000}
        self.assertEqual(self.change(lambda: self.accept(visitor, [old]), "handrail_late_events_total"), 1)
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            stream.await_event("config")
            self.assertEqual(self.change(lambda: self.accept(visitor, [struggle(3)]), 'handrail_decisions_total{outcome="offer",rule="rising_edge"}'), 1)
            self.assertIsNotNone(stream.await_event("intervention"))
        self.assertGreater(self.server.metric("handrail_disk_free_ratio"), 0)


class Deployed(Exposed):
    """What deploy/ names exists: also of a server that has journeys read by a provider."""
    flags = ("--analyst.kind", "openai", "--analyst.url", "http://127.0.0.1:9/v1")

    def series(self):
        families, _ = self.exposition()
        names = set()
        for name, (kind, _, _) in families.items():
            names |= {name + part for part in HISTOGRAM_PARTS} if kind == "histogram" else {name}
        return names

    def assertKnown(self, expression):
        named = set(re.findall(r"\bhandrail_\w+", expression))
        self.assertLessEqual(named, self.series(), expression)
        return named

    def test_alerts(self):
        rules = yaml.safe_load((ROOT / "deploy/handrail.rules.yml").read_text())["groups"][0]["rules"]
        names = [rule["alert"] for rule in rules]
        self.assertEqual(len(names), len(set(names)))
        for rule in rules:
            self.assertTrue(self.assertKnown(rule["expr"]) or rule["alert"] == "HandrailDown")
            self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
            self.assertLessEqual({"summary", "description"}, set(rule["annotations"]))
            for word in re.findall(r"\b(?:commit|consumer|ingest)_\w+", rule["annotations"]["description"]):
                self.assertTrue(any(name.startswith("handrail_" + word) for name in self.series()), word)

    @unittest.skipUnless(shutil.which("promtool"), "promtool (Debian: prometheus) is not installed")
    def test_alerts_are_rules_to_prometheus(self):
        done = subprocess.run(["promtool", "check", "rules", str(ROOT / "deploy/handrail.rules.yml")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_dashboard(self):
        board = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))
        for panel in board["panels"]:
            self.assertTrue(panel["title"] and panel["description"] and panel["targets"])
            for target in panel["targets"]:
                self.assertTrue(self.assertKnown(target["expr"]))

    def test_the_unit(self):
        unit = (ROOT / "deploy/handrail.service").read_text()
        for line in ("Restart=on-failure", "LimitNOFILE=65536", "ProtectSystem=strict", "StateDirectory=handrail", "NoNewPrivileges=yes", "DynamicUser=yes"):
            self.assertIn(f"\n{line}\n", unit)
        flags = re.search(r"^ExecStart=\S+ serve (.*)$", unit, re.M).group(1)
        self.assertEqual(re.findall(r"--(\S+)", flags), ["config", "data"])

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_the_unit_is_one_to_systemd(self):
        done = subprocess.run(["systemd-analyze", "verify", str(ROOT / "deploy/handrail.service")], capture_output=True, text=True, check=False)
        faults = [line for line in (done.stdout + done.stderr).splitlines() if "handrail.service" in line and "is not executable" not in line]
        self.assertEqual(faults, [])



if __name__ == "__main__":
    unittest.main()
