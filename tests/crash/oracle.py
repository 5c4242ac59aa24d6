# SPDX-License-Identifier: Apache-2.0
"""What must be true of every visitor after all crashes. Pure: compares what clients know with what the server shows,
so that the self-test can falsify the view and see the checks fail."""
import collections
import concurrent.futures
import urllib.parse

from serving import now_ms

COLLECTIONS = ("events", "journeys", "signals", "decisions", "interventions")
POLL_SPAN = 900  # ms: a poll open this long beside a live offer must have brought it
LIVE = ("pending", "displayed")
READ_WITHIN = 20  # seconds; a machine that is busy with other things answers 503 for a while


def look(server, visitors):
    """Reads all that the server shows of the visitors: {name: {collection: rows, ...}}."""
    def look_at(visitor):
        shown = {"lookedAt": now_ms()} | {name: server.rows(visitor.name, name, patience=READ_WITHIN) or [] for name in COLLECTIONS}
        if visitor.conversation:
            query = urllib.parse.urlencode({visitor.key: visitor.name})
            answer = server.get(f"/v1/chat/conversations/{visitor.conversation}?{query}")
            shown["messages"] = answer.json["messages"] if answer.status == 200 else []
        return visitor.name, shown

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return dict(pool.map(look_at, visitors))


class Verdict:
    def __init__(self):
        self.passed = 0
        self.faults = []

    def expect(self, is_true, visitor, *what):
        if is_true:
            self.passed += 1
        else:
            self.faults.append(f"{visitor.name}: " + " ".join(map(str, what)))


def judge(visitors, view):
    verdict = Verdict()
    owners = collections.defaultdict(set)
    for visitor in visitors:
        shown = view[visitor.name]
        judge_log(verdict, visitor, shown)
        judge_effects(verdict, visitor, shown)
        judge_decisions(verdict, visitor, shown)
        judge_offer(verdict, visitor, shown)
        judge_chat(verdict, visitor, shown)
        for row in shown["decisions"] + shown["interventions"]:
            owners[row["id"]].add(visitor.name)
    for visitor in visitors:
        own = [row["id"] for row in view[visitor.name]["decisions"] + view[visitor.name]["interventions"]]
        verdict.expect(all(len(owners[i]) == 1 for i in own), visitor, "shares the id of a decision or an offer with another visitor")
    return verdict


def judge_log(verdict, visitor, shown):
    logged = [row["eventId"] for row in reversed(shown["events"]) if row["record"] == "event"]
    firsts = list(dict.fromkeys(logged))
    lost = [i for i in visitor.acknowledged if i not in set(logged)]
    verdict.expect(not lost, visitor, "acknowledged and lost:", lost)
    verdict.expect(set(firsts) <= set(visitor.tries), visitor, "never sent:", set(firsts) - set(visitor.tries))
    verdict.expect([i for i in firsts if i in visitor.facts] == visitor.acknowledged, visitor, "reordered:", firsts, "sent as", visitor.acknowledged)
    often = {i: n for i, n in collections.Counter(logged).items() if n > visitor.tries.get(i, 0)}
    verdict.expect(not often, visitor, "logged more often than sent:", often)
    offsets = [row["offset"] for row in shown["events"]]
    verdict.expect(offsets == sorted(set(offsets), reverse=True), visitor, "offsets are not those of an ordered log")
    for row in shown["events"]:
        if row.get("eventId") in visitor.facts:
            verdict.expect(row["eventData"] == visitor.facts[row["eventId"]].data, visitor, "changed:", row)


def trouble(rows):
    """Without readings of a journey: when those are made rests on the pace of the log."""
    return [row for row in rows if row.get("signalType") != "ai_journey_analysis"]


def judge_effects(verdict, visitor, shown):
    """Once, whatever the number of times that it was sent and logged."""
    counted = {name: sum(journey[name] for journey in shown["journeys"]) for name in visitor.counters()}
    verdict.expect(counted == visitor.counters(), visitor, "counted", counted, "of", visitor.counters())
    verdict.expect(len(shown["journeys"]) == (1 if visitor.facts else 0), visitor, "has", len(shown["journeys"]), "journeys")
    found = sorted((s["signal"], s["target"], s["grade"]) for s in trouble(shown["signals"]))
    verdict.expect(found == visitor.signals(), visitor, "signals", found, "expected", visitor.signals())
    for signal in shown["signals"]:
        verdict.expect(set(signal["restsOn"]) <= set(visitor.facts), visitor, "a signal rests on unknown events:", signal)


def judge_decisions(verdict, visitor, shown):
    """The first qualifying event causes one decision, and that one offer."""
    causes = visitor.causes()
    found = [d["cause"] for d in shown["decisions"]]
    verdict.expect(found == [cause for cause, _ in causes], visitor, "decisions caused by", found, "expected", causes)
    offers = {i["decisionId"] for i in shown["interventions"]}
    verdict.expect(len(shown["interventions"]) == len(causes), visitor, "has", len(shown["interventions"]), "offers for", causes)
    for decision in shown["decisions"]:
        low, high = dict(causes).get(decision["cause"], (0, 0))
        verdict.expect(decision["outcome"] == "offer" and decision["trigger"] == "rising_edge" and low <= decision["risk"] <= high,
                       visitor, "decided", decision["outcome"], decision["trigger"], decision["risk"], "expected", (low, high), decision)
        verdict.expect(decision["id"] in offers, visitor, "no offer came of", decision["id"])


def judge_offer(verdict, visitor, shown):
    for offer in shown["interventions"]:
        wanted = visitor.answer or "expired"
        if wanted == "expired" and offer["state"] in LIVE and offer["expiresAt"] > shown["lookedAt"]:
            continue  # nothing to say yet
        too_late = wanted == "withheld" and offer["endedAt"] == offer["expiresAt"]
        verdict.expect(offer["state"] == ("expired" if too_late else wanted), visitor, "its offer is", offer["state"], "and not", wanted, offer)
        missed = [(begin, end) for begin, end in visitor.empty_polls
                  if min(end, offer["expiresAt"], offer["displayedAt"] or end) - max(begin, offer["at"]) >= POLL_SPAN]
        verdict.expect(not missed, visitor, "polls did not get the live offer:", missed, offer)


def judge_twins(verdict, visitors, decisions):
    """An offer displayed on one device keeps the other devices of the person quiet; nothing of that was lost."""
    for visitor in visitors:
        if visitor.twin is None or visitor.twin not in decisions:
            continue
        was_displayed = visitor.answer in ("displayed", "accepted", "dismissed", "snoozed")
        found = [d["outcome"] for d in decisions[visitor.twin]]
        verdict.expect(found == (["none"] if was_displayed else ["offer"]), visitor, "answered", visitor.answer, "and its twin was decided", decisions[visitor.twin])


def judge_chat(verdict, visitor, shown):
    if not visitor.conversation:
        return
    lines = [m["messageId"].split("-")[0] for m in shown["messages"] if m["event"] != "unanswered"]
    wanted = ["opened", *visitor.messages]
    verdict.expect(lines == wanted, visitor, "the conversation holds", lines, "and not", wanted)


def compare(visitors, view, reference):
    """Against a server that was never killed and was given each visitor's distinct events in the order of the log."""
    verdict = Verdict()
    for visitor in visitors:
        ours, theirs = view[visitor.name], reference[visitor.name]
        for name in ("journeys", "signals", "decisions", "interventions"):
            a, b = (sorted(row["id"] for row in trouble(side[name])) for side in (ours, theirs))
            verdict.expect(a == b, visitor, name, "differ from a clean run:", a, b)
        for a, b in zip(ours["decisions"], theirs["decisions"]):
            same = all(a[name] == b[name] for name in ("cause", "outcome", "trigger", "kind", "interventionId", "journeyId"))
            verdict.expect(same and abs(a["risk"] - b["risk"]) <= 2, visitor, "decided otherwise in a clean run:", a, b)
        a, b = ([{k: j[k] for k in visitor.counters()} for j in side["journeys"]] for side in (ours, theirs))
        verdict.expect(a == b, visitor, "counted otherwise in a clean run:", a, b)
    return verdict
