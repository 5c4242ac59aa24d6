# SPDX-License-Identifier: Apache-2.0
"""Feeds another server what a log holds: each visitor's distinct events in their order, in the requests they came in."""
import concurrent.futures
import itertools


def requests_of(rows):
    """(path, body) for the logged rows of one visitor, newest first as the read route gives them."""
    seen = set()
    distinct = [row for row in reversed(rows) if row["record"] == "event" and not (row["eventId"] in seen or seen.add(row["eventId"]))]
    for (tab, sent_at, received_at), together in itertools.groupby(distinct, key=lambda r: (r["tabId"], r["sentAt"], None if r["tabId"] else r["receivedAt"])):
        together = list(together)
        if tab:
            yield "/h/e", {"v": 1, "anonymousId": together[0]["anonymousId"], "tabId": tab, "sentAt": sent_at,
                           "events": [{name: row[name] for name in ("seq", "eventType", "timestamp", "eventData")} for row in together]}
        else:
            yield "/api/events/track/batch", {"events": [
                {name: row[name] for name in ("eventId", "eventType", "userId", "sessionId", "timestamp", "eventData")} for row in together]}


def feed(server, visitors, view):
    def feed_one(visitor):
        for path, body in requests_of(view[visitor.name]["events"]):
            answer = server.post(path, body)
            assert answer.status == 200, (path, body, answer)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(feed_one, visitors))
