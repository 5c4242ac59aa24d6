# SPDX-License-Identifier: Apache-2.0
"""Clients in threads: each visitor's next request goes out only after the one before was answered. What was not
answered because the connection died is sent again, as it was, when the server is back."""
import http.client
import random
import threading
import time

from serving import ask, now_ms
from visitors import as_request, new_visitor

VISITORS_AT_ONCE = 6  # per thread
ANSWER_WITHIN = 30


class Load:
    def __init__(self, seed, threads):
        self.seed = seed
        self.visitors = []
        self.failures = []
        self.requests = 0
        self.resent = 0
        self.repeats = 1   # each request with events is sent so often, the last time after the next restart where one comes
        self.repeated = 0
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._ending = threading.Event()
        self._gave_up = threading.Event()
        self._port = None
        self._threads = [threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(threads)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def server_is_up(self, port):
        self._port = port
        self._up.set()

    def server_goes_away(self):
        self._up.clear()

    def abandon(self):
        """Whatever the clients do, they do no more; for the end of a trial that failed."""
        self._ending.set()
        self._gave_up.set()
        self._up.set()

    def finish(self):
        """Lets every thread have its last request answered, and ends."""
        self._ending.set()
        for thread in self._threads:
            thread.join(2 * ANSWER_WITHIN)
            if thread.is_alive():
                self.failures.append("a client still waits for its answer")

    def _run(self, number):
        client = Client(self)
        try:
            self._tell_stories(client, number)
        except GaveUp:
            pass

    def _tell_stories(self, client, number):
        rng = random.Random(f"{self.seed}-{number}")
        active = []
        made = 0
        while not self._ending.is_set():
            while len(active) < VISITORS_AT_ONCE:
                made += 1
                visitor = new_visitor(f"{self.seed}-{number}-{made}", random.Random(f"{self.seed}-{number}-{made}"))
                with self._lock:
                    self.visitors.append(visitor)
                active.append((visitor, visitor.requests(), [None]))
            turn = rng.choice(active)
            if not self._take_turn(client, *turn):
                active.remove(turn)
            self._repeat_across_a_restart(client)
        for _, visitor, request, ids in client.for_later:
            self._send_again(client, visitor, request, ids, 1)
        for visitor, requests, answer in active:
            if answer[0] is not None:
                self._hand_over(visitor, requests, answer[0])  # the visitor notes it; what it wants next is not sent

    def _take_turn(self, client, visitor, requests, answer):
        wanted = self._hand_over(visitor, requests, answer[0])
        if wanted is None:
            return False
        request, ids = as_request(wanted)
        answer[0] = client.carry_out(request, visitor, ids)
        if answer[0].status == 200 or answer[0].status in request.also_fine:
            return self._repeat(client, visitor, request, ids)
        return self._fail(visitor, f"{request.method} {request.path}: {answer[0]}")

    def _repeat(self, client, visitor, request, ids):
        if not ids or self.repeats == 1:
            return True
        client.for_later.append((self._port, visitor, request, ids))
        return self._send_again(client, visitor, request, ids, self.repeats - 2)

    def _repeat_across_a_restart(self, client):
        due = [later for later in client.for_later if later[0] != self._port]
        client.for_later = [later for later in client.for_later if later[0] == self._port]
        for _, visitor, request, ids in due:
            self._send_again(client, visitor, request, ids, 1)

    def _send_again(self, client, visitor, request, ids, times):
        for _ in range(times):
            answer = client.carry_out(request, visitor, ids)
            with self._lock:
                self.repeated += 1
            if answer.status != 200:
                return self._fail(visitor, f"sent again, {request.method} {request.path}: {answer}")
        return True

    def _hand_over(self, visitor, requests, answer):
        """What the visitor wants next; None when its story is over, or something was answered that must not be."""
        try:
            return requests.send(answer)
        except StopIteration:
            return None
        except AssertionError as fault:
            self._fail(visitor, fault)
            return None

    def _fail(self, visitor, what):
        with self._lock:
            self.failures.append(f"{visitor.name}: {what}")
        return False

    def count(self, resent):
        with self._lock:
            self.requests += 1
            self.resent += resent


class GaveUp(Exception):
    """The trial is over, whatever the clients still wait for."""


class Client:
    """One thread's connection."""

    def __init__(self, load):
        self._load = load
        self._connection = None
        self._port = None
        self.for_later = []  # (port of the server that acknowledged it, visitor, request, ids)

    def carry_out(self, request, visitor, ids):
        is_repeat = False
        while True:
            self._load._up.wait()
            if self._load._gave_up.is_set():
                raise GaveUp
            visitor.sent(ids)
            self._load.count(is_repeat)
            begun = now_ms()
            try:
                answer = ask(self._connected(), request.method, request.path, request.body, request.headers)
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = None
                is_repeat = True
                time.sleep(0.01)
                continue
            if answer.status != 503:
                answer.begun = begun  # the try that was answered
                return answer
            is_repeat = True
            time.sleep(0.05)  # draining, or busy: the client comes again

    def _connected(self):
        if self._connection is None or self._port != self._load._port:
            self._port = self._load._port
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN)
        return self._connection
