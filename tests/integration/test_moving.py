# SPDX-License-Identifier: Apache-2.0
"""Moving house: out of one data folder and into another, with what was known and decided; interrupted, it goes on."""
import json
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from served import batch, fact, fresh, struggle
from serving import BINARY, Server, end_with_the_parent

COLLECTIONS = ("events", "journeys", "signals", "decisions", "interventions")
SMALL = ("--log.segment_bytes", str(1 << 20), "--log.block_bytes_max", str(256 << 10))


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120)


class Moving(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def serve(self, data, *flags):
        server = Server(self.folder / data, *SMALL, *flags)
        self.addCleanup(server.close)
        return server.start()

    def export(self, data, crate="crate"):
        done = run("export", self.folder / crate, "--data", self.folder / data, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["sections"]

    def import_(self, data, crate="crate"):
        done = run("import", self.folder / crate, "--data", self.folder / data, "--json", *SMALL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["sections"]

    def assertRefused(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def lived_in(self, data="old", visitors=40):
        """A house in which something happened, stopped; gives what its server answered last."""
        server = self.serve(data)
        names = [fresh("moved") for _ in range(visitors)]
        for i, name in enumerate(names):
            events = [fact(seq, "word", {"text": name * 20}) for seq in range(1, 30)]
            self.assertEqual(server.post("/h/e", batch(name, events)).status, 200)
            if i % 4 == 0:
                self.assertEqual(server.post("/h/e", batch(name, [struggle(30)])).status, 200)
        self.assertEqual(server.post("/v1/sites", {"id": "shop", "origins": ["https://shop.example"]}).status, 200)
        self.assertEqual(server.ask("PUT", "/v1/sites/default/rules/draft", {"policy": {"cooldown_s": 77}}).status, 200)
        offer = server.rows(names[0], "interventions")[0]
        self.assertEqual(server.post(f"/v1/interventions/{offer['id']}/displayed", {"anonymousId": names[0]}).status, 200)
        self.assertEqual(server.post(f"/v1/interventions/{offer['id']}/snoozed", {"anonymousId": names[0]}).status, 200)
        gone = fresh("gone")
        self.assertEqual(server.post("/h/e", batch(gone, [struggle()])).status, 200)
        self.assertEqual(server.ask("DELETE", f"/v1/visitors/{gone}").status // 100, 2)
        told = {"rows": self.rows(server, names), "sites": server.get("/v1/sites").json, "gone": gone,
                "rules": server.get("/v1/sites/default/rules").json, "acts": server.get("/v1/acts").json["items"]}
        self.assertEqual(server.stop(), 0)
        return names, told

    def interrupted(self, *words):
        """The command, killed at later and later moments, until it comes to its end. A kill between
        the last thing it does and its exit code leaves it finished, as it says when asked again."""
        killed, patience = 0, 0.01
        while True:
            process = subprocess.Popen([BINARY, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=end_with_the_parent)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
            told = process.communicate()[1].decode()
            if process.returncode == 0 or (process.returncode == 6 and re.search("holds (a finished export|data) already", told)):
                self.assertGreater(killed, 0)
                return
            self.assertEqual(process.returncode, -9, told)
            killed += 1
            patience *= 1.2

    def rows(self, server, names):
        return {name: {c: server.rows(name, c) for c in COLLECTIONS} for name in names}

    def without_offsets(self, told):
        """Offsets are places in a log, and the log is another."""
        if isinstance(told, dict):
            return {k: self.without_offsets(v) for k, v in told.items() if k != "offset"}
        return [self.without_offsets(v) for v in told] if isinstance(told, list) else told

    def test_all_that_was_known_is_known_in_the_new_house(self):
        names, told = self.lived_in()
        exported = self.export("old")
        self.assertEqual(exported["visitors"]["count"], len(names))
        self.assertEqual(exported["records"]["count"], 29 * len(names) + len(names) // 4 + 2)
        self.assertEqual(exported["erased"]["count"], 1)
        self.assertEqual(self.import_("new"), exported)
        server = self.serve("new")
        self.assertEqual(self.without_offsets(self.rows(server, names)), self.without_offsets(told["rows"]))
        self.assertEqual(server.get("/v1/sites").json, told["sites"])
        self.assertEqual(self.without_offsets(server.get("/v1/sites/default/rules").json), self.without_offsets(told["rules"]))
        self.assertEqual(self.without_offsets(server.get("/v1/acts").json["items"]), self.without_offsets(told["acts"]))
        self.assertIsNone(server.rows(told["gone"], "events"))
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.export("new", "again"), exported)

    def test_killed_again_and_again_it_goes_on_and_comes_to_the_same(self):
        self.lived_in(visitors=300)
        expected = self.export("old", "at-once")
        self.interrupted("export", self.folder / "crate", "--data", self.folder / "old", "--part-bytes", 50_000)
        self.assertGreater(len(list((self.folder / "crate").glob("part-*"))), 2)
        checked = run("import", self.folder / "crate", "--check", "--json")
        self.assertEqual(json.loads(checked.stdout)["sections"], expected)
        self.interrupted("import", self.folder / "crate", "--data", self.folder / "new", *SMALL)
        self.assertFalse((self.folder / "new" / "importing").exists())
        verified = run("import", self.folder / "crate", "--verify", "--data", self.folder / "new", "--json")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertEqual(json.loads(verified.stdout)["sections"], expected)
        server = self.serve("new")
        self.assertEqual(server.get("/readyz").status, 200)
        self.assertEqual(server.stop(), 0)

    def test_who_is_in_the_way_is_named_and_nothing_is_changed(self):
        self.lived_in(visitors=3)
        server = self.serve("old")
        self.assertRefused(run("export", self.folder / "crate", "--data", self.folder / "old"), 6, "another handrail process", "stop the server first")
        server.kill()
        self.assertRefused(run("export", self.folder / "crate", "--data", self.folder / "old"), 6, "not stopped cleanly")
        server.start()
        self.assertEqual(server.stop(), 0)
        self.export("old")
        self.assertRefused(run("export", self.folder / "crate", "--data", self.folder / "old"), 6, "holds a finished export already")
        self.assertRefused(run("import", self.folder / "crate", "--data", self.folder / "old"), 6, "holds data already")
        self.assertRefused(run("import", self.folder / "nothing", "--data", self.folder / "new"), 4, "no finished export")
        for path in (self.folder / "crate").iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_what_is_damaged_is_named_before_anything_is_written(self):
        self.lived_in(visitors=3)
        self.export("old")
        part = self.folder / "crate" / "part-000000"
        whole = part.read_bytes()
        part.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        self.assertRefused(run("import", self.folder / "crate", "--data", self.folder / "new"), 8, "part-000000", "checksum")
        self.assertFalse((self.folder / "new").exists())

    def test_no_server_starts_on_half_a_house(self):
        self.lived_in(visitors=3)
        self.export("old")
        (self.folder / "new" / "importing").mkdir(parents=True)
        server = Server(self.folder / "new")
        self.addCleanup(server.close)
        with self.assertRaises(RuntimeError):
            server.start()
        self.assertIn("repeat handrail import", server.error_text())
        self.import_("new")
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_verify_says_what_is_not_the_same(self):
        names, _ = self.lived_in(visitors=3)
        self.export("old")
        self.import_("new")
        server = self.serve("new")
        self.assertEqual(server.post("/h/e", batch(names[0], [fact(31)])).status, 200)
        self.assertEqual(server.stop(), 0)
        self.assertRefused(run("import", self.folder / "crate", "--verify", "--data", self.folder / "new"), 8, "records: ", "visitors: as many as there should be, but not the same")


if __name__ == "__main__":
    unittest.main()
