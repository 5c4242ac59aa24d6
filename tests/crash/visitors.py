# SPDX-License-Identifier: Apache-2.0
"""Seeded visitors. Each is a generator of requests that gets the answers, and keeps what must be true afterwards.

Only facts whose meaning does not depend on how long a crash took are sent: a struggle with three or more attempts
qualifies at once, submits fail twice within one batch, and clicks always get their reaction on an element of their own.
"""
import json
import typing

from serving import now_ms


class Request(typing.NamedTuple):
    method: str
    path: str
    body: bytes | None = None
    headers: dict = {}
    also_fine: tuple = ()  # statuses beside 200 that say that an earlier try had been carried out


def as_request(wanted):
    """What a visitor's generator yields is a request alone, or with the ids of the events in it: both, always."""
    return wanted if isinstance(wanted[0], tuple) else (wanted, ())


def converse(visitor, carry_out):
    """Carries out all requests of one visitor in order: carry_out(request, ids) returns the answer to each."""
    requests, answer = visitor.requests(), None
    while True:
        try:
            request, ids = as_request(requests.send(answer))
        except StopIteration:
            return
        answer = carry_out(request, ids)


class Fact(typing.NamedTuple):
    type: str
    data: dict
    signal: tuple | None = None    # (signal, target, grade) that this fact completes
    decision: tuple | None = None  # (lowest, highest risk) of the decision that this fact causes
    spacing: int = 5               # ms between it and the fact before it


class Visitor:
    def __init__(self, name, rng):
        self.name = name
        self.rng = rng
        self.acknowledged = []   # event ids in the order in which they were sent
        self.facts = {}          # event id -> Fact, of the acknowledged ones
        self.tries = {}          # event id -> how often it was sent
        self.clicks = 0
        self.empty_polls = []    # (begin, end) of polls that brought no offer
        self.answer = None       # the last acknowledged answer to the offer
        self.conversation = None
        self.messages = []       # acknowledged message ids, in order
        self.user = None         # who this visitor said to be
        self.twin = None         # another device of the same person

    # --- facts -------------------------------------------------------------------------------------------------------

    def noise(self, count):
        return [self.rng.choice((self.page, self.click, self.focus, self.custom))() for _ in range(count)]

    def page(self):
        path = f"/shop/{self.rng.choice('abcdef')}"
        return Fact("page", {"path": path, "navigation": "push"})

    def click(self):
        self.clicks += 1
        return Fact("click", {"click": self.clicks, "key": f"button:b{self.clicks}", "x": 400 * self.clicks, "y": 10,
                              "outcome": {"afterMs": 150, "kind": "mutation", "reactionMs": 20}}, spacing=900)

    def focus(self):
        return Fact("field", {"key": "input:name", "phase": "focus"})

    def custom(self):
        return Fact("site.word", {"n": self.rng.randrange(1000), "text": "é" * self.rng.randrange(40)})

    def struggle(self, feature, attempts, causes=True):
        grade, risk = ("5", 87) if attempts >= 5 else ("3", 76) if attempts >= 3 else ("2", 60)
        decision = (risk - 1, risk) if causes and attempts >= 3 else None
        return Fact("struggle_signal", {"feature": feature, "attemptCount": attempts}, ("app_attempts", feature, grade), decision)

    def story(self):
        """Lists of facts that must travel together."""
        kind = self.rng.choice(("at_once", "at_once", "two_troubles", "form", "calm"))
        story = [[fact] for fact in self.noise(self.rng.randrange(1, 8))]
        if kind == "at_once":
            story.append([self.struggle("calculator", self.rng.randrange(3, 9))])
            story += [[fact] for fact in self.noise(self.rng.randrange(0, 6))]
            if self.rng.random() < 0.5:
                story.append([self.struggle("export", self.rng.randrange(2, 9), causes=False)])
        elif kind == "two_troubles":
            story.append([self.struggle("calculator", 2)])
            story += [[fact] for fact in self.noise(self.rng.randrange(0, 4))]
            story.append(self.failing_submits(lowest=81))
        elif kind == "form":
            invalid = [Fact("validation", {"key": "input:term", "when": "blur"}, spacing=900) for _ in range(3)]
            invalid[2] = invalid[2]._replace(signal=("validation_repeat", "input:term", "thrice"))
            story.append(invalid + self.failing_submits(lowest=82))
        else:
            story.append([Fact("progress", {"name": "saved"})])
            story.append([Fact("submit", {"form": "form:loan", "result": "ok"})])
            story += [[fact] for fact in self.noise(self.rng.randrange(0, 6))]
        return story

    def failing_submits(self, lowest):
        failed = {"form": "form:loan", "result": "failed", "status": 503}
        return [Fact("submit", failed, spacing=900),
                Fact("submit", failed, ("submit_fail_repeat", "form:loan", "twice"), (lowest, 84), spacing=900)]

    # --- what is remembered --------------------------------------------------------------------------------------------

    def sent(self, ids):
        for event_id in ids:
            self.tries[event_id] = self.tries.get(event_id, 0) + 1

    def note(self, ids, facts):
        for event_id, fact in zip(ids, facts):
            if event_id not in self.facts:
                self.acknowledged.append(event_id)
                self.facts[event_id] = fact

    def causes(self):
        return [(event_id, fact.decision) for event_id, fact in self.facts.items() if fact.decision]

    def signals(self):
        return sorted(fact.signal for fact in self.facts.values() if fact.signal)

    def counters(self):
        facts = self.facts.values()
        submits = [fact.data["result"] for fact in facts if fact.type == "submit"]
        return {"events": len(self.facts), "pages": sum(fact.type in ("page", "page_view") for fact in facts),
                "clicks": sum(fact.type == "click" for fact in facts), "submits": len(submits),
                "failedSubmits": submits.count("failed"),
                "progress": submits.count("ok") + sum(fact.type == "progress" for fact in facts)}

    # --- after the offer -----------------------------------------------------------------------------------------------

    def after_the_offer(self):
        """The page fetches its offer, shows it, answers it; an accepted one leads to a chat."""
        if not self.causes() or self.rng.random() < 0.3:
            return
        offer = None
        for _ in range(6):
            answer = yield Request("GET", f"/v1/stream?{self.key}={self.name}&wait=1", None, {"Accept": "application/json"})
            news = [event["data"] for event in answer.json["events"] if event["event"] == "intervention"]
            if news:
                offer = news[-1]["interventionId"]
                break
            self.empty_polls.append((answer.begun, now_ms()))
        if offer is None:
            return
        for kind in self.rng.choice((["withheld"], ["displayed"], ["displayed", "accepted"], ["displayed", "dismissed"],
                                     ["displayed", "snoozed"], ["displayed", "accepted"])):
            answer = yield self.request(f"/v1/interventions/{offer}/{kind}", {})
            self.answer = kind
            if answer.json["state"] not in (kind, "recorded"):
                raise AssertionError(f"{kind} was answered with state {answer.json['state']}")
        if self.answer == "accepted":
            yield from self.chat(offer)

    def chat(self, offer):
        answer = yield self.request("/v1/chat/conversations", {"interventionId": offer, "messageId": "m0", "text": "hello"})
        self.conversation = answer.json["conversationId"]
        self.messages.append("m0")
        path = f"/v1/chat/conversations/{self.conversation}"
        for number in range(1, self.rng.randrange(1, 4)):
            yield self.request(f"{path}/messages", {"messageId": f"m{number}", "text": f"line {number} of {self.name}"})
            self.messages.append(f"m{number}")
        if self.rng.random() < 0.5:
            yield self.request(f"{path}/close", {}, also_fine=(409,))
            self.messages.append("closed")

    def request(self, path, body, also_fine=()):
        return Request("POST", path, json.dumps({self.key: self.name} | body).encode(), {"Content-Type": "application/json"}, also_fine)


class SdkVisitor(Visitor):
    """A page with the SDK: batches through /h/e, facts named by tab and number, sometimes from two tabs."""
    key = "anonymousId"

    def requests(self):
        tabs = [f"tab-{self.name}-{i}" for i in range(self.rng.choice((1, 1, 2)))]
        seq = dict.fromkeys(tabs, 0)
        together = []
        story = self.story()
        if self.rng.random() < 0.4:
            yield from self.bring_a_twin()
            story.insert(0, [Fact("identify", {"userId": self.user})])
        for number, facts in enumerate(story):
            together += facts
            if number + 1 < len(story) and len(together) < self.rng.randrange(1, 7):
                continue
            tab = self.rng.choice(tabs)
            numbers = range(seq[tab] + 1, seq[tab] + 1 + len(together))
            seq[tab] += len(together)
            ids = [f"{tab}:{n}" for n in numbers]
            request = self.batch(tab, numbers, together)
            for _ in range(2 if self.rng.random() < 0.1 else 1):  # at times a client repeats what was acknowledged
                answer = yield (request, ids)
                if answer.json["accepted"] != len(ids):
                    raise AssertionError(f"accepted {answer.json} of {len(ids)}")
                self.note(ids, together)
            together = []
        yield from self.after_the_offer()

    def bring_a_twin(self):
        self.user = f"u-{self.name}"
        twin = f"twin-{self.name}"
        yield self.batch(f"tab-{twin}", [1], [Fact("identify", {"userId": self.user})], twin)
        self.twin = twin

    def last_struggle_of_the_twin(self):
        """When all is settled: the other device struggles too."""
        return self.batch(f"tab-{self.twin}", [2], [self.struggle("calculator", 3)], self.twin)

    def batch(self, tab, numbers, facts, visitor=None):
        sent_at = now_ms()
        at = sent_at - sum(fact.spacing for fact in facts[1:])
        events = []
        for n, (seq, fact) in enumerate(zip(numbers, facts)):
            at += fact.spacing if n else 0
            events.append({"seq": seq, "eventType": fact.type, "timestamp": at, "mono": at % 10**9, "eventData": fact.data})
        body = {"v": 1, "anonymousId": visitor or self.name, "tabId": tab, "sentAt": sent_at, "events": events}
        return Request("POST", "/h/e", json.dumps(body).encode(), {"Content-Type": self.rng.choice(("text/plain", "application/json"))})


class MissionVisitor(Visitor):
    """A client of the original demo app: single events and batches with ids of its own."""
    key = "userId"

    def requests(self):
        events = [self.event() for _ in range(self.rng.randrange(1, 5))]
        if self.rng.random() < 0.7:
            events.append(self.struggle("calculator", self.rng.randrange(3, 9)))
        events += [self.event() for _ in range(self.rng.randrange(0, 4))]
        number = 0
        while events:
            count = self.rng.randrange(1, 4)
            together, events = events[:count], events[count:]
            ids = [f"evt_{self.name}_{number + i}" for i in range(len(together))]
            number += len(together)
            request = self.tracked(ids, together)
            for _ in range(2 if self.rng.random() < 0.1 else 1):
                answer = yield (request, ids)
                results = answer.json if isinstance(answer.json, list) else [answer.json]
                if [result["eventId"] for result in results] != ids:
                    raise AssertionError(f"results {results} for {ids}")
                self.note(ids, together)
        yield from self.after_the_offer()

    def event(self):
        return self.rng.choice((Fact("page_view", {"feature": "loans"}), Fact("feature_interaction", {"feature": "calculator", "attemptCount": 1}),
                                Fact("user_action", {"action": "button_click"})))

    def tracked(self, ids, facts):
        at = now_ms()
        events = [{"eventId": event_id, "eventType": fact.type, "userId": self.name, "sessionId": f"s-{self.name}",
                   "timestamp": at, "eventData": fact.data} for event_id, fact in zip(ids, facts)]
        single = len(events) == 1 and self.rng.random() < 0.5
        path, body = ("/api/events/track", events[0]) if single else ("/api/events/track/batch", {"events": events})
        return Request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})


def new_visitor(name, rng):
    return MissionVisitor(f"m-{name}", rng) if rng.random() < 0.35 else SdkVisitor(f"v-{name}", rng)
