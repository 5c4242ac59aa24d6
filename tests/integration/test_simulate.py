# SPDX-License-Identifier: Apache-2.0
"""`handrail simulate` against a running server: it keeps its seed, and holds the server to what it acknowledged."""
import concurrent.futures
import json
import subprocess
import time

from served import ServedCase
from serving import BINARY

CONFLICTING = 6


class Simulated(ServedCase):
    def simulate(self, *flags, server=None, within=60):
        command = [str(BINARY), "simulate", "--server", f"127.0.0.1:{(server or self.server).port}", *map(str, flags)]
        return subprocess.run(command, capture_output=True, text=True, timeout=within, check=False)

    def result(self, *flags):
        done = self.simulate("--json", *flags)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)


class Population(Simulated):
    def test_a_short_run_holds(self):
        result = self.result("--rate", 150, "--duration", 12, "--seed", 11)
        self.assertGreater(result["events"], 1400)
        self.assertEqual((result["undelivered"], result["rejected"], result["statuses"]), (0, 0, {"200": result["attempts"]}))
        self.assertLess(result["ackMs"]["p50"], 100)
        back = result["readBack"]
        self.assertTrue(back["holds"])
        self.assertEqual((back["events"], back["folded"], back["missing"], back["twice"]), (result["events"], result["events"], 0, 0))
        offers = result["offers"]
        self.assertGreater(offers["pushed"], 0)
        self.assertEqual((back["displayed"], back["displayedOnce"], sum(offers["responses"].values())), (offers["pushed"],) * 3)
        self.assertEqual(result["struggleToOfferMs"]["count"], offers["pushed"])
        self.assertEqual(result["states"]["bot"]["offered"], 0)

    def test_a_seed_that_the_server_knows_is_refused(self):
        self.result("--rate", 20, "--duration", 1, "--seed", 12, "--streams", 0)
        again = self.simulate("--rate", 20, "--duration", 1, "--seed", 12)
        self.assertEqual(again.returncode, CONFLICTING)
        self.assertIn("another --seed", again.stderr)

    def test_what_it_cannot_do_is_said(self):
        done = self.simulate("--rate", 1000, "--visitors", 10)
        self.assertEqual(done.returncode, 2)
        self.assertIn("take 1508 or more", done.stderr)
        self.assertEqual(subprocess.run([str(BINARY), "simulate", "--server", "127.0.0.1:1"], capture_output=True, timeout=10, check=False).returncode, 1)


class Recording(Simulated):
    def test_one_seed_gives_one_day(self):
        days = []
        for _ in range(2):
            path = self.folder / "day.ndjson"
            self.result("--rate", 60, "--duration", 3, "--seed", 13, "--batch", 20, "--streams", 0, "--record", path)
            days.append(path.read_text())
            self.server.stop()
            self.server.data = self.folder / f"data-{len(days)}"
            self.server.start()
        self.assertEqual(days[0], days[1])
        first = json.loads(days[0].splitlines()[0])
        self.assertEqual((first["path"], first["body"]["v"], first["body"]["sentAt"]), ("/h/e", 1, first["at"]))


class Refusing(Simulated):
    flags = ("--server.requests_per_second", 60)

    def test_what_is_refused_is_sent_again_and_counts_once(self):
        result = self.result("--rate", 150, "--duration", 2, "--seed", 14, "--streams", 20)
        self.assertGreater(result["statuses"].get("429", 0), 0)
        self.assertEqual(result["undelivered"], 0)
        self.assertTrue(result["readBack"]["holds"])
        self.assertEqual(result["readBack"]["folded"], result["events"])


class Stopping(Simulated):
    def test_what_a_restart_cuts_off_is_sent_again_and_counts_once(self):
        self.server.listen = f"127.0.0.1:{self.server.port}"
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            simulated = pool.submit(self.simulate, "--json", "--rate", 200, "--duration", 5, "--seed", 15, "--streams", 0)
            time.sleep(2)
            self.server.kill()  # from this thread: a server does not outlive the one that started it
            self.server.start()
            done = simulated.result()
        result = json.loads(done.stdout)
        self.assertGreater(result["statuses"].get("0", 0), 0, "the restart was felt")
        self.assertEqual((done.returncode, result["undelivered"]), (0, 0), done.stdout)
        self.assertEqual(result["readBack"]["folded"], result["events"])


if __name__ == "__main__":
    import unittest
    unittest.main()
