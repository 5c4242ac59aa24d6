# SPDX-License-Identifier: Apache-2.0
"""Data that earlier versions wrote: taken up, upgraded and gone on with; what a newer one wrote is refused by name.

tests/fixtures/*.tar.xz hold a data folder as one version left it, and seen.json: what its API answered. One is added with each
version that changes a format, and none is made anew."""
import json
import shutil
import subprocess
import tarfile
import tempfile
import pathlib
import unittest

from served import batch, fact
from serving import BINARY, ROOT, Server, wait_for

FIXTURES = sorted((ROOT / "tests" / "fixtures").glob("*.tar.xz"))
COLLECTIONS = ("events", "journeys", "signals", "decisions", "interventions")
SMALL = ("--log.segment_bytes", str(1 << 20), "--log.block_bytes_max", str(256 << 10))


def without_what_came_later(now, then):
    """The members that the version then knew; what came since may be added, never changed."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {name: without_what_came_later(now.get(name), value) for name, value in then.items()}
    if isinstance(then, list) and isinstance(now, list) and len(now) == len(then):
        return [without_what_came_later(a, b) for a, b in zip(now, then)]
    return now


class Upgrades(unittest.TestCase):
    maxDiff = 4000

    def taken_up(self, fixture):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-fixture-"))
        self.addCleanup(shutil.rmtree, folder, True)
        with tarfile.open(fixture) as packed:
            packed.extractall(folder)
        server = Server(folder / "data", *SMALL)
        self.addCleanup(server.close)
        return server, json.loads((folder / "seen.json").read_text())

    def test_there_are_fixtures(self):
        self.assertGreaterEqual(len(FIXTURES), 3)

    def test_each_is_read_as_it_was_and_gone_on_with(self):
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                server, seen = self.taken_up(fixture)
                server.start()
                for round_number in range(2):  # as it is taken up, and as it was written again
                    for visitor in ("phone", "laptop", "otto"):
                        for collection in COLLECTIONS:
                            rows = server.rows(visitor, collection, patience=10)
                            then = seen[visitor][collection]
                            self.assertGreaterEqual(len(rows), len(then))
                            if collection in ("journeys", "interventions"):  # time goes on: they end, and offers expire
                                self.assertLessEqual({row["id"] for row in then}, {row["id"] for row in rows})
                                continue
                            newest = max((row.get("offset", 0) for row in then), default=0)
                            known = [row for row in rows if row.get("offset", 0) <= newest]
                            self.assertEqual(without_what_came_later(known, then), then, f"{visitor} {collection}")
                    talk = server.get(f"/v1/desk/conversations/{seen['conversation']['conversation']['id']}").json
                    self.assertEqual([m["text"] for m in talk["messages"]], [m["text"] for m in seen["conversation"]["messages"]])
                    sites = {s["id"]: s for s in server.get("/v1/sites").json["items"]}
                    self.assertEqual(sites["shop"]["origins"], ["https://shop.example"])
                    self.assertTrue(wait_for(lambda: "old reader" in server.get("/v1/credentials?site=shop").body.decode()))
                    # The laptop said "never again": what was decided then still holds.
                    self.assertEqual(server.post("/h/e", batch("laptop", [fact(100 + round_number, "after", {})])).status, 200)
                    server.stop()
                    server.start()
                server.stop()
                done = subprocess.run([BINARY, "replay", "--data", server.data, "--json"], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(json.loads(done.stdout)["undecodable"], 0)

    def test_a_newer_one_is_refused_by_name(self):
        server, _ = self.taken_up(FIXTURES[-1])
        segment = sorted((pathlib.Path(server.data) / "log").glob("*.seg"))[0]
        content = bytearray(segment.read_bytes())
        content[8] = 99  # the format version, after the magic
        segment.write_bytes(content)
        done = subprocess.run([BINARY, "serve", "--data", server.data, "--listen", "127.0.0.1:0", *SMALL], capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("99", done.stderr)
        self.assertIn("newer", done.stderr)


if __name__ == "__main__":
    unittest.main()
