# SPDX-License-Identifier: Apache-2.0
"""Consent, the browser's own wish for privacy, and properties that are not to be kept."""
import unittest

from served import ServedCase, fact, fresh, mission, now_ms, struggle
from serving import wait_for

RULES = "/v1/sites/default/rules"


def consent(seq, **choice):
    return fact(seq, "consent", choice)


class Privacy(ServedCase):
    def attributes(self, visitor):
        return self.server.get(f"/v1/visitors/{visitor}/attributes").json

    def gate(self, visitor):
        decision = self.server.rows(visitor, "decisions")[0]
        return next(g for g in decision["gates"] if g["gate"] == "consent")["verdict"]

    def publish(self, **document):
        self.assertEqual(self.server.ask("PUT", f"{RULES}/draft", document).status, 200)
        version = self.server.ask("POST", f"{RULES}/publish", {}).json["version"]
        wait_for(lambda: self.server.get(RULES).json["version"] == version)

    def test_a_refusal_of_help_is_a_gate(self):
        visitor = fresh()
        self.accept(visitor, [consent(1, analytics=True, assistance=False), struggle(2)])
        self.assertEqual(self.gate(visitor), "reject")
        self.assertFalse(self.server.rows(visitor, "interventions"))
        self.assertEqual(self.attributes(visitor)["consent"]["assistance"], "refused")

    def test_who_refuses_to_be_watched_is_not(self):
        visitor = fresh()
        self.offer_to(visitor)
        self.accept(visitor, [consent(2, analytics=False)])
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["state"], "retracted")
        self.accept(visitor, [struggle(3, attempts=9)])
        self.assertEqual(self.attributes(visitor)["struggle"], 0)
        self.assertEqual(self.server.rows(visitor, "journeys")[0]["outcome"]["kind"], "censored")
        self.assertIn("retracted", str(self.server.rows(visitor, "interventions")))

    def test_a_choice_must_choose(self):
        for data, field in (({}, "eventData.analytics"), ({"analytics": "yes"}, "eventData.analytics"), ({"analytics": True, "training": 1}, "eventData.training"), ({"training": True}, "eventData.analytics")):
            answer = self.send(fresh(), [fact(1, "consent", data)]).json
            self.assertEqual((answer["rejected"], answer["results"][0]["field"]), (1, field))

    def test_a_person_s_word_holds_on_every_device(self):
        phone, laptop, person = fresh("phone"), fresh("laptop"), fresh("anna")
        for device in (phone, laptop):
            self.accept(device, [fact(1, "identify", {"userId": person}), struggle(2)])
        self.accept(phone, [consent(3, analytics=False)], userId=person)
        wait_for(lambda: self.attributes(laptop)["consent"]["analytics"] == "refused")
        self.assertEqual(self.server.rows(laptop, "interventions")[0]["state"], "retracted")

    def test_the_browser_s_wish_for_privacy(self):
        for header, heard in (({"Sec-GPC": "1"}, True), ({"DNT": "1"}, True), ({"DNT": "0"}, False), ({}, False)):
            with self.subTest(header):
                visitor = fresh()
                body = {"v": 1, "anonymousId": visitor, "tabId": "t", "sentAt": now_ms(), "events": [fact(1)]}
                self.assertEqual(self.server.post("/h/e", body, headers=header).status, 200)
                said = self.attributes(visitor)["consent"]
                self.assertEqual((said["gpc"], said["mayTrain"]), (heard, not heard))
        visitor = fresh()
        self.assertEqual(self.server.post("/api/events/track", mission(visitor), headers={"Sec-GPC": "1"}).status, 200)
        self.assertTrue(self.attributes(visitor)["consent"]["gpc"])

    def test_where_consent_is_needed_nobody_is_helped_without(self):
        self.publish(privacy={"needsConsent": True})
        silent, agreed = fresh(), fresh()
        self.accept(silent, [struggle(1)])
        self.accept(agreed, [consent(1, analytics=True, assistance=True), struggle(2)])
        self.assertEqual((self.gate(silent), self.gate(agreed)), ("reject", "pass"))
        self.publish(privacy={"needsConsent": False})

    def test_what_is_not_to_be_kept_reaches_no_file(self):
        self.publish(privacy={"fields": {"customer.mail": "hash", "note": "drop", "userContext.income": "drop"}})
        visitor, user = fresh(), fresh("user")
        secrets = ["canary-mail-5501@x", "canary-note-5502", "canary-income-5503", "canary-mission-5504"]
        self.accept(visitor, [fact(1, "order", {"customer": {"mail": secrets[0]}, "note": secrets[1], "kept": "canary-kept-5505"})])
        self.accept(visitor, [fact(2, "order", {"customer": {"mail": secrets[0]}, "n": 2})])
        answer = self.server.post("/api/events/track", mission(user, data={"feature": "loans", "note": secrets[3]}, userContext={"income": secrets[2]}))
        self.assertEqual(answer.status, 200)
        mails = {e["eventData"]["customer"]["mail"] for e in self.server.rows(visitor, "events")}
        self.assertEqual(len(mails), 1)
        self.assertRegex(mails.pop(), "^[0-9a-f]{32}$")
        self.assertEqual(self.server.rows(user, "events")[0]["context"]["userContext"], {})
        self.assertIn("handrail_events_redacted_total 3", self.server.get("/metrics").body.decode())
        self.publish(privacy={"fields": {}})
        self.server.stop()
        self.server.start()
        kept = b"".join(f.read_bytes() for f in self.folder.rglob("*") if f.is_file())
        self.assertIn(b"canary-kept-5505", kept)
        for secret in secrets:
            self.assertNotIn(secret.encode(), kept)


if __name__ == "__main__":
    unittest.main()
