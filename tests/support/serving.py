# SPDX-License-Identifier: Apache-2.0
"""Runs the real server for tests: start, kill, stop, and ask it things over HTTP."""
import ctypes
import http.client
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("HANDRAIL_BIN", ROOT / "build" / "release" / "handrail"))


def end_with_the_parent():
    """In the child: no server outlives a test that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Answer:
    """One HTTP answer, read whole."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers.get('content-type', '')} {self.body[:300]!r}"


def ask(connection, method, path, body=None, headers=None):
    """One request on an open connection. `body`: bytes, text, or anything that JSON can say."""
    headers = dict(headers or {})
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
    response = connection.getresponse()
    return Answer(response.status, response.getheaders(), response.read())


class Server:
    """`handrail serve` on a data folder. The port is a free one and changes with each start, unless `listen` names one."""

    def __init__(self, data, *flags, environment=None, folder=None):
        self.data = pathlib.Path(data)
        self.flags = [str(flag) for flag in flags]
        self.environment = environment
        self.folder = folder
        self.listen = "127.0.0.1:0"
        self.process = None
        self.port = None
        self.errors = self.data.with_name(self.data.name + ".stderr")

    def launch(self, *more_flags):
        """Starts the process without waiting for it to listen."""
        self.port = None
        command = [str(BINARY), "serve", "--data", str(self.data), "--listen", self.listen, *self.flags, *map(str, more_flags)]
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=self.environment, cwd=self.folder,
                                            preexec_fn=end_with_the_parent)
        return self

    def await_listening(self, within=30):
        line = b""
        deadline = time.monotonic() + within
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                raise RuntimeError(f"the server did not start (exit {self.process.poll()}): {line!r} {self.error_text()[-2000:]}")
            line += piece
        self.port = int(re.search(rb"http://[^ ]*:(\d+);", line).group(1))
        return self

    def start(self, *more_flags):
        return self.launch(*more_flags).await_listening()

    def error_text(self):
        return self.errors.read_text(errors="replace") if self.errors.exists() else ""

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def ask_to_end(self):
        self.process.send_signal(signal.SIGTERM)

    def await_end(self, within=20):
        code = self.process.wait(within)
        self.process.stdout.close()
        return code

    def stop(self):
        """Ends it cleanly and gives the exit code."""
        self.ask_to_end()
        return self.await_end()

    def close(self):
        """Whatever state it is in, it runs no more."""
        if self.is_running():
            self.kill()

    def connection(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=20):
        connection = self.connection(timeout)
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body, **options):
        return self.ask("POST", path, body, **options)

    def metric(self, name, labels=""):
        text = self.get("/metrics").body.decode()
        found = re.search(rf"^{re.escape(name + labels)} (\S+)$", text, re.M)
        return float(found.group(1)) if found else None

    def rows(self, visitor, collection, limit=500, patience=0):
        """All rows of a collection of a visitor, over all pages, newest first; None for an unknown visitor. 503 is asked again
        for so many seconds."""
        patient_until = time.monotonic() + patience
        rows, before = [], None
        while True:
            query = {"limit": limit} | ({"before": before} if before else {})
            answer = self.get(f"/v1/visitors/{urllib.parse.quote(visitor)}/{collection}?{urllib.parse.urlencode(query)}")
            if answer.status == 404:
                return None
            if answer.status == 503 and time.monotonic() < patient_until:
                time.sleep(0.05)
                continue
            assert answer.status == 200, answer
            page = answer.json
            rows += page["items"]
            before = page["next"]
            if before is None:
                return rows


def now_ms():
    return int(time.time() * 1000)


def wait_for(condition, within=10, every=0.02):
    """The first true value of `condition`, or its last value when the time is over."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(every)
