# SPDX-License-Identifier: Apache-2.0
"""`handrail doctor`: one line a check, what was found and what to do, and an exit code for scripts."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from served import Server
from serving import BINARY

CHECKS = ["configuration", "data folder", "disk", "sync", "open files", "memory", "cpus", "clock", "port"]
CHECK_FAILED = 8


class Doctor(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def doctor(self, *flags, prefix=()):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
        done = subprocess.run([*prefix, str(BINARY), "doctor", "--data", str(self.folder / "data"), *map(str, flags)], capture_output=True, text=True,
                              timeout=60, check=False, cwd=self.folder, env=environment)
        return done.returncode, done.stdout

    def findings(self, *flags, prefix=()):
        code, out = self.doctor("--json", *flags, prefix=prefix)
        result = json.loads(out)
        self.assertEqual([c["check"] for c in result["checks"]], CHECKS)
        failed = [c for c in result["checks"] if c["verdict"] == "fail"]
        self.assertEqual((code, result["ok"]), (CHECK_FAILED, False) if failed else (0, True), out)
        for check in result["checks"]:
            self.assertIn(check["verdict"], ("ok", "warn", "fail"))
            self.assertTrue(check["found"])
            self.assertEqual(bool(check["todo"]), check["verdict"] != "ok", check)
        return {c["check"]: c for c in result["checks"]}

    def test_a_machine_that_will_do(self):
        found = self.findings("--listen", "127.0.0.1:0", "--server.connections_max", 100)
        for check in ("configuration", "data folder", "open files", "cpus", "port"):
            self.assertEqual(found[check]["verdict"], "ok", found[check])
        self.assertIn("fdatasync p50", found["sync"]["found"])
        self.assertEqual(list(self.folder.iterdir()), [], "nothing is left behind")
        code, out = self.doctor("--listen", "127.0.0.1:0", "--server.connections_max", 100)
        self.assertEqual(code, 0, out)
        self.assertLess(len(out.splitlines()), 24, "one screen")

    def test_what_is_wrong_is_named(self):
        self.assertIn("rearm_risk", self.findings("--policy.rearm_risk", 90)["configuration"]["found"])
        self.assertIn("not an IP address", self.findings("--listen", "nowhere:80")["configuration"]["found"])
        self.assertEqual(self.findings("--state.visitors_in_memory", 100_000_000)["memory"]["verdict"], "fail")
        few = self.findings("--server.connections_max", 100_000, prefix=("bash", "-c", 'ulimit -n 1000; exec "$@"', "bash"))
        self.assertIn("LimitNOFILE=100512", few["open files"]["todo"])
        self.assertEqual(self.findings("--engine.partitions", 64)["cpus"]["verdict"], "warn")

    def test_a_folder_in_the_way(self):
        (self.folder / "data").write_text("")
        self.assertIn("is not a folder", self.findings()["data folder"]["found"])

    def test_beside_a_running_server(self):
        server = Server(self.folder / "data")
        self.addCleanup(server.close)
        server.start()
        found = self.findings("--listen", f"127.0.0.1:{server.port}")
        self.assertIn("a server uses it now", found["data folder"]["found"])
        self.assertEqual(found["port"]["verdict"], "fail")
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
