# SPDX-License-Identifier: Apache-2.0
"""Exit-risk models from a history to visitors: trained, registered, asked, heard, rolled back; and what is refused."""
import csv
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from served import ServedCase, fact, fresh, struggle
from serving import BINARY, ROOT, Server, wait_for

MODELS = "/v1/sites/default/models"
TRAIN = ("--trials", "1", "--labels-min", "40")


def run(*words, code=0):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=300)
    assert done.returncode == code, (words, done.returncode, done.stdout[-1000:], done.stderr[-2000:])
    return done


class History(unittest.TestCase):
    """A history is made once, and a model of it trained once; all else starts from these files."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.history = cls.folder / "history"
        run("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 4, "--data", cls.history)
        cls.model = cls.folder / "model.hrm"
        cls.figures = json.loads(run("train", "--data", cls.history, "--out", cls.model, *TRAIN, "--json").stdout)

    def test_training_says_what_it_learned_from_and_how_good_it_is(self):
        labels, test = self.figures["labels"], self.figures["test"]
        self.assertGreater(labels["goals"], 100)
        self.assertGreater(labels["exits"], 100)
        self.assertGreater(labels["bots"], 0)
        self.assertGreater(test["auc"]["value"] if isinstance(test["auc"], dict) else test["auc"], 0.65)
        self.assertIn("# Model card", (self.folder / "model.hrm.md").read_text())

    def test_the_same_seed_and_events_give_the_same_bytes(self):
        again = self.folder / "again.hrm"
        run("train", "--data", self.history, "--out", again, *TRAIN, "--threads", 1, "--json")
        self.assertEqual(again.read_bytes(), self.model.read_bytes())

    def test_a_training_set_has_a_row_for_each_label_and_says_what_its_columns_are(self):
        table = self.folder / "rows.csv"
        run("training-set", "--data", self.history, "--out", table)
        schema = json.loads((self.folder / "rows.csv.schema.json").read_text())
        with table.open() as lines:
            rows = list(csv.DictReader(lines))
        self.assertEqual(len(rows), schema["rows"])
        self.assertEqual(list(rows[0]), [c["name"] for c in schema["columns"]])
        self.assertEqual({row["is_exit"] for row in rows}, {"0", "1"})

    def test_every_event_of_the_history_gets_a_line_of_scores(self):
        scores = self.folder / "scores.csv"
        run("score", "--data", self.history, "--model", self.model, "--out", scores)
        with scores.open() as lines:
            rows = list(csv.DictReader(lines))
        lines = [int(row["line"]) for row in rows]
        self.assertEqual(lines, sorted(lines))
        given = [float(row["exit_probability"]) for row in rows if row["exit_probability"]]
        self.assertGreater(len(given), 1000)
        self.assertTrue(all(0 < p < 1 for p in given))
        self.assertGreater(max(given) - min(given), 0.3)

    def test_a_history_is_not_written_into_a_house_that_is_lived_in(self):
        self.assertIn("holds data already", run("simulate", "--history", 20, "--data", self.history, code=6).stderr)

    def test_a_model_is_not_trained_on_too_few_labels(self):
        told = run("train", "--data", self.history, "--out", self.folder / "none", "--labels-min", 10**6, code=3).stderr
        self.assertIn("at least 1000000 are needed", told)
        self.assertFalse((self.folder / "none").exists())


class WithModels(ServedCase):
    """A server and three models of one history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history = cls.folder / "history"
        run("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 5, "--data", cls.history)
        cls.models = []
        for seed in (1, 2, 3):
            file = cls.folder / f"{seed}.hrm"
            run("train", "--data", cls.history, "--out", file, "--seed", seed, *TRAIN)
            cls.models.append(file.read_bytes())

    def register(self, which=0):
        answer = self.server.post(MODELS, self.models[which], headers={"Content-Type": "application/octet-stream"})
        if answer.status == 409:
            known = [m for m in self.server.get(MODELS).json["items"]]
            return next(m["version"] for m in known if str(m["version"]) in answer.json["detail"])
        self.assertEqual(answer.status, 201, answer)
        return answer.json["version"]

    def put(self, version, stage, code=200, **more):
        answer = self.server.post(f"{MODELS}/{version}/stage", {"stage": stage, "overBudget": True} | more)
        self.assertEqual(answer.status, code, answer)
        if code == 200:
            wait_for(lambda: self.server.get(f"{MODELS}/{version}").json["stage"] == stage, 10)
        return answer.json


class Served(WithModels):
    """A server that learns of models while it runs."""

    def attributes(self, visitor):
        return self.server.get(f"/v1/visitors/{visitor}/attributes").json

    def browse(self, visitor, pages=4, first=1):
        self.accept(visitor, [fact(first + i, "page", {"path": f"/{i}"}) for i in range(pages)])
        return self.attributes(visitor)

    def test_from_candidate_to_live_and_back_without_a_restart(self):
        self.assertIn("struggle alone", self.server.get(MODELS).json["decides"])
        version = self.register(0)
        self.assertEqual(self.server.get(f"{MODELS}/{version}").json["stage"], "candidate")
        self.assertIsNone(self.browse(fresh())["exitProbability"])

        self.put(version, "shadow")
        self.assertIsNone(self.browse(fresh())["exitProbability"])
        self.assertGreater(self.server.get(f"{MODELS}/{version}/health").json["scored"], 0)

        offers = self.put(version, "live", note="it did well")["offers"]
        self.assertGreater(offers["journeysADay"], 0)
        visitor = fresh()
        seen = self.browse(visitor)
        self.assertEqual(seen["model"]["version"], version)
        self.assertTrue(0 < seen["exitProbability"] < 1)
        self.assertEqual(seen["risk"], max(seen["struggle"], seen["model"]["score"]))

        self.accept(visitor, [struggle(9)])
        decision = self.server.rows(visitor, "decisions")[0]
        self.assertEqual(decision["model"]["version"], version)
        self.assertTrue(decision["model"]["reasons"])

        second = self.register(1)
        self.put(second, "live")
        self.assertEqual(self.server.get(f"{MODELS}/{version}").json["stage"], "retired")
        self.assertEqual(self.browse(fresh())["model"]["version"], second)
        moves = self.server.post(f"{MODELS}/rollback", {"note": "no better"}).json["moves"]
        self.assertEqual([(m["version"], m["stage"]) for m in moves], [(second, "retired"), (version, "live")])
        wait_for(lambda: self.server.get(MODELS).json["live"] == version, 10)
        self.assertEqual(self.browse(fresh())["model"]["version"], version)
        acts = [a["what"] for a in self.server.get("/v1/acts?limit=100").json["items"]]
        for what in ("model.registered", "model.shadow", "model.live", "model.rolled_back"):
            self.assertIn(what, acts)
        figures = self.server.get("/metrics").body.decode()
        documented = re.findall(r"^\| `(\w+)` .*`model` \|", (ROOT / "docs/metrics.md").read_text(), re.M)
        self.assertEqual(set(documented), {name for name in re.findall(r"^(\w+){model=", figures, re.M)})

    def test_what_was_served_is_served_after_a_crash(self):
        version = self.register(2)
        self.put(version, "live")
        visitor = fresh()
        before = self.browse(visitor)
        self.server.kill()
        self.server.start()
        after = self.attributes(visitor)
        self.assertEqual(after["exitProbability"], before["exitProbability"])
        self.assertEqual(self.browse(fresh())["model"]["version"], version)
        self.assertEqual(self.server.get(f"{MODELS}/{version}/artefact").body, self.models[2])

    def test_a_model_is_trained_by_the_server_that_goes_on(self):
        training = f"{MODELS}/training"
        self.assertEqual(self.server.get(training).json["state"], "idle")
        self.assertProblem(self.server.ask("DELETE", training), 409, "nothing_to_cancel")
        begun = self.server.post(training, {"name": "of the site itself", "trials": 1})
        self.assertEqual(begun.status, 202, begun)
        self.accept(fresh(), [fact(1)])
        self.assertTrue(wait_for(lambda: self.server.get(training).json["state"] == "failed", 60))
        self.assertIn("journey", self.server.get(training).json["words"])  # nothing was learned: too few of them

    def test_what_is_refused(self):
        version = self.register(0)
        octets = {"Content-Type": "application/octet-stream"}
        self.assertProblem(self.server.post(MODELS, b"\x80\x04pickle", headers=octets), 400, "bad_model")
        damaged = bytearray(self.models[1])
        damaged[len(damaged) // 2] ^= 1
        self.assertProblem(self.server.post(MODELS, bytes(damaged), headers=octets), 400, "bad_model")
        self.assertProblem(self.server.post(MODELS, self.models[0], headers=octets), 409, "model_known")
        self.assertProblem(self.server.get(f"{MODELS}/999"), 404, "no_such_model")
        self.assertEqual(self.server.get("/v1/sites/nowhere/models").status, 404)
        stage = f"{MODELS}/{version}/stage"
        self.assertProblem(self.server.post(stage, {"stage": "best"}), 400, "unknown_stage")
        self.assertProblem(self.server.post(stage, {"stage": "canary"}), 400, "missing")
        self.assertProblem(self.server.post(stage, {"stage": "live", "scorePoints": [{"probability": 0.9, "score": 50}, {"probability": 0.1, "score": 60}]}), 400, "out_of_range")
        everybody = [{"probability": 0, "score": 90}, {"probability": 1, "score": 100}]
        self.assertProblem(self.server.post(stage, {"stage": "live", "scorePoints": everybody}), 409, "over_budget")


class Drifting(ServedCase):
    """The world changes under a live model: it is noticed, told, and the model taken out, while events flow."""

    def test_a_model_whose_world_is_gone_is_taken_out(self):
        history = self.folder / "history"
        run("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 6, "--data", history)
        file = self.folder / "model.hrm"
        run("train", "--data", history, "--out", file, *TRAIN)
        self.assertEqual(self.server.post(MODELS, file.read_bytes(), headers={"Content-Type": "application/octet-stream"}).status, 201)
        self.assertEqual(self.server.post(f"{MODELS}/1/stage", {"stage": "live", "overBudget": True}).status, 200)
        wait_for(lambda: self.server.get(MODELS).json["live"] == 1, 10)
        # Visitors as no training saw them: endless forms that fail.
        visitor, sent = fresh(), 0
        for round_ in range(30):
            visitor = fresh()
            self.accept(visitor, [fact(i + 1, "submit", {"form": f"form:{i}", "result": "failed"}) for i in range(50)])
            sent += 50
            self.assertTrue(wait_for(lambda: self.server.get(f"{MODELS}/1/health").json["scored"] >= sent, 30))
            if self.server.get(f"{MODELS}/1/health").json["alarms"]:
                break
        health = self.server.get(f"{MODELS}/1/health").json
        self.assertTrue(health["alarms"], health)
        self.assertLessEqual(sent, 1500)
        self.assertTrue(wait_for(lambda: self.server.get(MODELS).json["live"] is None, 30))
        self.assertIn("model.alarm", [a["what"] for a in self.server.get("/v1/acts?limit=100").json["items"]])
        self.assertEqual(self.server.metric("handrail_model_rollbacks_total"), 1)
        self.accept(visitor, [fact(51)])
        self.assertIsNone(self.attributes_of(visitor))

    def attributes_of(self, visitor):
        return self.server.get(f"/v1/visitors/{visitor}/attributes").json["exitProbability"]


class WholeLife(WithModels):
    """Shadow, canary, live, a world that changes, the alarm and the way back: while a crowd is there all the time."""

    def test_no_event_is_lost_and_no_request_fails_meanwhile(self):
        crowd = subprocess.Popen([str(BINARY), "simulate", "--server", f"127.0.0.1:{self.server.port}", "--rate", "40", "--duration", "40",
                                  "--seed", "9", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(crowd.kill)
        first, second = self.register(0), self.register(1)
        self.put(first, "live")
        self.put(second, "shadow")
        self.assertTrue(wait_for(lambda: self.health(second)["scored"] > 0, 20))
        self.put(second, "canary", percent=30)
        self.put(second, "live")
        self.assertEqual(self.server.get(MODELS).json["live"], second)
        for _ in range(30):  # as no training saw them
            self.accept(fresh(), [fact(i + 1, "submit", {"form": f"form:{i}", "result": "failed"}) for i in range(50)])
        self.assertTrue(wait_for(lambda: self.server.get(MODELS).json["live"] != second, 30), self.health(second))
        acts = [a["what"] for a in self.server.get("/v1/acts?limit=200").json["items"]]
        self.assertIn("model.alarm", acts)
        self.assertIn("model.rolled_back", acts)
        self.assertIsNone(crowd.poll(), "the crowd left before the end")
        told, complaints = crowd.communicate(timeout=120)
        self.assertEqual(crowd.returncode, 0, complaints[-2000:])
        figures = json.loads(told)
        self.assertEqual((figures["undelivered"], figures["rejected"], figures["statuses"]), (0, 0, {"200": figures["attempts"]}))
        self.assertTrue(figures["readBack"]["holds"], figures["readBack"])
        self.assertEqual((figures["readBack"]["missing"], figures["readBack"]["twice"]), (0, 0))

    def health(self, version):
        return self.server.get(f"{MODELS}/{version}/health").json


class Learning(ServedCase):
    """A server that learns from its own history, and asks what it learned, without a restart."""
    flags = ("--log.retention_hours", 24 * 60, "--models.retrain_after_outcomes", 40, "--models.look_every_s", 1)

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        run("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 7, "--data", folder / "data")
        cls.folder = folder
        cls.server = Server(folder / "data", *cls.flags)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def test_from_its_own_log_to_a_live_model(self):
        training = f"{MODELS}/training"
        self.assertEqual(self.server.post(training, {"name": "own", "trials": 1, "labelsMin": 40}).status, 202)
        self.assertEqual(self.server.post(training, {}).status, 409)
        self.assertTrue(wait_for(lambda: self.server.get(training).json["state"] != "running", 120))
        self.assertEqual(self.server.get(training).json["state"], "done", self.server.get(training).json)
        self.assertTrue(wait_for(lambda: self.server.get(MODELS).json["items"], 10))
        self.assertEqual(self.server.get(MODELS).json["items"][0]["name"], "own")
        self.assertEqual(self.server.post(f"{MODELS}/1/stage", {"stage": "live", "overBudget": True}).status, 200)
        self.assertTrue(wait_for(lambda: self.server.get(MODELS).json["live"] == 1, 10))
        visitor = fresh()
        self.accept(visitor, [fact(i + 1, "page", {"path": f"/{i}"}) for i in range(4)])
        self.assertEqual(self.server.get(f"/v1/visitors/{visitor}/attributes").json["model"]["version"], 1)
        self.learns_anew()

    def learns_anew(self):
        """Much became known to the live model: another is trained and tried in the shadow, and nobody had to ask."""
        for _ in range(40):
            self.accept(fresh(), [fact(1), fact(2, "page", {"path": "/2"}), fact(3, "goal", {"name": "bought"})])
        self.assertTrue(wait_for(lambda: self.server.get(f"{MODELS}/1/health").json["labels"]["known"] >= 40, 30))
        self.assertTrue(wait_for(lambda: len(self.server.get(MODELS).json["items"]) == 2, 240), self.server.get(f"{MODELS}/training").json)
        self.assertTrue(wait_for(lambda: self.server.get(f"{MODELS}/2").json["stage"] == "shadow", 30))
        models = self.server.get(MODELS).json
        self.assertEqual(models["live"], 1)
        self.assertEqual(models["items"][0]["author"], "retraining")
        acts = [a["what"] for a in self.server.get("/v1/acts?limit=100").json["items"]]
        self.assertIn("model.retraining", acts)
        self.assertIn("model.shadow", acts)
