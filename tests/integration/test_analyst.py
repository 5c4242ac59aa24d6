# SPDX-License-Identifier: Apache-2.0
"""Words of the analyst: drafted, previewed, approved by whoever publishes them, and then shown to visitors."""
import unittest

from served import ServedCase, batch, fact, fresh, struggle
from serving import wait_for

RULES = "/v1/sites/default/rules"
STUCK = {"id": "loan_stuck", "language": "de", "text": "Klappt der Rechner nicht? Wir helfen bis 18:00.", "when": ["many_attempts"]}
ANYTHING = {"id": "any", "language": "en", "text": "Thank you for coming: ask us.", "when": []}
CALL = {"id": "call_back", "sentence": "Zurückrufen", "when": ["many_attempts"]}


class Words(ServedCase):
    def draft(self, **analyst):
        return self.server.ask("PUT", f"{RULES}/draft", {"analyst": analyst})

    def preview(self, **analyst):
        answer = self.server.ask("POST", f"{RULES}/preview", {"analyst": analyst} if analyst else {})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def publish(self, note):
        published = self.server.ask("POST", f"{RULES}/publish", {"note": note})
        self.assertEqual(published.status, 200, published)
        wait_for(lambda: self.server.get(RULES).json["version"] == published.json["version"])
        return published.json

    def reading_of(self, preview, example):
        return next(one for one in preview["readings"] if one["example"] == example)

    def attributes(self, visitor):
        return self.server.get(f"/v1/visitors/{visitor}/attributes").json

    def test_1_the_catalogue_says_what_an_insight_rests_on(self):
        catalogue = self.server.get("/v1/analyst/catalogue").json
        failed = catalogue["insights"][0]
        self.assertEqual((failed["code"], failed["fact"], failed["holds"], failed["bound"]), ("failed_submits", "failed_submits", "at_least", 1))
        self.assertEqual(failed["sentences"]["en"], "1 submit failed")
        facts = {one["name"] for one in catalogue["facts"]}
        codes = {one["code"] for one in catalogue["insights"]}
        self.assertLessEqual({one["fact"] for one in catalogue["insights"]}, facts)
        for known in catalogue["actions"] + catalogue["messages"]:
            self.assertLessEqual(set(known["when"]), codes)
        self.assertEqual(catalogue["languages"], ["en", "de", "es"])

    def test_2_without_rules_the_builtin_words_are_previewed(self):
        preview = self.preview()
        self.assertTrue(preview["builtinActions"] and preview["builtinMessages"])
        self.assertEqual(preview["untranslated"], [])
        stuck = self.reading_of(preview, "stuck_on_form")
        self.assertEqual((stuck["messageId"], stuck["key_insights"][0]), ("form_stuck", "2 submits failed"))
        self.assertEqual(stuck["insights"][0], {"code": "failed_submits", "fact": "failed_submits", "value": stuck["facts"]["failed_submits"]})
        self.assertFalse(self.reading_of(preview, "making_progress")["should_offer_help"])
        self.assertEqual(len(preview["readings"]), 4)

    def test_3_words_are_drafted_previewed_and_published(self):
        self.assertEqual(self.draft(language="de", actions=[CALL], messages=[STUCK, ANYTHING], ownWords=True).status, 200)
        drafted = self.server.get(RULES).json["draft"]["rules"]["analyst"]
        self.assertEqual((drafted["messages"], drafted["actions"], drafted["language"]), ([STUCK, ANYTHING], [CALL], "de"))
        preview = self.preview()
        attempts = self.reading_of(preview, "repeated_attempts")
        self.assertEqual((attempts["message"], attempts["language"], attempts["recommended_actions"]), (STUCK["text"], "de", ["Zurückrufen"]))
        self.assertEqual(attempts["key_insights"][0], "4 Versuche an derselben Funktion")
        self.assertIn("KI", preview["disclosure"])
        self.assertEqual(preview["untranslated"], ["any"])
        self.assertEqual([(one["id"], one["remark"]) for one in preview["messages"]], [("loan_stuck", "number"), ("any", "claim")])
        # A preview of more keeps nothing.
        self.assertEqual(self.preview(language="en")["language"], "en")
        self.assertEqual(self.server.get(RULES).json["draft"]["rules"]["analyst"]["language"], "de")
        # Until it is published visitors hear what they heard before.
        self.assertNotEqual(self.told()["message"], STUCK["text"])
        version = self.publish("German words")
        self.assertTrue(version["author"])
        self.assertEqual(version["rules"]["analyst"], drafted)
        told = self.told()
        self.assertEqual((told["message"], told["recommended_actions"], told["ownWords"]), (STUCK["text"], ["Zurückrufen"], False))

    def told(self):
        """The newest reading of somebody who struggles; the offer says the same."""
        visitor = fresh()
        offer = self.offer_to(visitor)
        told = self.attributes(visitor)["analysis"]
        self.assertEqual(offer["message"], told["message"])
        readings = [one for one in self.server.rows(visitor, "signals") if one.get("signalType") == "ai_journey_analysis"]
        self.assertEqual(readings[0]["analysis"], told)
        self.assertEqual((told["source"]["provider"], told["movesRisk"], told["base"]), ("builtin", 0, told["exit_risk_score"]))
        pushed = self.server.get(f"/v1/stream?anonymousId={visitor}&wait=5", headers={"Accept": "application/json"}).json["events"]
        popup = next(one["data"] for one in pushed if one["event"] == "intervention")
        self.assertEqual((popup["strings"]["body"], popup["bodyLanguage"]), (told["message"], told["language"]))
        self.assertNotIn("disclosure", popup["strings"])
        return told

    def test_4_words_that_may_not_be_shown_are_refused_with_their_place(self):
        before = self.server.get(RULES).json["draft"]
        for analyst, code, field in (
                ({"messages": [STUCK | {"text": "Visit shop.example"}]}, "bad_words", "analyst.messages[0].text"),
                ({"messages": [STUCK | {"text": "x" * 161}]}, "too_long", "analyst.messages[0].text"),
                ({"messages": [STUCK, STUCK]}, "exists", "analyst.messages[1].id"),
                ({"forbidden": ["rechner"], "messages": [STUCK]}, "bad_words", "analyst.messages[0].text"),
                ({"actions": [CALL | {"when": ["bored"]}]}, "out_of_range", "analyst.actions[0].when"),
                ({"askFrom": 90, "askTo": 60}, "out_of_range", "analyst.askFrom"),
                ({"language": "Deutsch"}, "bad_id", "analyst.language")):
            with self.subTest(analyst):
                self.assertProblem(self.draft(**analyst), 400, code, field)
                self.assertProblem(self.server.ask("POST", f"{RULES}/preview", {"analyst": analyst}), 400, code, field)
        self.assertEqual(self.server.get(RULES).json["draft"], before)

    def test_5_a_visitor_says_whether_a_provider_may_read(self):
        visitor = fresh()
        self.accept(visitor, [fact(1, "consent", {"analytics": True, "ai": False})])
        self.assertEqual(self.attributes(visitor)["consent"]["ai"], "refused")
        self.accept(visitor, [fact(2, "consent", {"analytics": True})])
        self.assertEqual(self.attributes(visitor)["consent"]["ai"], "refused")
        self.accept(visitor, [fact(3, "consent", {"analytics": True, "ai": True})])
        self.assertEqual(self.attributes(visitor)["consent"]["ai"], "granted")
        answer = self.server.post("/h/e", batch(fresh(), [fact(1, "consent", {"analytics": True, "ai": 1}), struggle(2)])).json
        self.assertEqual(answer["results"][0]["field"], "eventData.ai")


if __name__ == "__main__":
    unittest.main()
