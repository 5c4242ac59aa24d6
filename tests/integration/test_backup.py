# SPDX-License-Identifier: Apache-2.0
"""Backups of a running server, whole and usable; restored, the server goes on from there, and who was erased stays so."""
import json
import os
import pathlib
import shutil
import subprocess
import threading
import unittest

from served import ServedCase, batch, fact, fresh, struggle
from serving import BINARY, Server, wait_for

COLLECTIONS = ("events", "journeys", "signals", "decisions", "interventions")


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120)


class Backups(ServedCase):
    flags = ("--erasure.every_s", "1", "--log.segment_bytes", str(1 << 20), "--log.block_bytes_max", str(256 << 10), "--backup.keep", "3")

    def make(self):
        answer = self.server.post("/v1/backups", None)
        self.assertEqual(answer.status, 202, answer)
        self.assertTrue(wait_for(lambda: self.listed()["underWay"] is None))
        self.assertIsNone(self.listed()["failed"])
        return next(one for one in self.listed()["items"] if one["name"] == answer.json["name"])

    def listed(self):
        answer = self.server.get("/v1/backups")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def folder_of(self, backup):
        return self.folder / "data" / "backups" / backup["name"]

    def restored(self, folder, *words):
        data = self.folder / fresh("restored")
        done = run("restore", folder, "--data", data, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        server = Server(data, *self.flags)
        self.addCleanup(server.close)
        return server.start()

    def rows(self, server, visitor):
        return {c: server.rows(visitor, c) for c in COLLECTIONS}

    def test_what_was_backed_up_is_there_again_and_goes_on(self):
        visitor = fresh()
        self.offer_to(visitor)
        self.accept(visitor, [fact(2, "goal", {"name": "loan"})])
        self.assertEqual(self.server.ask("PUT", "/v1/sites/default/rules/draft", {"policy": {"cooldown_s": 77}}).status, 200)
        before = self.rows(self.server, visitor)
        backup = self.make()
        later = fresh()
        self.accept(later, [fact(1)])
        self.assertEqual(run("backup", "verify", self.folder_of(backup)).returncode, 0)
        server = self.restored(self.folder_of(backup))
        self.assertEqual(self.rows(server, visitor), before)
        self.assertIsNone(server.rows(later, "events"))
        self.assertEqual(server.get("/v1/sites/default/rules").json["draft"]["rules"]["policy"]["cooldown_s"], 77)
        self.assertEqual(server.post("/h/e", batch(visitor, [fact(3)])).status, 200)
        self.assertEqual(server.rows(visitor, "events")[0]["seq"], 3)
        self.assertEqual(server.stop(), 0)
        self.assertIn("backup.begun", [a["what"] for a in self.server.get("/v1/acts").json["items"]])

    def test_under_load_every_backup_is_whole_and_holds_what_was_acknowledged_before(self):
        sent, stop = [], threading.Event()

        def send(name):
            count = 0
            while not stop.is_set():
                visitor = f"{name}-{count}"
                if self.server.post("/h/e", batch(visitor, [fact(i + 1, "word", {"text": "y" * 300}) for i in range(10)])).status == 200:
                    sent.append(visitor)
                count += 1

        senders = [threading.Thread(target=send, args=(fresh("busy"),)) for _ in range(2)]
        for sender in senders:
            sender.start()
        try:
            backups = []
            for _ in range(4):
                self.assertTrue(wait_for(lambda n=len(sent): len(sent) > n + 50, within=20))
                acknowledged = list(sent)
                backups.append((self.make(), acknowledged))
        finally:
            stop.set()
            for sender in senders:
                sender.join()
        listed = [b["name"] for b in self.listed()["items"]]
        self.assertEqual(listed, [b["name"] for b, _ in reversed(backups)][:3])  # the oldest went
        for backup, acknowledged in (backups[1], backups[3]):
            server = self.restored(self.folder_of(backup))
            for visitor in acknowledged[::7]:
                self.assertEqual(len(server.rows(visitor, "events", patience=20)), 10, visitor)
            self.assertEqual(server.stop(), 0)

    def test_damage_is_named_and_nothing_is_left_behind(self):
        self.accept(fresh(), [fact(1)])
        copy = self.folder / fresh("copy")
        shutil.copytree(self.folder_of(self.make()), copy)
        segment = next((copy / "log").glob("*.seg"))
        bytes_of = bytearray(segment.read_bytes())
        bytes_of[5000] ^= 1
        segment.write_bytes(bytes_of)
        for words in (("backup", "verify", copy), ("restore", copy, "--data", self.folder / "nothing")):
            done = run(*words)
            self.assertEqual(done.returncode, 8, done)
            self.assertIn(segment.name, done.stderr)
        self.assertFalse((self.folder / "nothing" / "log").exists())
        manifest = copy / "MANIFEST"
        manifest.write_text(manifest.read_text().replace("handrail-copy 1", "handrail-copy 2"))
        self.assertIn("newer than this program", run("backup", "verify", copy).stderr)

    def test_data_that_is_there_is_never_written_over(self):
        backup = self.make()
        done = run("restore", self.folder_of(backup), "--data", self.folder / "data")
        self.assertEqual(done.returncode, 6, done)
        self.assertIn("holds data already", done.stderr)
        self.assertEqual(run("restore", self.folder / "nowhere", "--data", self.folder / "new").returncode, 4)

    def test_who_is_erased_goes_from_the_backups_too_and_from_what_is_restored(self):
        visitor, other = fresh("canaryBackedUp"), fresh("other")
        self.accept(visitor, [struggle()])
        self.accept(other, [struggle()])
        backup = self.make()
        elsewhere = self.folder / fresh("elsewhere")
        shutil.copytree(self.folder_of(backup), elsewhere)
        self.assertEqual(self.server.ask("DELETE", f"/v1/visitors/{visitor}").status, 200)
        self.assertTrue(wait_for(lambda: all(e["goneAt"] for e in self.server.get("/v1/erasures").json["items"]), within=30))
        kept = b"".join(f.read_bytes() for f in (self.folder / "data").rglob("*") if f.is_file())
        self.assertNotIn(visitor.encode(), kept)
        self.assertIn(other.encode(), b"".join(f.read_bytes() for f in self.folder_of(backup).rglob("*") if f.is_file()))
        self.assertEqual(run("backup", "verify", self.folder_of(backup)).returncode, 0)
        # One that was elsewhere meanwhile still holds the visitor: the list says who is to be forgotten.
        listed = self.folder / "data" / "backups" / "ERASED"
        self.assertNotIn(visitor, listed.read_text())
        for folder, words in ((elsewhere, ("--erased", listed)), (self.folder_of(backup), ())):
            server = self.restored(folder, *words)
            self.assertEqual(server.get(f"/v1/visitors/{visitor}/attributes").status, 404)
            self.assertIsNone(server.rows(visitor, "events"))
            self.assertEqual(len(server.rows(other, "decisions")), 1)
            self.assertEqual(server.post("/h/e", batch(visitor, [fact(7)])).status, 200)
            self.assertEqual([e["seq"] for e in server.rows(visitor, "events")], [7])  # a stranger
            server.stop()
            bytes_there = b"".join(f.read_bytes() for f in pathlib.Path(server.data).rglob("*") if f.is_file())
            self.assertNotIn(b"struggle_signal\x0f" + visitor.encode(), bytes_there)

    def test_damage_of_a_backup_is_not_taken_for_what_was_copied_when_it_is_written_anew(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        copy = self.folder_of(self.make())
        manifest, spoilt = (copy / "MANIFEST").read_text(), copy / "handrail.toml"
        then = os.stat(spoilt).st_mtime_ns
        spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"#")
        os.utime(spoilt, ns=(then, then))  # as a disk spoils it
        self.assertEqual(self.server.ask("DELETE", f"/v1/visitors/{visitor}").status, 200)
        self.assertTrue(wait_for(lambda: (copy / "MANIFEST").read_text() != manifest, within=20))
        self.assertIn("handrail.toml: damaged", run("backup", "verify", copy).stderr)

    def test_the_command_line_makes_and_lists(self):
        server = f"127.0.0.1:{self.server.port}"
        done = run("backup", "--server", server, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        made = json.loads(done.stdout)
        self.assertTrue(self.folder_of(made).is_dir())
        self.assertIn(made["name"], run("backup", "list", "--server", server).stdout)


if __name__ == "__main__":
    unittest.main()
