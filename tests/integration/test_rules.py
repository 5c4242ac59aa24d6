# SPDX-License-Identifier: Apache-2.0
"""Rules: drafted, checked, published while the server runs, rolled back; each decision says which held."""
import json
import os
import subprocess
import tempfile
import threading
import time

from closed import ClosedCase
from served import EventStream, ServedCase, batch, fresh, struggle
from serving import BINARY, wait_for

RULES = "/v1/sites/default/rules"


def held(row):
    return row["rulesOf"], row["rulesVersion"]


def held_now(overview):
    return ("site", overview["version"]) if overview["version"] else ("configuration", overview["configurationVersion"])


def struggling(server):
    """A new visitor's decisions and signals."""
    visitor = fresh()
    assert server.post("/h/e", batch(visitor, [struggle()])).status == 200
    return server.rows(visitor, "decisions"), server.rows(visitor, "signals")


class Configured(ServedCase):
    def test_the_configuration_is_an_entry_of_the_log_when_it_changes(self):
        """Each version of [policy] holds from an instant of log time on, and a replay folds by the one that held."""
        server, configured = self.server, lambda: self.server.get(RULES).json["configurationVersion"]
        self.assertTrue(wait_for(lambda: configured() == 1))
        made = [struggling(server)]
        server.stop()
        server.start("--policy.qualify_risk", 95, "--policy.rearm_risk", 50)
        made.append(struggling(server))  # not two seconds later
        self.assertEqual([held(decisions[0]) for decisions, _ in made], [("configuration", 1)] * 2)
        self.assertTrue(wait_for(lambda: configured() == 2))
        decisions, signals = struggling(server)
        self.assertEqual((decisions, held(signals[0])), ([], ("configuration", 2)))
        server.kill()
        server.start("--policy.qualify_risk", 95, "--policy.rearm_risk", 50)
        _, signals = struggling(server)
        self.assertEqual((configured(), held(signals[0])), (2, ("configuration", 2)))
        changes = [act for act in server.get("/v1/acts").json["items"] if act["what"] == "configuration.changed"]
        self.assertEqual([act["detail"] for act in changes], ["version 2", "version 1"])
        never = self.folder / "never.toml"
        never.write_text("[policy]\nqualify_risk = 100\npersistent_risk = 100\n")
        done = subprocess.run([BINARY, "replay", "--data", server.data, "--policy", never, "--json"], capture_output=True, text=True, timeout=30, check=True)
        replayed = [difference["before"]["id"] for difference in json.loads(done.stdout)["differences"]]
        self.assertEqual(replayed, [decisions[0]["id"] for decisions, _ in made])


class Rules(ServedCase):
    def test_pages_that_are_connected_hear_how_to_work(self):
        with EventStream(self.server.port, f"/v1/stream?anonymousId={fresh()}") as stream:
            self.assertEqual(stream.await_event("config")["batchEvents"], 20)
            self.publish({"page": {"batchEvents": 7}})
            self.assertEqual(stream.await_event("config", 2)["batchEvents"], 7)
            polled = {}
            waiting = threading.Thread(target=lambda: polled.update(self.server.get(f"/v1/stream?anonymousId={fresh()}&wait=20", headers={"Accept": "application/json"}).json))
            waiting.start()
            self.publish({"page": {"batchEvents": 8, "autocapture": False}})
            waiting.join()
            self.assertEqual([e["data"]["batchEvents"] for e in polled["events"]], [7, 8])
            self.assertFalse(stream.await_event("config", 3)["autocapture"])
            self.publish({"page": {"batchEvents": 20, "autocapture": True}})
            self.assertTrue(stream.await_event("config", 4)["autocapture"])

    def publish(self, document, **body):
        self.assertEqual(self.server.ask("PUT", f"{RULES}/draft", document).status, 200)
        answer = self.server.ask("POST", f"{RULES}/publish", body)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def await_version(self, version):
        wait_for(lambda: self.server.get(RULES).json["version"] == version)

    def decision_of_a_struggle(self):
        visitor = fresh()
        self.assertEqual(self.server.post("/h/e", batch(visitor, [struggle()])).status, 200)
        decisions = self.server.get(f"/v1/visitors/{visitor}/decisions").json["items"]
        signals = self.server.get(f"/v1/visitors/{visitor}/signals").json["items"]
        return decisions[0] if decisions else None, signals[0]

    def test_a_publication_holds_from_its_moment_on_and_can_be_taken_back(self):
        base = self.server.get(RULES).json
        decision, _ = self.decision_of_a_struggle()
        self.assertEqual((decision["outcome"], held(decision)), ("offer", held_now(base)))
        published = self.publish({"policy": {"qualify_risk": 95, "rearm_risk": 50}}, note="quieter")
        now = time.time() * 1000
        self.assertGreater(published["effectiveAt"], now + 1000)
        self.assertLess(published["effectiveAt"], now + 3000)
        decision, _ = self.decision_of_a_struggle()  # still by the rules before
        self.assertEqual(held(decision), held_now(base))
        self.await_version(published["version"])
        decision, signal = self.decision_of_a_struggle()
        self.assertIsNone(decision)
        self.assertEqual(held(signal), ("site", published["version"]))
        back = self.server.ask("POST", f"{RULES}/rollback", {"version": base["version"]}).json
        self.assertEqual(back["version"], published["version"] + 1)
        self.await_version(back["version"])
        decision, _ = self.decision_of_a_struggle()
        self.assertEqual((decision["outcome"], held(decision)), ("offer", ("site", back["version"])))
        overview = self.server.get(RULES).json
        self.assertEqual([v["version"] for v in overview["versions"]][:2], [back["version"], published["version"]])
        self.assertEqual(overview["versions"][1]["note"], "quieter")
        self.assertIsNone(overview["draft"])
        acts = [a["what"] for a in self.server.get("/v1/acts").json["items"]]
        self.assertEqual(acts[:3], ["rules.rolled_back", "rules.published", "rules.drafted"])

    def test_they_outlive_a_restart_and_a_kill(self):
        published = self.publish({"weights": {"app_attempts": {"3": 0.5}}})
        self.await_version(published["version"])
        for end in (self.server.stop, self.server.kill):
            end()
            self.server.start()
            self.await_version(published["version"])
            _, signal = self.decision_of_a_struggle()
            self.assertEqual(held(signal), ("site", published["version"]))
        visitor = fresh()
        self.server.post("/h/e", batch(visitor, [struggle()]))
        self.assertLessEqual(self.server.get(f"/v1/visitors/{visitor}/attributes").json["struggle"], 50)
        back = self.server.ask("POST", f"{RULES}/rollback", {"version": 0}).json
        self.await_version(back["version"])

    def test_a_fault_is_named_and_nothing_is_kept(self):
        for document, field in (({"policy": {"qualify_risk": 101}}, "policy.qualify_risk"),
                                ({"policy": {"qualify_risk": "high"}}, "policy.qualify_risk"),
                                ({"policy": {"qualify_risc": 80}}, "policy.qualify_risc"),
                                ({"policy": {"qualify_risk": 50, "rearm_risk": 60}}, "policy.rearm_risk"),
                                ({"weights": {"rage_click": {"confirmed": 1.5}}}, "weights.rage_click.confirmed"),
                                ({"weights": {"rage_click": {"thrice": 0.5}}}, "weights.rage_click.thrice"),
                                ({"weights": {"rage": {}}}, "weights.rage"),
                                ({"goals": [{"name": "a"}, {"name": "a"}]}, "goals[1].name"),
                                ({"goals": [{"steps": []}]}, "goals[0].name"),
                                ({"goals": [{"name": "a", "steps": [1]}]}, "goals[0].steps"),
                                ({"privacy": {"fields": {"email": "keep"}}}, "privacy.fields.email")):
            for method, path in (("POST", f"{RULES}/validate"), ("PUT", f"{RULES}/draft")):
                with self.subTest(f"{path}: {document}"):
                    answer = self.server.ask(method, path, document)
                    self.assertEqual(answer.status, 400, answer)
                    self.assertEqual(answer.json["field"], field)
        self.assertIsNone(self.server.get(RULES).json["draft"])
        self.assertEqual(self.server.ask("POST", f"{RULES}/publish", {}).status, 409)
        self.assertEqual(self.server.ask("POST", f"{RULES}/rollback", {"version": 9999}).status, 404)

    def test_what_is_shown_can_be_drafted_again(self):
        rules = self.server.get(RULES).json["rules"]
        answer = self.server.ask("PUT", f"{RULES}/draft", rules)
        self.assertEqual(answer.json["rules"], rules)
        self.assertEqual(self.server.ask("DELETE", f"{RULES}/draft").status, 200)

    def run_rules(self, *words, **more):
        return subprocess.run([BINARY, "rules", *words, "--server", f"127.0.0.1:{self.server.port}"], capture_output=True, text=True, **more)

    def test_the_command_line(self):
        shown = self.run_rules("show")
        rules = json.loads(shown.stdout)
        rules["policy"]["offers_per_day"] = 5
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "rules.json")
            with open(file, "w", encoding="utf-8") as out:
                json.dump(rules, out)
            self.assertEqual(self.run_rules("validate", file).stdout, "valid\n")
            self.assertEqual(self.run_rules("draft", file).returncode, 0)
        done = self.run_rules("publish", "--note", "more help", "--json")
        version = json.loads(done.stdout)["version"]
        self.assertEqual(json.loads(self.run_rules("show", str(version)).stdout)["policy"]["offers_per_day"], 5)
        self.assertIn("more help", self.run_rules("versions").stdout)
        self.assertEqual(self.run_rules("rollback", "0").returncode, 0)
        wrong = self.run_rules("validate", "-", input='{"policy": {"cooldown_s": -1}}')
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("policy.cooldown_s", wrong.stderr)


class ApartRules(ClosedCase):
    def test_one_site_s_rules_are_not_another_s(self):
        self.act("PUT", "/v1/sites/shop/rules/draft", {"policy": {"qualify_risk": 99}}, self.tokens["shop admin"])
        self.act("POST", "/v1/sites/shop/rules/publish", {}, self.tokens["shop admin"])
        for method, path, body in (("GET", "rules", None), ("PUT", "rules/draft", {}), ("POST", "rules/publish", {}), ("POST", "rules/validate", {}),
                                   ("POST", "rules/rollback", {"version": 0}), ("GET", "rules/1", None), ("DELETE", "rules/draft", None)):
            self.assertEqual(self.ask_as("bank admin", method, f"/v1/sites/shop/{path}", body).status, 404, path)
        self.assertEqual(self.act("GET", "/v1/sites/bank/rules", token=self.tokens["bank reader"])["versions"], [])
        self.assertEqual(len(self.act("GET", "/v1/sites/shop/rules")["versions"]), 1)
