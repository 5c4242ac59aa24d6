# SPDX-License-Identifier: Apache-2.0
"""What cannot be used is refused by name, wholly, and the server goes on."""
import gzip
import json
import unittest

from served import ServedCase, batch, fact, fresh, mission, now_ms, struggle, wait_for

DAY = 86_400_000
HOUR = 3_600_000


class Bodies(ServedCase):
    def test_unreadable_bodies_are_refused_whole(self):
        visitor = fresh()
        good = json.dumps(batch(visitor, [fact(1)]))
        for what, body in {
            "malformed": good[:-1], "trailing": good + "x", "empty": "", "blank": "  ", "no JSON": "hello", "single quotes": good.replace('"', "'"),
            "not a number": good.replace('"v": 1', '"v": NaN'), "comment": "/* */" + good, "trailing comma": good[:-1] + ",}",
        }.items():
            with self.subTest(what):
                self.assertProblem(self.server.post("/h/e", body), 400, "invalid_json", "body")
        self.assertNothingKept(visitor)
        self.assertServes()

    def test_a_body_that_is_no_object(self):
        for body in ("[]", "1", '"text"', "null", "true"):
            with self.subTest(body):
                self.assertProblem(self.server.post("/h/e", body), 400, "wrong_type", "body")

    def test_invalid_utf8(self):
        visitor = fresh()
        for bad in (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
            body = json.dumps(batch(visitor, [fact(1, data={"path": "MARK"})])).encode().replace(b"MARK", bad)
            with self.subTest(bad):
                self.assertProblem(self.server.post("/h/e", body), 400, "invalid_utf8", "body")
        self.assertNothingKept(visitor)

    def test_deep_nesting(self):
        visitor = fresh()
        for depth in (40, 5000, 200_000):
            nested = '{"a":' * depth + "1" + "}" * depth
            body = json.dumps(batch(visitor, [fact(1, "custom", {"x": "MARK"})])).replace('"MARK"', nested)
            with self.subTest(depth):
                self.assertProblem(self.server.post("/h/e", body), 400, "too_deep", "body")
        self.assertProblem(self.server.post("/h/e", "[" * 100_000 + "]" * 100_000), 400, "too_deep", "body")
        self.assertNothingKept(visitor)
        nested = '{"a":' * 20 + "1" + "}" * 20
        body = json.dumps(batch(visitor, [fact(1, "custom", {"x": "MARK"})])).replace('"MARK"', nested)
        self.assertEqual(self.server.post("/h/e", body).json["accepted"], 1)
        self.assertServes()

    def test_content_types_and_encodings(self):
        visitor = fresh()
        body = json.dumps(batch(visitor, [fact(1)]))
        self.assertProblem(self.server.post("/h/e", body, headers={"Content-Type": "application/xml"}), 415, "unsupported_type", "Content-Type")
        self.assertProblem(self.server.post("/h/e", body, headers={"Content-Encoding": "br"}), 415, "unsupported_encoding", "Content-Encoding")
        self.assertProblem(self.server.post("/h/e", body, headers={"Content-Encoding": "gzip"}), 400, "invalid_gzip", "body")
        packed = gzip.compress(body.encode())
        self.assertProblem(self.server.post("/h/e", packed[:-9], headers={"Content-Encoding": "gzip"}), 400, "invalid_gzip", "body")
        self.assertNothingKept(visitor)
        for headers in ({"Content-Type": "text/plain;charset=UTF-8"}, {"Content-Type": "application/json; charset=utf-8"}, {"Content-Encoding": "identity"}):
            with self.subTest(headers):
                self.assertEqual(self.server.post("/h/e", body, headers=headers).status, 200)
        self.assertEqual(self.server.post("/h/e", packed, headers={"Content-Encoding": "gzip"}).json["accepted"], 1)
        said_nothing = self.server.post("/h/e", packed, headers={"Content-Type": "text/plain"})  # a page needs no preflight so
        self.assertEqual(said_nothing.json["accepted"], 1)

    def test_wrong_types_in_the_envelope(self):
        visitor = fresh()
        good = batch(visitor, [fact(1)], userId="u", sessionId="s")
        strange = {"v": ["1", [], {}, True], "anonymousId": [1, [], {}, True], "userId": [1, [], {}, False], "sessionId": [1, [], {}],
                   "tabId": [1, [], {}], "sentAt": ["now", [], {}, 1.5], "events": ["x", 1, {}, True]}
        for field, values in strange.items():
            for value in values:
                with self.subTest(field=field, value=value):
                    self.assertProblem(self.server.post("/h/e", good | {field: value}), 400, "wrong_type", field)
        for field in ("v", "anonymousId", "tabId", "events"):
            with self.subTest(missing=field):
                self.assertProblem(self.server.post("/h/e", {k: v for k, v in good.items() if k != field}), 400, "missing_field", field)
        for field, value, code in (("v", 2, "out_of_range"), ("anonymousId", "a b", "bad_id"), ("anonymousId", "a" * 201, "too_long"), ("userId", "ü", "bad_id"),
                                   ("tabId", "a.b", "bad_id"), ("tabId", "a" * 65, "too_long"), ("sessionId", "s" * 201, "too_long"),
                                   ("sentAt", -1, "out_of_range"), ("events", [], "out_of_range"), ("anonymousId", "", "out_of_range")):
            with self.subTest(field=field, value=value):
                self.assertProblem(self.server.post("/h/e", good | {field: value}), 400, code, field)
        self.assertNothingKept(visitor)
        self.assertNothingKept("u")

    def test_wrong_types_in_an_event_leave_its_neighbours(self):
        cases = {"seq": ["1", 0, -1, 1.5, None, [], 2**60], "eventType": [1, None, "", "Upper", "a b", "x" * 65, []],
                 "timestamp": ["now", None, -1, [], 10**18], "mono": ["1", -1, {}], "eventData": [1, None, "x", []]}
        for field, values in cases.items():
            for value in values:
                visitor = fresh()
                with self.subTest(field=field, value=value):
                    answer = self.send(visitor, [fact(1), fact(2) | {field: value}, fact(3)])
                    self.assertEqual((answer.status, answer.json["accepted"], answer.json["rejected"]), (200, 2, 1), answer)
                    self.assertEqual((answer.json["results"][0]["index"], answer.json["results"][0]["result"], answer.json["results"][0]["field"]), (1, "rejected", field))
                    self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], [3, 1])
        for value in (1, "x", None, []):
            with self.subTest(event=value):
                answer = self.send(fresh(), [value, fact(1)])
                self.assertEqual((answer.json["accepted"], answer.json["results"][0]["code"]), (1, "wrong_type"))

    def test_all_events_bad_is_200_with_results(self):
        visitor = fresh()
        answer = self.send(visitor, [fact(1, "page", {}), fact(2, "click", {})])
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["rejected"]), (200, 0, 2))
        self.assertNothingKept(visitor)

    def test_too_many_members(self):
        visitor = fresh()
        for data in ({f"k{i}": 1 for i in range(10_000)}, {"list": [0] * 10_000}, {"a": [{"b": {}} for _ in range(600)]}):
            answer = self.send(visitor, [fact(1, "custom", data)])
            result = answer.json["results"][0]
            self.assertEqual((answer.status, result["code"], result["limit"], result["field"]), (200, "too_many_properties", 1000, "eventData"))
        self.assertNothingKept(visitor)
        self.accept(visitor, [fact(1, "custom", {f"k{i}": 1 for i in range(1000)})])

    def test_one_large_event(self):
        visitor = fresh()
        answer = self.send(visitor, [fact(1, "custom", {"x": "y" * 40_000}), fact(2)])
        self.assertEqual((answer.json["accepted"], answer.json["results"][0]["code"], answer.json["results"][0]["limit"]), (1, "event_too_large", 32768))
        self.assertProblem(self.send(visitor, [fact(1, "custom", {"x": "y" * (1 << 20)})]), 413, "body_too_large", "body", 1 << 20)
        self.assertProblem(self.send(visitor, [fact(n + 1) for n in range(1001)]), 413, "too_many_events", "events", 1000)
        self.assertEqual(len(self.server.rows(visitor, "events")), 1)
        self.accept(visitor, [fact(n + 10) for n in range(1000)])


class Sizes(ServedCase):
    """With a small limit, so that the tests are quick."""
    flags = ("--server.body_bytes_max", 65536)
    limit = 65536

    def test_a_body_over_the_limit(self):
        visitor = fresh()
        self.assertProblem(self.server.post("/h/e", batch(visitor, [fact(1, "custom", {"x": "y" * self.limit})])), 413, "body_too_large", "body", self.limit)
        self.assertNothingKept(visitor)
        self.assertServes()

    def test_a_declared_length_over_the_limit_is_refused_before_the_body(self):
        for length in (self.limit + 1, 10**10, 2**63 - 1):
            with self.subTest(length), self.wire() as wire:
                wire.send(f"POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n")
                status, headers, body = wire.response()
                self.assertEqual((status, json.loads(body)["code"], json.loads(body)["limit"]), (413, "body_too_large", self.limit))
                self.assertEqual(headers["connection"], "close")
        self.assertServes()

    def test_a_chunked_body_over_the_limit(self):
        with self.wire() as wire:
            wire.send("POST /h/e HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(10):
                wire.send(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
            status, _, body = wire.response()
            self.assertEqual((status, json.loads(body)["limit"]), (413, self.limit))
        with self.wire() as wire:  # one chunk that says it is huge
            wire.send("POST /h/e HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFF\r\nx")
            self.assertIn(wire.response()[0], (400, 413))
        self.assertServes()

    def test_a_gzip_bomb(self):
        bomb = gzip.compress(b"[" + b" " * (32 << 20))
        self.assertLess(len(bomb), self.limit)
        self.assertProblem(self.server.post("/h/e", bomb, headers={"Content-Encoding": "gzip"}), 413, "body_too_large", "body", self.limit)
        self.assertProblem(self.server.post("/h/e", bomb, headers={"Content-Type": "text/plain"}), 413, "body_too_large", "body", self.limit)
        self.assertServes()

    def test_just_at_the_limit(self):
        visitor = fresh()
        body = json.dumps(batch(visitor, [fact(1)]))
        self.assertEqual(self.server.post("/h/e", body + " " * (self.limit - len(body))).status, 200)


class Times(ServedCase):
    def row(self, visitor, index=0):
        return self.server.rows(visitor, "events")[index]

    def test_the_future_is_clamped_to_received(self):
        visitor = fresh()
        self.accept(visitor, [fact(1, timestamp=now_ms() + HOUR)])
        row = self.row(visitor)
        self.assertEqual((row["occurredAt"], row["flags"]), (row["receivedAt"], ["clamped"]))
        self.assertGreater(row["timestamp"], row["receivedAt"])

    def test_what_is_older_than_a_day_is_listed_and_not_folded(self):
        visitor = fresh()
        now = now_ms()
        self.accept(visitor, [struggle(1, 5) | {"timestamp": now - 25 * HOUR}, fact(2, timestamp=now)])
        self.assertEqual([row["flags"] for row in self.server.rows(visitor, "events")], [[], ["late"]])
        self.assertEqual([j["events"] for j in self.server.rows(visitor, "journeys")], [1])
        self.assertEqual(self.server.rows(visitor, "signals"), [])
        only_late = fresh()
        self.accept(only_late, [struggle(1, 5) | {"timestamp": now - 3000 * DAY}])
        self.assertEqual(len(self.server.rows(only_late, "events")), 1)
        self.assertEqual(self.server.rows(only_late, "journeys"), [])

    def test_history_is_folded_and_starts_no_offer(self):
        visitor = fresh()
        now = now_ms()
        self.accept(visitor, [struggle(1, 5) | {"timestamp": now - 65_000}], sentAt=now)
        self.assertEqual(len(self.trouble_of(visitor)), 1)
        self.assertEqual(self.server.rows(visitor, "interventions"), [])

    def test_a_clock_that_strays_is_mapped_by_sent_at(self):
        visitor = fresh()
        theirs = now_ms() - 400 * DAY
        self.accept(visitor, [fact(1, timestamp=theirs - 2000)], sentAt=theirs)
        row = self.row(visitor)
        self.assertEqual((row["flags"], row["receivedAt"] - row["occurredAt"], row["sentAt"]), ([], 2000, theirs))

    def test_mission_times_count_from_the_newest_of_the_request(self):
        user = fresh("u")
        now = now_ms()
        answer = self.server.post("/api/events/track/batch", {"events": [mission(user, timestamp=now - 25 * HOUR), mission(user, timestamp=now)]})
        self.assertEqual([r["status"] for r in answer.json], ["success", "success"])
        self.assertEqual([row["flags"] for row in self.server.rows(user, "events")], [[], ["late"]])
        self.assertEqual(self.server.rows(user, "journeys")[0]["events"], 1)


class Repeats(ServedCase):
    def events_of(self, visitor):
        return sum(j["events"] for j in self.server.rows(visitor, "journeys"))

    def test_a_repeated_fact_counts_once(self):
        visitor = fresh()
        first = batch(visitor, [fact(1), struggle(2)])
        for body in (first, first, batch(visitor, [fact(1), fact(3)])):
            self.assertEqual(self.server.post("/h/e", body).status, 200)
        self.assertEqual(self.events_of(visitor), 3)
        self.assertEqual(len(self.trouble_of(visitor)), 1)
        self.assertEqual([len(self.server.rows(visitor, name)) for name in ("decisions", "interventions")], [1, 1])

    def test_a_repeat_within_one_batch(self):
        visitor = fresh()
        self.accept(visitor, [fact(1), fact(1), fact(2)])
        self.assertEqual(self.events_of(visitor), 2)

    def test_late_arrivals_of_a_tab_count_and_other_tabs_are_others(self):
        visitor = fresh()
        self.accept(visitor, [fact(n) for n in (5, 2, 9, 1)])
        self.accept(visitor, [fact(n) for n in (1, 2, 5, 9, 3)])
        self.accept(visitor, [fact(1)], tabId="another")
        self.assertEqual(self.events_of(visitor), 6)

    def test_a_repeated_event_id_counts_once_also_after_a_restart(self):
        user, other = fresh("u"), fresh("u")
        event = mission(user, "struggle_signal", {"feature": "calculator", "attemptCount": 3}, eventId="evt_same")
        for _ in range(2):
            self.assertEqual(self.server.post("/api/events/track", event).json["eventId"], "evt_same")
        self.assertEqual(self.server.post("/api/events/track/batch", {"events": [event, event | {"eventId": "evt_other"}]}).status, 200)
        self.server.post("/api/events/track", mission(other, eventId="evt_same"))
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.server.post("/api/events/track", event).status, 200)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.server.post("/api/events/track", event).status, 200)
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        self.assertEqual(self.events_of(user), 2)
        self.assertEqual(self.events_of(other), 1)
        self.assertEqual(len(self.server.rows(user, "decisions")), 1)

    def test_unknown_types_are_kept_whole(self):
        visitor = fresh()
        data = {"deep": {"list": [1, 2.5, "ü", None, True]}, "n": -0.25}
        self.accept(visitor, [fact(1, "never.heard:of_it", data)])
        row = self.server.rows(visitor, "events")[0]
        self.assertEqual((row["eventType"], row["eventData"]), ("never.heard:of_it", data))
        self.assertEqual(self.events_of(visitor), 1)


class Reads(ServedCase):
    def test_unknown_ids(self):
        zero = "0" * 32
        for path in ("/v1/visitors/nobody/events", "/v1/visitors/nobody/attributes", f"/v1/decisions/{zero}", "/v1/decisions/xyz",
                     f"/v1/chat/conversations/{zero}?anonymousId=nobody", f"/v1/desk/conversations/{zero}", "/v1/desk/conversations/xyz"):
            with self.subTest(path):
                self.assertProblem(self.server.get(path), 404, "not_found")
        for path in (f"/v1/interventions/{zero}/displayed", "/v1/interventions/xyz/displayed", f"/v1/interventions/{zero}/eaten",
                     f"/v1/chat/conversations/{zero}/close", "/v1/dead-letters/7/redrive", "/v1/dead-letters/x/redrive"):
            with self.subTest(path):
                self.assertProblem(self.server.post(path, {"anonymousId": "nobody"}), 404, "not_found")
        self.assertProblem(self.server.post(f"/v1/chat/conversations/{zero}/messages", {"anonymousId": "nobody", "messageId": "m", "text": "t"}), 404, "not_found")
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        self.assertProblem(self.server.get(f"/v1/visitors/{visitor}/secrets"), 404, "no_such_route")

    def test_limits_and_positions(self):
        visitor = fresh()
        self.accept(visitor, [fact(n + 1) for n in range(7)])
        for query in ("limit=0", "limit=501", "limit=-1", "limit=x", "limit=99999999999999999999"):
            with self.subTest(query):
                self.assertProblem(self.server.get(f"/v1/visitors/{visitor}/events?{query}"), 400, "out_of_range", "limit", 500)
        for query in ("before=x", "before=-5", "before=zz"):
            with self.subTest(query):
                self.assertProblem(self.server.get(f"/v1/visitors/{visitor}/events?{query}"), 400, "out_of_range", "before")
        self.assertProblem(self.server.get(f"/v1/visitors/{visitor}/journeys?before=zz"), 400, "out_of_range", "before")
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events", limit=2)], [7, 6, 5, 4, 3, 2, 1])


if __name__ == "__main__":
    unittest.main()
