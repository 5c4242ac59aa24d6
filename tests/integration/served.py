# SPDX-License-Identifier: Apache-2.0
"""What the test modules share: a test case with a server of its own, and raw sockets for what no client library sends."""
import contextlib
import itertools
import json
import pathlib
import shutil
import socket
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from serving import Server, now_ms, wait_for  # noqa: E402,F401

_numbers = itertools.count(1)


def fresh(prefix="v"):
    """A visitor nobody else uses."""
    return f"{prefix}-{next(_numbers)}"


def fact(seq, event_type="page", data=None, **more):
    return {"seq": seq, "eventType": event_type, "timestamp": now_ms(), "eventData": {"path": "/"} if data is None else data} | more


def batch(visitor, events, **more):
    return {"v": 1, "anonymousId": visitor, "tabId": f"tab-{visitor}", "sentAt": now_ms(), "events": events} | more


def struggle(seq=1, attempts=3, feature="calculator"):
    return fact(seq, "struggle_signal", {"feature": feature, "attemptCount": attempts})


def mission(user, event_type="page_view", data=None, **more):
    return {"eventType": event_type, "userId": user, "sessionId": f"s-{user}", "timestamp": now_ms(),
            "eventData": {"feature": "loans"} if data is None else data} | more


class ServedCase(unittest.TestCase):
    """One server per class, on a folder that goes with it."""
    flags = ()
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.server = Server(cls.folder / "data", *cls.flags)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        if cls.server.is_running():
            code = cls.server.stop()
            assert code == 0, (code, cls.server.error_text())

    # --- asking ------------------------------------------------------------------------------------------------------

    def send(self, visitor, events, **more):
        return self.server.post("/h/e", batch(visitor, events, **more))

    def accept(self, visitor, events, **more):
        answer = self.send(visitor, events, **more)
        self.assertEqual((answer.status, answer.json["rejected"]), (200, 0), answer)
        return answer

    def offer_to(self, visitor):
        """Makes the visitor struggle, and gives the offer."""
        self.accept(visitor, [struggle()])
        offers = self.server.rows(visitor, "interventions")
        self.assertEqual(len(offers), 1)
        return offers[0]

    def trouble_of(self, visitor):
        """The signals, without readings of the journey that stand among them."""
        return [row for row in self.server.rows(visitor, "signals") if "signal" in row]

    # --- expecting -----------------------------------------------------------------------------------------------------

    def assertProblem(self, answer, status, code, field=None, limit=None):
        self.assertEqual((answer.status, answer.headers.get("content-type")), (status, "application/problem+json"), answer)
        problem = answer.json
        self.assertLessEqual({"type", "title", "status", "code", "detail"}, set(problem), problem)
        self.assertEqual((problem["status"], problem["code"]), (status, code), problem)
        if field is not None:
            self.assertEqual(problem.get("field"), field, problem)
        if limit is not None:
            self.assertEqual(problem.get("limit"), limit, problem)
        if status in (429, 503):
            self.assertIn("retry-after", answer.headers)

    def assertNothingKept(self, visitor):
        self.assertIsNone(self.server.rows(visitor, "events"), f"something of {visitor} was kept")

    def assertServes(self):
        self.assertEqual(self.server.get("/livez").status, 200)
        self.accept(fresh("still"), [fact(1)])

    # --- raw connections ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def wire(self, timeout=15):
        with Wire(self.server.port, timeout) as wire:
            yield wire


class Wire:
    """A connection on which anything can be sent."""

    def __init__(self, port, timeout=15, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def until(self, mark):
        """Reads up to and with `mark`; what is there when the other end closed first."""
        while mark not in self.buffer and self._more():
            pass
        end = self.buffer.find(mark)
        end = len(self.buffer) if end < 0 else end + len(mark)
        taken, self.buffer = self.buffer[:end], self.buffer[end:]
        return taken

    def rest(self):
        while self._more():
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def exactly(self, count):
        while len(self.buffer) < count and self._more():
            pass
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def response(self, with_body=True):
        """(status, headers, body) of one response with a Content-Length; None when the other end closed instead."""
        head = self.until(b"\r\n\r\n").decode("latin-1")
        if not head:
            return None
        lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:] if line)}
        body = self.exactly(int(headers.get("content-length", 0))) if with_body else b""
        return int(lines[0].split()[1]), headers, body

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += piece
        return bool(piece)


class EventStream:
    """A client of server-sent events: parsed in a thread, awaited by the test."""

    def __init__(self, port, path, headers=None):
        self.wire = Wire(port, timeout=60)
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.wire.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n{lines}\r\n")
        self.head = self.wire.until(b"\r\n\r\n").decode("latin-1")
        self.status = int(self.head.split()[1])
        self.events = []
        self.is_over = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.wire.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self.wire.socket.close()

    def _read(self):
        with contextlib.suppress(OSError):
            while message := self.wire.until(b"\n\n"):
                if not message.endswith(b"\n\n"):
                    break
                fields = dict(line.split(": ", 1) for line in message.decode().split("\n") if ": " in line)
                if "event" not in fields:
                    continue
                with self._changed:
                    self.events.append((fields["event"], json.loads(fields["data"]), fields.get("id")))
                    self._changed.notify_all()
        with self._changed:
            self.is_over = True
            self._changed.notify_all()

    def named(self, name):
        with self._changed:
            return [data for event, data, _ in self.events if event == name]

    def await_event(self, name, count=1, within=10):
        """The data of the `count`th such event; None when it does not come."""
        with self._changed:
            self._changed.wait_for(lambda: sum(e[0] == name for e in self.events) >= count or self.is_over, within)
            found = [data for event, data, _ in self.events if event == name]
        return found[count - 1] if len(found) >= count else None

    def await_end(self, within=15):
        with self._changed:
            return self._changed.wait_for(lambda: self.is_over, within)
