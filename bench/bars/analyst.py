# SPDX-License-Identifier: Apache-2.0
"""S14 from the wish for an analysis to folded advice; R7 help while the provider hangs."""

import contextlib
import http.server
import json
import os
import socket
import statistics
import threading
import time
import urllib.request

from harness import PROGRAM, WORK, Process, free_port, tool

ANSWERS_AFTER = 0.6  # seconds: about what Nova Micro takes for 150 tokens
SAID = {"key_insights": [{"code": "many_attempts", "evidence": "attempts"}], "exit_risk_score": 70, "engagement_level": "low",
        "recommended_actions": ["show_live_chat_popup"], "message": "feature_stuck"}


class Provider(http.server.BaseHTTPRequestHandler):
    """OpenAI's API, as far as it is asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(ANSWERS_AFTER)
        body = json.dumps({"model": "bench", "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(SAID)}}],
                           "usage": {"prompt_tokens": 800, "completion_tokens": 60}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def provider():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


@contextlib.contextmanager
def hung():
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@contextlib.contextmanager
def environment(**values):
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def asking(url):
    return environment(HANDRAIL_ANALYST__KIND="openai", HANDRAIL_ANALYST__URL=url, HANDRAIL_ANALYST__CACHE_ENTRIES="0", HANDRAIL_ANALYST__PER_MINUTE="10000")


def ask(url, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def advised(base, visitor):
    """Seconds from a struggle being sent to the provider's account of it standing in the visitor's state."""
    event = {"eventType": "struggle_signal", "userId": visitor, "sessionId": visitor, "timestamp": int(time.time() * 1000), "eventData": {"feature": "loan", "attemptCount": 2}}
    begun = time.monotonic()
    ask(f"{base}/api/events/track", event)
    while time.monotonic() - begun < 10:
        reading = ask(f"{base}/v1/visitors/{visitor}/attributes").get("analysis")
        if reading and reading["source"]["provider"] == "openai":
            return time.monotonic() - begun
        time.sleep(0.02)
    return None


def s14(journeys):
    folder = WORK / "analyst"
    folder.mkdir(parents=True, exist_ok=True)
    spans, missed = [], 0
    lock = threading.Lock()

    def one(base, i):
        nonlocal missed
        span = advised(base, f"visitor-{i}")
        with lock:
            spans.append(span) if span else None
            missed += span is None

    with provider() as url, asking(url):
        port = free_port()
        with Process([PROGRAM, "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{port}"], folder, port):
            threads = []
            for i in range(journeys):
                threads.append(threading.Thread(target=one, args=(f"http://127.0.0.1:{port}", i)))
                threads[-1].start()
                time.sleep(0.25)  # four may be asked about at once
            for thread in threads:
                thread.join()
    spans.sort()
    at = lambda q: spans[min(int(q * len(spans)), len(spans) - 1)] * 1000
    return {"bar": "S14", "what": f"struggle sent → a provider's account folded, {journeys} journeys, one each 250 ms", "figure": f"p50 {at(.5):.0f} ms, p95 {at(.95):.0f} ms, {missed} missed",
            "reference": f"the provider answers after {ANSWERS_AFTER * 1000:.0f} ms", "ratio": at(.5) / (ANSWERS_AFTER * 1000), "wanted": "p95 ≤ 1,200 ms", "holds": not missed and at(.95) <= 1200}


def r7_analyst(rounds, idle):
    """S4's own measurement, alternately without a provider and with one that hangs."""
    WORK.mkdir(parents=True, exist_ok=True)
    struggle = lambda: tool("struggle", "--program", PROGRAM, "--folder", WORK, "--rounds", 100, "--idle", idle)
    without, beside = [], []
    with hung() as url:
        for _ in range(rounds):
            without.append(struggle())
            with asking(url):
                beside.append(struggle())
    middle = lambda rows, q: statistics.median(row["pushMs"][q] for row in rows)
    missed = sum(row["missed"] for row in beside)
    ratio = middle(beside, "p50") / middle(without, "p50")
    return {"bar": "R7 analyst", "what": "struggle sent → intervention received while the provider hangs", "figure": f"p50 {middle(beside, 'p50'):.2f} ms, p99 {middle(beside, 'p99'):.1f} ms",
            "reference": f"no provider: p50 {middle(without, 'p50'):.2f} ms, p99 {middle(without, 'p99'):.1f} ms", "ratio": ratio, "missed": missed,
            "wanted": "as without: p50 ≤ 1.2 ×, none missed", "holds": ratio <= 1.2 and not missed}
