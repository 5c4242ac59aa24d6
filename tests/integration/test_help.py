# SPDX-License-Identifier: Apache-2.0
"""What a page is told and what it answers: streams, long polls, offers, chat, and the desk at the other end."""
import time
import unittest

from served import EventStream, ServedCase, fact, fresh, now_ms, struggle, wait_for

LIVES = 2  # seconds


class Streams(ServedCase):
    def stream(self, query, **headers):
        return EventStream(self.server.port, f"/v1/stream?{query}", {name.replace("_", "-"): value for name, value in headers.items()})

    def poll(self, query, wait=0, **headers):
        begun = time.monotonic()
        answer = self.server.get(f"/v1/stream?{query}&wait={wait}", headers={"Accept": "application/json"} | headers)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["events"], time.monotonic() - begun

    def test_a_struggle_reaches_the_open_page_and_tells_no_score(self):
        visitor = fresh()
        with self.stream(f"anonymousId={visitor}") as stream:
            self.assertEqual(set(stream.await_event("config")), {"autocapture", "samplePercent", "flushMs", "batchEvents", "batchBytes"})
            self.accept(visitor, [struggle()])
            offer = stream.await_event("intervention")
            self.assertEqual((offer["kind"], offer["action"], offer["state"]), ("live_chat", "show_live_chat_popup", "pending"))
            self.assertLessEqual({"interventionId", "strings", "expiresAt"}, set(offer))
            self.assertEqual(set(offer["strings"]), {"title", "body", "accept", "later", "never"})
            self.assertNotRegex(str(stream.events), "(?i)risk|score|struggle")
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["id"], offer["interventionId"])

    def test_only_the_visitor_concerned_hears_of_it(self):
        visitor, other = fresh(), fresh()
        with self.stream(f"anonymousId={other}") as stream, self.stream(f"anonymousId={visitor}") as own:
            self.offer_to(visitor)
            self.assertTrue(own.await_event("intervention"))
            self.assertEqual([event for event, _, _ in stream.events], ["config"])

    def test_the_order_on_connecting(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        opened = self.server.post("/v1/chat/conversations", {"anonymousId": visitor, "messageId": "m0", "text": "first"}).json
        path = f"/v1/chat/conversations/{opened['conversationId']}/messages"
        offsets = [self.server.post(path, {"anonymousId": visitor, "messageId": f"m{n}", "text": f"line {n}"}).json["offset"] for n in (1, 2)]
        with self.stream(f"anonymousId={visitor}") as stream:
            self.assertTrue(stream.await_event("chat", 4))
            self.assertEqual([event for event, _, _ in stream.events], ["config", "intervention", "chat", "chat", "chat", "chat"])
            self.assertEqual(stream.named("intervention")[0]["interventionId"], offer["id"])
            chat = stream.named("chat")
            self.assertEqual([line["event"] for line in chat], ["opened", "message", "message", "message"])
            self.assertEqual([line.get("text") for line in chat[1:]], ["first", "line 1", "line 2"])
            self.assertEqual([i for event, _, i in stream.events if event == "chat"][2:], [str(o) for o in offsets])
        with self.stream(f"anonymousId={visitor}", Last_Event_ID=str(offsets[0])) as stream:
            self.assertEqual(stream.await_event("chat")["text"], "line 2")
            self.assertEqual(len(stream.named("chat")), 1)
            self.server.post(path, {"anonymousId": visitor, "messageId": "m3", "text": "line 3"})
            self.assertEqual(stream.await_event("chat", 2)["text"], "line 3")

    def test_ids_of_the_stream(self):
        self.assertProblem(self.server.get("/v1/stream"), 400, "missing_field", "anonymousId")
        self.assertProblem(self.server.get("/v1/stream?anonymousId=a%20b"), 400, "bad_id", "anonymousId")
        self.assertProblem(self.server.get("/v1/stream?userId=" + "a" * 201), 400, "bad_id")

    def test_a_long_poll_brings_what_is_true_now(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        events, seconds = self.poll(f"anonymousId={visitor}", wait=10)
        self.assertEqual([e["event"] for e in events], ["config", "intervention"])
        self.assertEqual(events[1]["data"]["interventionId"], offer["id"])
        self.assertLess(seconds, 3)

    def test_a_long_poll_waits_for_news(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        events, seconds = self.poll(f"anonymousId={visitor}", wait=1)
        self.assertEqual([e["event"] for e in events], ["config"])
        self.assertTrue(0.9 < seconds < 4, seconds)
        events, seconds = self.poll(f"anonymousId={visitor}", wait=0)
        self.assertLess(seconds, 2)
        with self.stream(f"anonymousId={visitor}"):
            pass

    def test_a_page_of_an_identified_user(self):
        visitor, user = fresh(), fresh("u")
        self.accept(visitor, [fact(1, "identify", {"userId": user}), struggle(2)])
        self.assertTrue(wait_for(lambda: len(self.server.rows(user, "interventions") or []) == 1), "found by the link, once that is folded")
        self.assertEqual(self.server.get(f"/v1/visitors/{user}/attributes").json["anonymousId"], visitor)
        with self.stream(f"userId={user}") as stream:
            self.assertTrue(stream.await_event("intervention"))
        with self.stream(f"anonymousId={visitor}&userId=somebody-else") as stream:
            self.assertTrue(stream.await_event("config"))
            self.accept(visitor, [fact(3)])
            self.assertIsNone(stream.await_event("intervention", within=0.5), "an offer goes to the person it was made for")

    def test_watching_a_visitor(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        with EventStream(self.server.port, f"/v1/visitors/{visitor}/watch") as stream:
            first = stream.await_event("attributes")
            self.assertEqual((first["visitor"], first["struggle"], first["exitProbability"]), (visitor, 0, None))
            self.accept(visitor, [fact(2, "click", {"click": 1, "key": "button:a"}), struggle(3)])
            folded = stream.await_event("folded", 2)
            self.assertEqual((folded["record"], folded["eventType"], folded["tag"], folded["risk"], folded["level"]), ("event", "struggle_signal", "signal", 76, "high"))
            self.assertEqual((folded["decision"]["outcome"], folded["intervention"]["state"]), ("offer", "pending"))
            self.assertTrue(folded["receivedToFoldedUs"] > 0)
            line = stream.await_event("struggle")
            self.assertLessEqual({"at", "struggle", "risk", "level", "contributions"}, set(line))


class Answers(ServedCase):
    def answer(self, offer, kind, visitor, **more):
        return self.server.post(f"/v1/interventions/{offer['id']}/{kind}", {"anonymousId": visitor} | more)

    def test_an_offers_way(self):
        for last in ("accepted", "dismissed", "snoozed"):
            visitor = fresh()
            offer = self.offer_to(visitor)
            self.assertEqual(self.answer(offer, "displayed", visitor, waitedMs=1200).json, {"id": offer["id"], "state": "displayed"})
            for _ in range(3):
                self.assertEqual(self.answer(offer, last, visitor).json, {"id": offer["id"], "state": last})
            row = self.server.rows(visitor, "interventions")[0]
            self.assertEqual((row["state"], row["waitedMs"], row["duplicateExposures"]), (last, 1200, 0))
            self.assertTrue(row["at"] <= row["displayedAt"] <= row["endedAt"])

    def test_a_later_answer_implies_the_earlier_and_accepted_wins(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        self.assertEqual(self.answer(offer, "dismissed", visitor).json["state"], "dismissed")
        self.assertEqual(self.answer(offer, "accepted", visitor).json["state"], "accepted")
        self.assertEqual(self.answer(offer, "dismissed", visitor).json["state"], "accepted")
        self.assertIsNotNone(self.server.rows(visitor, "interventions")[0]["displayedAt"])

    def test_withheld_says_why(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        self.assertEqual(self.answer(offer, "withheld", visitor, reason="typing").json["state"], "withheld")
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["reason"], "typing")

    def test_the_second_display_is_a_duplicate_exposure(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        for _ in range(2):
            self.assertEqual(self.answer(offer, "displayed", visitor).json["state"], "displayed")
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["duplicateExposures"], 1)

    def test_another_visitors_offer(self):
        visitor, other = fresh(), fresh()
        offer = self.offer_to(visitor)
        self.accept(other, [fact(1)])
        self.assertProblem(self.answer(offer, "accepted", other), 404, "not_found")
        self.assertProblem(self.answer(offer, "accepted", "nobody"), 404, "not_found")
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["state"], "pending")
        self.assertEqual([row["record"] for row in self.server.rows(other, "events")], ["event"])

    def test_bad_answers(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        path = f"/v1/interventions/{offer['id']}/displayed"
        for body, code, field in (("{", "invalid_json", "body"), ([], "wrong_type", "body"), ({}, "missing_field", "anonymousId"), ("", "missing_field", "anonymousId"),
                                  ({"anonymousId": 1}, "wrong_type", "anonymousId"), ({"anonymousId": "a b"}, "bad_id", "anonymousId"),
                                  ({"anonymousId": visitor, "waitedMs": "1"}, "wrong_type", "waitedMs"), ({"anonymousId": visitor, "waitedMs": -1}, "out_of_range", "waitedMs"),
                                  ({"anonymousId": visitor, "forever": "yes"}, "wrong_type", "forever"), ({"anonymousId": visitor, "reason": 1}, "wrong_type", "reason"),
                                  ({"anonymousId": visitor, "reason": "bored"}, "out_of_range", "reason"), ({"anonymousId": visitor, "userId": "a b"}, "bad_id", "userId")):
            with self.subTest(body):
                self.assertProblem(self.server.post(path, body), 400, code, field)
        self.assertProblem(self.answer(offer, "eaten", visitor), 404, "not_found")
        self.assertProblem(self.server.get(path), 405, "method_not_allowed")
        self.assertEqual(self.server.rows(visitor, "interventions")[0]["state"], "pending")
        self.assertEqual(self.server.post(path, '{"anonymousId":"' + visitor + '"}', headers={"Content-Type": "text/plain"}).json["state"], "displayed")

    def test_why(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        decision = self.server.get(f"/v1/decisions/{offer['decisionId']}").json
        self.assertEqual((decision["outcome"], decision["interventionId"], decision["cause"]), ("offer", offer["id"], f"tab-{visitor}:1"))
        self.assertTrue(all(gate["verdict"] == "pass" and gate["detail"] for gate in decision["gates"]))
        self.assertEqual(decision["contributions"][0]["signal"], "app_attempts")

    def test_attributes(self):
        visitor = fresh()
        self.accept(visitor, [fact(1), struggle(2)])
        now = self.server.get(f"/v1/visitors/{visitor}/attributes").json
        self.assertEqual((now["visitor"], now["anonymousId"], now["level"], now["journey"]["events"]), (visitor, visitor, "high", 2))
        self.assertTrue(75 <= now["risk"] <= 76)
        self.assertEqual([r["type"] for r in now["recent"]], ["page", "struggle_signal"])
        self.assertEqual(now["offer"]["state"], "pending")


class Expiry(ServedCase):
    flags = ("--policy.offer_lives_s", LIVES)

    def test_an_offer_not_displayed_expires_by_the_servers_own_timer(self):
        visitor = fresh()
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            stream.await_event("config")
            offer = self.offer_to(visitor)
            gone = stream.await_event("retracted", within=LIVES + 5)
            self.assertEqual(gone["interventionId"], offer["id"])
        row = self.server.rows(visitor, "interventions")[0]
        self.assertEqual((row["state"], row["endedAt"], row["reason"]), ("expired", offer["at"] + LIVES * 1000, "not displayed in time"))
        self.assertEqual([r["record"] for r in self.server.rows(visitor, "events")], ["timer", "event"])
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            stream.await_event("config")
            self.assertIsNone(stream.await_event("intervention", within=0.5))

    def test_a_displayed_one_does_not(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        self.server.post(f"/v1/interventions/{offer['id']}/displayed", {"anonymousId": visitor})
        self.assertFalse(wait_for(lambda: self.server.rows(visitor, "interventions")[0]["state"] != "displayed", within=LIVES + 1, every=0.2))

    def test_timers_go_on_after_a_crash(self):
        visitor = fresh()
        self.offer_to(visitor)
        self.server.kill()
        self.server.start()
        self.assertTrue(wait_for(lambda: self.server.rows(visitor, "interventions")[0]["state"] == "expired", within=LIVES + 5, every=0.1))


class Chat(ServedCase):
    def open(self, visitor, **more):
        return self.server.post("/v1/chat/conversations", {"anonymousId": visitor} | more)

    def say(self, visitor, conversation, message, text="hello"):
        return self.server.post(f"/v1/chat/conversations/{conversation}/messages", {"anonymousId": visitor, "messageId": message, "text": text})

    def close(self, visitor, conversation):
        return self.server.post(f"/v1/chat/conversations/{conversation}/close", {"anonymousId": visitor})

    def read(self, visitor, conversation):
        return self.server.get(f"/v1/chat/conversations/{conversation}?anonymousId={visitor}")

    def lines(self, visitor, conversation):
        return [(line["event"], line["from"], line["text"]) for line in self.read(visitor, conversation).json["messages"]]

    def test_a_conversation(self):
        visitor = fresh()
        offer = self.offer_to(visitor)
        receipts = [self.open(visitor, interventionId=offer["id"], messageId="m0", text="help").json for _ in range(2)]
        conversation = receipts[0]["conversationId"]
        self.assertEqual({r["conversationId"] for r in receipts}, {conversation})
        for _ in range(2):
            receipt = self.say(visitor, conversation, "m1", "again")
            self.assertEqual((receipt.status, receipt.json["messageId"]), (200, "m1"))
        self.assertEqual(self.lines(visitor, conversation), [("opened", "visitor", ""), ("message", "visitor", "help"), ("message", "visitor", "again")])
        shown = self.read(visitor, conversation).json["conversation"]
        self.assertEqual((shown["state"], shown["visitor"], shown["interventionId"], shown["decisionId"], shown["riskAtOffer"]), ("waiting", visitor, offer["id"], offer["decisionId"], 76))
        self.assertEqual(self.close(visitor, conversation).status, 200)
        self.assertProblem(self.say(visitor, conversation, "m2"), 409, "closed")
        self.assertProblem(self.close(visitor, conversation), 409, "closed")
        self.assertEqual(self.read(visitor, conversation).json["conversation"]["state"], "closed")
        self.assertEqual(len(self.lines(visitor, conversation)), 4)

    def test_one_conversation_at_a_time(self):
        """Whatever the second one is opened by, its receipt names the conversation that is open."""
        visitor = fresh()
        offer = self.offer_to(visitor)
        first = self.open(visitor, messageId="m0", text="by a message").json["conversationId"]
        second = self.open(visitor, interventionId=offer["id"], messageId="m1", text="by the offer")
        self.assertEqual((second.status, second.json["conversationId"]), (200, first))
        self.assertEqual([text for _, _, text in self.lines(visitor, first)], ["", "by a message", "by the offer"])
        self.close(visitor, first)
        third = self.open(visitor, messageId="m2", text="anew").json["conversationId"]
        self.assertNotEqual(third, first)
        self.assertEqual(self.read(visitor, third).json["conversation"]["state"], "waiting")

    def test_another_visitors_conversation(self):
        visitor = fresh()
        conversation = self.open(visitor, messageId="m0").json["conversationId"]
        for other in (fresh(), "nobody"):
            self.assertProblem(self.read(other, conversation), 404, "not_found")
            self.assertProblem(self.say(other, conversation, "m1"), 404, "not_found")
            self.assertProblem(self.close(other, conversation), 404, "not_found")
        self.assertProblem(self.server.get(f"/v1/chat/conversations/{conversation}"), 404, "not_found")

    def test_bad_lines(self):
        visitor = fresh()
        conversation = self.open(visitor, messageId="m0").json["conversationId"]
        path = f"/v1/chat/conversations/{conversation}/messages"
        for body, code, field in (({"text": "x"}, "missing_field", "messageId"), ({"messageId": "m"}, "missing_field", "text"), ({"messageId": "m", "text": ""}, "out_of_range", "text"),
                                  ({"messageId": "m" * 65, "text": "x"}, "too_long", "messageId"), ({"messageId": "m", "text": "x" * 4001}, "too_long", "text"), ({"messageId": 1, "text": "x"}, "wrong_type", "messageId")):
            with self.subTest(field=field, code=code):
                self.assertProblem(self.server.post(path, {"anonymousId": visitor} | body), 400, code, field)
        self.assertProblem(self.open(visitor), 400, "missing_field", "messageId")
        self.assertProblem(self.open(visitor, interventionId="0" * 32, text="x"), 400, "missing_field", "messageId")
        self.assertProblem(self.server.post("/v1/chat/conversations", {"messageId": "m"}), 400, "missing_field", "anonymousId")
        self.assertEqual(len(self.lines(visitor, conversation)), 1)

    def test_text_comes_back_as_it_was(self):
        visitor = fresh()
        text = "<b>\"ü\" \\ \u2028 \U0001f600\n\ttab</b>\x7f"
        conversation = self.open(visitor, messageId="m0", text=text).json["conversationId"]
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            self.assertEqual(stream.await_event("chat", 2)["text"], text)
        self.assertEqual(self.lines(visitor, conversation)[1][2], text)


class Unanswered(ServedCase):
    flags = ("--policy.unanswered_after_s", 5)

    def test_a_waiting_visitor_is_told_that_nobody_answered(self):
        visitor = fresh()
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            stream.await_event("config")
            self.server.post("/v1/chat/conversations", {"anonymousId": visitor, "messageId": "m0", "text": "anybody?"})
            line = stream.await_event("chat", 3, within=10)
            self.assertEqual((line["event"], line["from"]), ("unanswered", "system"))


class Desk(ServedCase):
    flags = ("--policy.needs_agent", "true")

    def availability(self, agent, available):
        return self.server.ask("PUT", "/v1/desk/availability", {"agent": agent, "available": available})

    def outcome_of_a_struggle(self):
        visitor = fresh()
        self.accept(visitor, [struggle()])
        return self.server.rows(visitor, "decisions")[0]

    def test_availability_takes_effect_after_two_seconds(self):
        with EventStream(self.server.port, "/v1/desk/stream?agent=Ada") as desk:
            self.assertEqual(desk.await_event("availability")["available"], 0)
            asked = now_ms()
            answer = self.availability("Ada", True)
            self.assertEqual((answer.status, answer.json["available"], answer.json["agents"][0]["agent"]), (200, 1, "Ada"))
            self.assertTrue(asked + 1900 <= answer.json["agents"][0]["since"] <= now_ms() + 2000)
            decision = self.outcome_of_a_struggle()
            self.assertLess(decision["at"], answer.json["agents"][0]["since"])
            self.assertEqual(decision["outcome"], "none")
            self.assertEqual([g["gate"] for g in decision["gates"] if g["verdict"] == "reject"], ["agent"])
            self.assertTrue(wait_for(lambda: now_ms() > answer.json["agents"][0]["since"]))
            self.assertEqual(self.outcome_of_a_struggle()["outcome"], "offer")
            self.assertTrue(desk.await_event("availability", 2))
            self.server.kill()
            self.server.start()  # the control log is read again
            self.assertEqual(self.outcome_of_a_struggle()["outcome"], "offer")
            away = self.availability("Ada", False).json["agents"][0]["since"]
            self.assertTrue(wait_for(lambda: now_ms() > away))
            self.assertEqual(self.outcome_of_a_struggle()["outcome"], "none")

    def test_bad_availability(self):
        for body, code, field in (({}, "missing_field", "agent"), ({"agent": "A"}, "missing_field", "available"), ({"agent": "A", "available": "yes"}, "wrong_type", "available"),
                                  ({"agent": "A" * 61, "available": True}, "too_long", "agent"), ({"agent": 1, "available": True}, "wrong_type", "agent"), ("{", "invalid_json", "body")):
            with self.subTest(body):
                self.assertProblem(self.server.ask("PUT", "/v1/desk/availability", body), 400, code, field)
        self.assertProblem(self.server.get("/v1/desk/stream"), 400, "missing_field", "agent")

    def test_a_conversation_seen_from_the_desk(self):
        visitor = fresh()
        with EventStream(self.server.port, "/v1/desk/stream?agent=Bo") as desk, EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as page:
            page.await_event("config")
            opened = self.server.post("/v1/chat/conversations", {"anonymousId": visitor, "messageId": "m0", "text": "hi"}).json
            conversation = opened["conversationId"]
            self.assertEqual(desk.await_event("conversation")["id"], conversation)
            listed = [c for c in self.server.get("/v1/desk/conversations").json["items"] if c["id"] == conversation][0]
            self.assertEqual((listed["state"], listed["visitor"], listed["agent"], listed["lastText"]), ("waiting", visitor, None, "hi"))
            self.assertRegex(listed["label"], r"^Visitor \w{3}$")
            path = f"/v1/desk/conversations/{conversation}"
            for _ in range(2):
                said = self.server.post(f"{path}/messages", {"agent": "Bo", "messageId": "a1", "text": "hello!"})
                self.assertEqual(said.status, 200)
            line = page.await_event("chat", 3)
            self.assertEqual((line["from"], line["name"], line["text"]), ("agent", "Bo", "hello!"))
            seen = self.server.get(path).json
            self.assertEqual((seen["conversation"]["state"], seen["conversation"]["agent"]), ("active", "Bo"))
            self.assertEqual([m["messageId"] for m in seen["messages"]][1:], ["m0", "a1"])
            self.assertEqual(self.server.post(f"{path}/close", {"agent": "Bo"}).status, 200)
            self.assertEqual(page.await_event("chat", 5 if len(page.named("chat")) > 4 else 4)["conversationId"], conversation)
            self.assertProblem(self.server.post(f"{path}/messages", {"agent": "Bo", "messageId": "a2", "text": "?"}), 409, "closed")
            self.assertNotIn(conversation, [c["id"] for c in self.server.get("/v1/desk/conversations").json["items"]])
            self.assertIn(conversation, [c["id"] for c in self.server.get("/v1/desk/conversations?state=closed").json["items"]])
            self.assertIn(conversation, [c["id"] for c in self.server.get("/v1/desk/conversations?state=all").json["items"]])
        self.assertProblem(self.server.get("/v1/desk/conversations?state=odd"), 400, "out_of_range", "state")

    def test_the_one_waiting_longest_comes_first(self):
        opened = [self.server.post("/v1/chat/conversations", {"anonymousId": fresh(), "messageId": "m0"}).json["conversationId"] for _ in range(3)]
        listed = self.server.get("/v1/desk/conversations").json["items"]
        self.assertLessEqual(set(opened), {c["id"] for c in listed})
        times = [c["openedAt"] for c in listed]
        self.assertEqual(times, sorted(times))

    def test_bad_agent_lines(self):
        conversation = self.server.post("/v1/chat/conversations", {"anonymousId": fresh(), "messageId": "m0"}).json["conversationId"]
        path = f"/v1/desk/conversations/{conversation}/messages"
        for body, code, field in (({"messageId": "a", "text": "x"}, "missing_field", "agent"), ({"agent": "A", "text": "x"}, "missing_field", "messageId"), ({"agent": "A", "messageId": "a"}, "missing_field", "text"),
                                  ({"agent": "A", "messageId": "a", "text": "x" * 4001}, "too_long", "text"), ({"agent": "A", "messageId": "a" * 65, "text": "x"}, "too_long", "messageId")):
            with self.subTest(field=field, code=code):
                self.assertProblem(self.server.post(path, body), 400, code, field)


if __name__ == "__main__":
    unittest.main()
