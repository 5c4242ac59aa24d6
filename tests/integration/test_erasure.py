# SPDX-License-Identifier: Apache-2.0
"""Who asks to be forgotten is gone from every answer at once, and then from every byte; nobody else loses anything."""
import threading
import time
import unittest

from served import EventStream, ServedCase, batch, fact, fresh, struggle
from serving import wait_for

SMALL = ("--log.segment_bytes", str(1 << 20), "--log.block_bytes_max", str(256 << 10))


class Erasing(ServedCase):
    flags = ("--erasure.every_s", "1", *SMALL)

    def person(self):
        """One human on two devices, with all that can be kept: events, help, a chat, and the person's own order."""
        number = fresh("")
        user, phone, laptop = (f"canary{word}{number}" for word in ("Anna", "Phone", "Laptop"))
        for device in (phone, laptop):
            self.accept(device, [fact(1, "identify", {"userId": user}), fact(2, "order", {"note": f"canaryNote{number}"}), struggle(3)], userId=user)
        offer = self.server.rows(phone, "interventions")[0]
        self.assertEqual(self.server.post(f"/v1/interventions/{offer['id']}/displayed", {"anonymousId": phone}).status, 200)
        opened = self.server.post("/v1/chat/conversations", {"anonymousId": phone, "interventionId": offer["id"], "messageId": "m1", "text": f"canaryChat{number}"})
        self.assertEqual(opened.status, 200, opened)
        self.server.post(f"/v1/interventions/{offer['id']}/dismissed", {"anonymousId": phone})
        words = [user, phone, laptop, f"canaryNote{number}", f"canaryChat{number}"]
        return {"user": user, "phone": phone, "laptop": laptop, "words": words, "decision": offer["decisionId"], "conversation": opened.json["conversationId"]}

    def erase(self, visitor):
        """Asks again while the server is too busy to know all that there is of the visitor."""
        answer = wait_for(lambda: (given := self.server.ask("DELETE", f"/v1/visitors/{visitor}")).status != 503 and given)
        self.assertTrue(answer and answer.status == 200, answer)
        return answer.json

    def await_gone(self):
        self.assertTrue(wait_for(lambda: all(e["goneAt"] for e in self.server.get("/v1/erasures").json["items"]), within=30))

    def kept_bytes(self):
        return b"".join(f.read_bytes() for f in (self.folder / "data").rglob("*") if f.is_file())

    def assertNoByteOf(self, person):
        kept = self.kept_bytes()
        for word in person["words"]:
            self.assertNotIn(word.encode(), kept)

    def test_a_person_is_gone_from_every_answer_at_once_and_then_from_every_file(self):
        other = self.person()
        gone = self.person()
        before = {d: [self.server.rows(other[d], c) for c in ("events", "journeys", "decisions", "interventions")] for d in ("phone", "laptop")}
        self.assertIn(gone["words"][3].encode(), self.kept_bytes())
        self.assertEqual(self.erase(gone["user"])["visitors"], 3)
        for name in ("user", "phone", "laptop"):
            for what in ("attributes", "events", "journeys", "signals", "decisions", "interventions", "export"):
                answer = self.server.get(f"/v1/visitors/{gone[name]}/{what}")
                self.assertEqual(answer.status, 404, f"{name} {what}: {answer}")
            self.assertEqual(self.server.ask("DELETE", f"/v1/visitors/{gone[name]}").status, 404)
        self.assertEqual(self.server.get(f"/v1/decisions/{gone['decision']}").status, 404)
        self.assertEqual(self.server.get(f"/v1/desk/conversations/{gone['conversation']}").status, 404)
        for path in ("/v1/desk/conversations?state=all", "/v1/exposures?limit=500", "/v1/acts?limit=500", "/v1/erasures"):
            self.assertNotIn(gone["phone"].encode(), self.server.get(path).body, path)
        self.await_gone()
        self.assertNoByteOf(gone)
        for restart in (self.server.stop, self.server.kill):
            restart()
            self.assertNoByteOf(gone)
            self.server.start()
            self.assertEqual(self.server.get(f"/v1/visitors/{gone['user']}/attributes").status, 404)
        after = {d: [self.server.rows(other[d], c) for c in ("events", "journeys", "decisions", "interventions")] for d in ("phone", "laptop")}
        self.assertEqual(after, before)
        self.assertEqual(self.server.get("/v1/dead-letters").json["items"], [])

    def test_one_device_s_name_is_enough(self):
        gone = self.person()
        self.assertEqual(self.erase(gone["laptop"])["visitors"], 3)
        self.await_gone()
        self.assertNoByteOf(gone)

    def test_an_open_page_is_told_and_what_it_does_then_is_a_stranger_s(self):
        visitor = fresh("canaryOpen")
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            self.accept(visitor, [struggle()])
            self.assertIsNotNone(stream.await_event("intervention"))
            self.erase(visitor)
            self.assertIsNotNone(stream.await_event("retracted"))
        self.accept(visitor, [fact(2)])
        rows = self.server.rows(visitor, "events")
        self.assertEqual([e["seq"] for e in rows], [2])
        self.assertEqual(self.server.rows(visitor, "journeys")[0]["events"], 1)
        self.assertFalse(self.server.rows(visitor, "decisions"))

    def test_what_was_asked_before_a_kill_is_done_after_it(self):
        gone = self.person()
        self.server.stop()
        usual, self.server.flags = self.server.flags, ["--erasure.every_s", "3600", *SMALL]
        self.server.start()
        self.erase(gone["user"])
        self.server.kill()
        self.server.flags = usual
        self.assertIn(gone["words"][3].encode(), self.kept_bytes())
        self.server.start()
        self.assertEqual(self.server.get(f"/v1/visitors/{gone['user']}/events").status, 404)
        self.await_gone()
        self.assertNoByteOf(gone)

    def test_under_load_over_many_segments_nobody_else_loses_anything(self):
        gone = self.person()
        sent = {}
        stop = threading.Event()

        def send(sender):
            count = 0
            while not stop.is_set():
                visitor = f"{sender}-{count % 50}"
                events = [fact(count * 20 + i + 1, "word", {"text": "x" * 400}) for i in range(20)]
                if self.server.post("/h/e", batch(visitor, events)).status == 200:
                    sent[visitor] = sent.get(visitor, 0) + 20
                count += 1

        senders = [threading.Thread(target=send, args=(fresh("load"),)) for _ in range(2)]
        for sender in senders:
            sender.start()
        time.sleep(1)
        self.erase(gone["phone"])
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            gone_too = fresh("canaryMore")
            self.accept(gone_too, [fact(1)])
            self.erase(gone_too)
            time.sleep(0.3)
        stop.set()
        for sender in senders:
            sender.join()
        self.await_gone()
        self.assertGreater(self.server.metric("handrail_log_segments"), 3)
        for visitor, count in sent.items():
            self.assertEqual(len(self.server.rows(visitor, "events", patience=20)), count, visitor)
        self.server.stop()
        self.assertNoByteOf(gone)
        self.assertNotIn(b"canaryMore", self.kept_bytes())
        self.server.start()

    def test_an_export_holds_everything(self):
        person = self.person()
        answer = self.server.get(f"/v1/visitors/{person['laptop']}/export")
        self.assertEqual(answer.status, 200)
        visitors = {v["visitor"]: v for v in answer.json["visitors"]}
        self.assertEqual(set(visitors), {person["user"], person["phone"], person["laptop"]})
        phone = visitors[person["phone"]]
        self.assertIn(person["words"][4], [m["text"] for m in phone["conversations"][0]["messages"]])
        self.assertEqual([r["eventType"] for r in phone["records"] if r["record"] == "event"], ["struggle_signal", "order", "identify"])
        for collection in ("journeys", "signals", "decisions", "interventions"):
            self.assertEqual(phone[collection], self.server.rows(person["phone"], collection))
        self.assertEqual(self.server.get("/v1/visitors/nobody-knows/export").status, 404)


if __name__ == "__main__":
    unittest.main()
