# SPDX-License-Identifier: Apache-2.0
"""The control group: drawn once, given no help, recorded beside those who got it, with what became of both."""
import csv
import io
import json
import subprocess
import unittest

from served import ServedCase, batch, fact, fresh, struggle
from serving import BINARY


class Outcomes(ServedCase):
    flags = ("--policy.holdout_percent", "50")
    visitors = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = [fresh("drawn") for _ in range(cls.visitors)]
        for name in cls.names:
            assert cls.server.post("/h/e", batch(name, [struggle()])).status == 200
        cls.decisions = {name: cls.server.rows(name, "decisions")[0] for name in cls.names}

    def exposures(self, limit=500):
        items, before = [], ""
        while True:
            page = self.server.get(f"/v1/exposures?limit={limit}{before}").json
            self.assertLessEqual(len(page["items"]), limit)
            items += page["items"]
            if page["next"] is None:
                return items
            before = f"&before={page['next']}"

    def named(self, arm):
        return [name for name, decision in self.decisions.items() if decision["arm"] == arm]

    def test_both_arms_are_drawn_and_only_one_gets_help(self):
        self.assertGreater(len(self.named("help")), 5)
        self.assertGreater(len(self.named("control")), 5)
        for name, decision in self.decisions.items():
            self.assertEqual(decision["helpProbability"], 0.5)
            offers = self.server.rows(name, "interventions") or []
            self.assertEqual(len(offers), 1 if decision["arm"] == "help" else 0, decision)
            gate = next(g for g in decision["gates"] if g["gate"] == "holdout")
            self.assertEqual(gate["verdict"], "pass" if decision["arm"] == "help" else "reject")

    def test_who_is_held_out_sees_nothing_on_any_way(self):
        name = self.named("control")[0]
        self.assertEqual(self.server.get(f"/api/interventions/{name}/pending").json.get("hasIntervention", False), False)
        polled = self.server.get(f"/v1/stream?anonymousId={name}&wait=0", headers={"Accept": "application/json"})
        self.assertNotIn("intervention", json.dumps(polled.json))

    def test_every_exposure_is_listed_once_in_pages(self):
        seen = [e["visitor"] for e in self.exposures(limit=7)]
        self.assertEqual(sorted(set(seen)), sorted(seen))
        self.assertLessEqual(set(self.names), set(seen))
        self.assertProblem(self.server.get("/v1/exposures?before=nothex"), 400, "out_of_range", "before")
        self.assertEqual(self.server.get("/v1/exposures?limit=501").status, 400)

    def test_what_became_of_them(self):
        helped, held_out = self.named("help")[1], self.named("control")[1]
        offer = self.server.rows(helped, "interventions")[0]
        self.assertEqual(self.server.post(f"/v1/interventions/{offer['id']}/displayed", {"anonymousId": helped}).status, 200)
        for name in (helped, held_out):
            self.accept(name, [fact(2, "goal", {"name": "loan"})])
            self.assertEqual(self.server.rows(name, "journeys")[0]["outcome"]["kind"], "goal")
        for name, was_seen in ((helped, True), (held_out, False)):
            decision = self.server.get(f"/v1/decisions/{self.decisions[name]['id']}").json
            exposure = decision["exposure"]
            self.assertEqual(exposure["outcome"]["kind"], "goal")
            self.assertEqual(exposure["outcome"]["goal"], "loan")
            self.assertEqual(exposure["displayedAt"] is not None, was_seen)
            self.assertIn(exposure, self.exposures())
        text = self.server.get("/metrics").body.decode()
        for arm in ("help", "control"):
            self.assertIn(f'handrail_outcomes_total{{arm="{arm}",outcome="goal"}} 1', text)

    def test_arm_and_outcome_outlive_a_kill(self):
        before = {e["decisionId"]: e["arm"] for e in self.exposures()}
        self.server.kill()
        self.server.start()
        self.assertEqual({e["decisionId"]: e["arm"] for e in self.exposures()}, before)

    def test_the_command_line_gives_a_table_to_analyse(self):
        def run(*words):
            done = subprocess.run([BINARY, "exposures", *words, "--server", f"127.0.0.1:{self.server.port}"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        lines = [json.loads(line) for line in run("--json").splitlines()]
        self.assertEqual(lines, self.exposures())
        rows = list(csv.DictReader(io.StringIO(run())))
        self.assertEqual([r["decision_id"] for r in rows], [e["decisionId"] for e in lines])
        self.assertEqual({r["arm"] for r in rows}, {"help", "control"})
        self.assertEqual({r["help_probability"] for r in rows}, {"0.5"})


if __name__ == "__main__":
    unittest.main()
