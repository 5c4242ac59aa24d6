# SPDX-License-Identifier: Apache-2.0
"""The routes of the original demo app, in its shapes."""
import datetime
import json
import unittest

from served import ServedCase, fresh, mission, now_ms, wait_for

STRUGGLE = {"feature": "calculator", "attemptCount": 3}


class Tracking(ServedCase):
    def track(self, event):
        return self.server.post("/api/events/track", event)

    def track_batch(self, body):
        return self.server.post("/api/events/track/batch", body)

    def assertRefused(self, answer, event_id=None):
        self.assertEqual((answer.status, answer.headers["content-type"]), (400, "application/json"), answer)
        self.assertEqual((answer.json["eventId"], answer.json["status"]), (None, "error"))
        self.assertTrue(answer.json["message"].startswith("Failed to track event"), answer)

    def test_a_single_event(self):
        user = fresh("u")
        before = now_ms()
        answer = self.track(mission(user, eventId="evt_1", deviceInfo={"platform": "Web"}, userContext={"persona": "p"}))
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
        self.assertEqual((answer.json["eventId"], answer.json["status"]), ("evt_1", "success"))
        self.assertGreaterEqual(answer.json["timestamp"], before)
        self.assertIsInstance(answer.json["message"], str)
        row = self.server.rows(user, "events")[0]
        self.assertEqual((row["eventId"], row["eventType"], row["userId"], row["sessionId"], row["eventData"]), ("evt_1", "page_view", user, f"s-{user}", {"feature": "loans"}))
        self.assertEqual(row["context"], {"deviceInfo": {"platform": "Web"}, "userContext": {"persona": "p"}})

    def test_ids_are_made_where_absent(self):
        user = fresh("u")
        ids = {self.track(mission(user)).json["eventId"] for _ in range(3)}
        self.assertEqual(len(ids), 3)
        self.assertEqual({row["eventId"] for row in self.server.rows(user, "events")}, ids)

    def test_a_single_bad_event(self):
        user = fresh("u")
        good = mission(user)
        bad = [{k: v for k, v in good.items() if k != name} for name in ("eventType", "userId", "sessionId", "timestamp", "eventData")]
        bad += [good | change for change in (
            {"eventType": 1}, {"userId": []}, {"userId": "a b"}, {"userId": ""}, {"userId": "a" * 201}, {"sessionId": "a/b"}, {"timestamp": "yesterday"}, {"timestamp": -1}, {"timestamp": []},
            {"eventData": []}, {"eventData": {}}, {"eventData": None}, {"eventId": 1}, {"eventId": "e" * 101}, {"anonymousId": "a b"},
            {"eventType": "struggle_signal"}, {"eventType": "struggle_signal", "eventData": {"feature": "x", "attemptCount": 1}},
            {"eventType": "struggle_signal", "eventData": {"feature": "x", "attemptCount": 51}}, {"eventType": "struggle_signal", "eventData": {"feature": "a b", "attemptCount": 3}},
            {"eventType": "video_engagement", "eventData": {}}, {"eventType": "feature_interaction", "eventData": {"feature": "f", "attemptCount": 0}},
            {"eventData": {"feature": "f", "attemptCount": 2}}, {"deviceInfo": 1}, {"userContext": []})]
        for event in bad:
            with self.subTest({k: v for k, v in event.items() if good.get(k) != v or k not in good}):
                self.assertRefused(self.track(event))
        for body in ("", "{", "[]", "1", "null"):
            with self.subTest(body):
                self.assertRefused(self.track(body))
        self.assertNothingKept(user)
        self.assertServes()

    def test_no_answer_echoes_the_body(self):
        secret = "my-card-4111"
        for body in ('{"x":"' + secret, json.dumps(mission("u", "x", secret)), json.dumps({"events": [mission("u", timestamp=secret)]})):
            for path in ("/api/events/track", "/api/events/track/batch"):
                self.assertNotIn(secret.encode(), self.server.post(path, body).body)

    def test_a_batch_with_one_bad_event(self):
        user = fresh("u")
        answer = self.track_batch({"events": [mission(user, eventId="a"), mission(user, eventId="b", timestamp="never"), 7, mission(user, eventId="c")], "batchId": "b1", "timestamp": "x"})
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
        self.assertEqual([r["eventId"] for r in answer.json], ["a", None, None, "c"])
        self.assertEqual([r["status"] for r in answer.json], ["success", "error", "error", "success"])
        self.assertEqual([row["eventId"] for row in self.server.rows(user, "events")], ["c", "a"])

    def test_an_unusable_batch(self):
        for body in ({}, {"events": []}, {"events": None}, {"events": "x"}, {"events": {}}, [], 1, "", "{"):
            with self.subTest(body):
                answer = self.track_batch(body if not isinstance(body, (dict, list, int)) else json.dumps(body))
                self.assertEqual((answer.status, answer.headers["content-type"], set(answer.json)), (400, "application/json", {"error"}), answer)
        answer = self.track_batch({"events": [mission("u")] * 1001})
        self.assertEqual((answer.status, set(answer.json)), (413, {"error"}))

    def test_iso_timestamps(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=250_000)
        millis = int(now.timestamp() * 1000)
        for text in (now.strftime("%Y-%m-%dT%H:%M:%S.250Z"), now.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30))).strftime("%Y-%m-%dT%H:%M:%S.250+05:30"),
                     now.astimezone(datetime.timezone(datetime.timedelta(hours=-8))).strftime("%Y-%m-%dT%H:%M:%S.250-08:00")):
            user = fresh("u")
            with self.subTest(text):
                self.assertEqual(self.track(mission(user, timestamp=text)).status, 200)
                self.assertEqual(self.server.rows(user, "events")[0]["timestamp"], millis)
        user = fresh("u")
        self.assertEqual(self.track(mission(user, timestamp=now.strftime("%Y-%m-%dT%H:%M:%SZ"))).status, 200)
        self.assertEqual(self.server.rows(user, "events")[0]["timestamp"], millis - 250)
        for text in ("2025-13-01T00:00:00Z", "2025-01-32T00:00:00Z", "2025-01-01T25:00:00Z", "2025-01-01", "2025-01-01T00:00:00X", "12:00"):
            with self.subTest(text):
                self.assertRefused(self.track(mission(user, timestamp=text)))

    def test_page_stands_for_feature(self):
        user = fresh("u")
        self.assertEqual(self.track(mission(user, data={"page": "/loans/4711"})).status, 200)
        self.assertEqual(self.server.rows(user, "journeys")[0]["pages"], 1)

    def test_an_empty_authorization_is_tolerated(self):
        answer = self.server.post("/api/events/track", mission(fresh("u")), headers={"Authorization": "", "X-Client-Type": "user-app", "X-Environment": "development"})
        self.assertEqual(answer.status, 200)

    def test_all_types_of_the_original(self):
        user = fresh("u")
        for event_type, data in {"feature_interaction": {"feature": "f", "attemptCount": 1, "duration": 3}, "video_engagement": {"videoId": "v", "duration": 3}, "struggle_signal": {"feature": "f", "attemptCount": 2},
                                 "pricing_page_view": {"page": "/pricing"}, "checkout_abandon": {"step": 2}, "form_error": {"fieldName": "x"}, "video_complete": {"videoId": "v"},
                                 "user_action": {"action": "button_click"}, "error_event": {"errorMessage": "boom"}}.items():
            with self.subTest(event_type):
                self.assertEqual(self.track(mission(user, event_type, data)).status, 200)
                self.assertEqual(self.server.rows(user, "events")[0]["eventData"], data)

    def test_health(self):
        answer = self.server.get("/api/health")
        self.assertEqual(answer.status, 200)
        self.assertLessEqual({"status", "message", "timestamp", "service", "version", "realTimeEnabled"}, set(answer.json))
        self.assertEqual(answer.json["status"], "UP")
        self.assertEqual(answer.headers["x-frame-options"], "DENY")


class Pending(ServedCase):
    def struggle(self, user, **more):
        answer = self.server.post("/api/events/track", mission(user, "struggle_signal", STRUGGLE, **more))
        self.assertEqual(answer.status, 200, answer)

    def pending(self, user, query=""):
        answer = self.server.get(f"/api/interventions/{user}/pending{query}")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
        return answer.json

    def await_pending(self, user, query=""):
        return wait_for(lambda: (lambda p: p if p["hasPendingIntervention"] else None)(self.pending(user, query)))

    def log(self, user, action, **more):
        return self.server.post("/api/interventions/log", {"userId": user, "interventionType": "live_chat_offer", "action": action, "timestamp": "2025-10-19T08:30:00Z"} | more)

    def test_the_shape_before_displayed_and_after(self):
        user = fresh("u")
        self.assertEqual(self.pending(user), {"hasPendingIntervention": False, "intervention": None})
        self.struggle(user)
        shown = self.await_pending(user)["intervention"]
        self.assertEqual((shown["type"], shown["action"], shown["userId"]), ("critical_intervention", "show_live_chat_popup", user))
        payload = shown["payload"]
        self.assertEqual((payload["interventionType"], payload["riskLevel"], payload["riskScore"], payload["interventionId"]), ("live_chat_offer", "high", 76, shown["interventionId"]))
        self.assertIsInstance(payload["context"], str)
        for _ in range(3):  # polling changes nothing
            self.assertEqual(self.pending(user)["intervention"], shown)
        logged = self.log(user, "displayed")
        self.assertEqual((logged.status, logged.json["status"], logged.json["interventionId"], logged.json["state"]), (200, "success", shown["interventionId"], "displayed"))
        self.assertFalse(self.pending(user)["hasPendingIntervention"], "a displayed offer is not pending")
        self.assertEqual(self.log(user, "dismissed").json["state"], "dismissed")
        self.assertEqual(self.pending(user), {"hasPendingIntervention": False, "intervention": None})
        self.assertEqual(self.server.rows(user, "interventions")[0]["state"], "dismissed")

    def test_a_critical_one(self):
        user = fresh("u")
        self.server.post("/api/events/track", mission(user, "struggle_signal", {"feature": "calculator", "attemptCount": 5}))
        self.assertEqual(self.await_pending(user)["intervention"]["payload"]["riskLevel"], "critical")

    def test_acceptance_is_inferred_from_the_user_action(self):
        user = fresh("u")
        self.struggle(user)
        self.assertTrue(self.await_pending(user))
        self.log(user, "displayed")
        self.server.post("/api/events/track", mission(user, "user_action", {"action": "live_chat_accepted"}))
        self.log(user, "dismissed")  # the original's page sends it after acceptance too
        self.assertEqual(self.server.rows(user, "interventions")[0]["state"], "accepted")

    def test_anonymous_is_keyed_by_session(self):
        mine, other = fresh("s"), fresh("s")
        self.struggle("anonymous", sessionId=mine)
        self.server.post("/api/events/track", mission("anonymous", sessionId=other))
        self.assertTrue(self.await_pending("anonymous", f"?sessionId={mine}"))
        self.assertFalse(self.pending("anonymous", f"?sessionId={other}")["hasPendingIntervention"])
        self.assertFalse(self.pending("anonymous")["hasPendingIntervention"])
        self.assertEqual(len(self.server.rows(mine, "events")), 1)
        self.assertNothingKept("anonymous")
        self.assertEqual(self.log("anonymous", "displayed", sessionId=mine).json["state"], "displayed")

    def test_an_offer_is_found_by_the_user_whose_visitor_it_was(self):
        user, visitor = fresh("u"), fresh()
        self.struggle(user, anonymousId=visitor)
        self.assertEqual(self.await_pending(user)["intervention"]["userId"], user)
        self.assertFalse(self.pending(fresh("u"))["hasPendingIntervention"])

    def test_log_with_nothing_to_log(self):
        self.assertEqual(self.log(fresh("u"), "displayed").json, {"status": "success", "interventionId": None, "state": "none"})
        for body in ({"userId": "u"}, {"action": "displayed"}, {"userId": "u", "action": "eaten"}, {"userId": 1, "action": "displayed"}, "{"):
            with self.subTest(body):
                self.assertEqual(self.server.post("/api/interventions/log", body).status, 400)


if __name__ == "__main__":
    unittest.main()
