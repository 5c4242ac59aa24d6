# SPDX-License-Identifier: Apache-2.0
"""`handrail replay`: the same decisions as the server's, none under the same policy that differ, and the why of those that do."""
import json
import os
import shutil
import subprocess

from served import ServedCase
from serving import BINARY, now_ms, wait_for


class ReplayCase(ServedCase):
    """A server that has seen a few thousand events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulate(21)

    @classmethod
    def simulate(cls, seed):
        subprocess.run([str(BINARY), "simulate", "--server", f"127.0.0.1:{cls.server.port}", "--rate", "150", "--duration", "16", "--seed", str(seed)],
                       check=True, capture_output=True, timeout=90)

    def replay(self, *flags, code=0):
        done = subprocess.run([str(BINARY), "replay", "--data", str(self.folder / "data"), *map(str, flags)], capture_output=True, text=True,
                              timeout=30, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout) if "--json" in flags else done.stdout + done.stderr

    def policy(self, text):
        path = self.folder / "draft.toml"
        path.write_text("[policy]\n" + text)
        return path


class Replayed(ReplayCase):
    def test_it_decides_as_the_server_did(self):
        """Under a policy that never qualifies, every decision of the server is a difference: each is the server's own."""
        result = self.replay("--json", "--policy", self.policy("qualify_risk = 100\npersistent_risk = 100\n"))
        self.assertGreater(result["before"]["decisions"], 3)
        self.assertEqual((result["after"]["decisions"], len(result["differences"])), (0, result["before"]["decisions"]))
        for difference in result["differences"]:
            self.assertIsNone(difference["after"])
            answer = self.server.get(f"/v1/decisions/{difference['before']['id']}").json
            answer.pop("exposure")  # what became of it is no part of the decision
            self.assertEqual(answer, difference["before"])
        self.assertEqual(result["before"]["offers"], self.server.metric("handrail_decisions_total", '{outcome="offer",rule="rising_edge"}'))

    def test_the_same_policy_decides_the_same(self):
        same = self.replay("--json", "--policy", self.policy("qualify_risk = 75\n"))
        self.assertEqual((same["differences"], same["before"]), ([], same["after"]))
        self.assertEqual(same["before"]["hash"], self.replay("--json")["before"]["hash"])
        self.assertIn("0 differences", self.replay("--policy", self.policy("qualify_risk = 75\n")))

    def test_what_differs_says_why(self):
        result = self.replay("--json", "--policy", self.policy("needs_agent = true\n"))
        self.assertEqual(result["summary"]["turned"], {"agent": result["before"]["offers"]})
        self.assertEqual(result["summary"]["offersFewer"], result["before"]["offers"])
        text = self.replay("--policy", self.policy("needs_agent = true\n"), "--limit", 1)
        self.assertIn("agent: passes -> rejects", text)
        self.assertIn("nobody is available at the desk", text)

    def test_a_span(self):
        whole = self.replay("--json")
        middle = whole["end"] // 2
        first, rest = self.replay("--json", "--to", middle), self.replay("--json", "--from", middle)
        self.assertEqual((first["end"], rest["end"], rest["records"]), (middle, whole["end"], whole["records"]))
        self.assertEqual(first["before"]["decisions"] + rest["before"]["decisions"], whole["before"]["decisions"])
        self.assertEqual(self.replay("--json", "--from", "2001-01-01")["before"], whole["before"])
        self.assertEqual(self.replay("--json", "--to", "2001-01-01T00:00:00Z")["records"], 0)
        self.assertIn("must be an offset or a time", self.replay("--from", "yesterday", code=2))

    def test_it_writes_nothing_and_needs_a_log(self):
        before = {path: os.stat(path).st_mtime_ns for path in (self.folder / "data").rglob("*.seg")}
        self.replay()
        self.assertEqual({path: os.stat(path).st_mtime_ns for path in before}, before)
        done = subprocess.run([str(BINARY), "replay", "--data", str(self.folder / "none")], capture_output=True, text=True, check=False, timeout=10)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertFalse((self.folder / "none").exists())
        self.assertIn("unknown key", self.replay("--policy", self.policy("qualify_rsk = 1\n"), code=3))

    def test_an_event_that_came_twice_counts_once_here_too(self):
        event = {"eventId": "twice-1", "eventType": "struggle_signal", "userId": "replayed-twice", "sessionId": "s", "timestamp": now_ms(),
                 "eventData": {"feature": "f", "attemptCount": 2}}
        before = self.replay("--json")
        for _ in range(2):
            self.assertEqual(self.server.post("/api/events/track", event).status, 200)
        after = self.replay("--json")
        self.assertEqual((after["records"], after["duplicates"], after["before"]), (before["records"] + 2, before["duplicates"] + 1, before["before"]))


class FromSnapshots(ReplayCase):
    def test_it_begins_on_any_day_with_that_day_s_state(self):
        """The same span, from a snapshot and from the log's beginning: the same decisions, to the hash."""
        snapshots = self.folder / "data" / "snapshots"
        shutil.rmtree(snapshots, ignore_errors=True)
        self.server.stop()
        self.server.start()  # none of today: one is made at once
        self.assertTrue(wait_for(lambda: any(snapshots.glob("*Z/MANIFEST"))))
        begin = int(self.server.metric("handrail_stream_append_offset"))
        self.simulate(22)
        draft = self.policy("qualify_risk = 60\n")
        short = self.replay("--json", "--from", begin, "--policy", draft)
        self.assertEqual(short["snapshot"], next(snapshots.glob("*Z")).name)
        self.assertIn("snapshot", self.replay("--from", begin))
        shutil.move(snapshots, self.folder / "aside")
        whole = self.replay("--json", "--from", begin, "--policy", draft)
        self.assertIsNone(whole["snapshot"])
        self.assertEqual((short["begin"], whole["begin"]), (begin, 0))
        self.assertGreater(short["before"]["decisions"], 3)
        for what in ("before", "after", "summary", "differences", "compared"):
            self.assertEqual(short[what], whole[what])
        self.assertEqual(self.replay("--json", "--from", begin)["before"]["hash"], whole["before"]["hash"])


if __name__ == "__main__":
    import unittest
    unittest.main()
