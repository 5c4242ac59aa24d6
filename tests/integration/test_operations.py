# SPDX-License-Identifier: Apache-2.0
"""Starting, stopping, crashing, full disks, figures and configuration."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from served import EventStream, ServedCase, Wire, batch, fact, fresh, mission, struggle, wait_for
from serving import BINARY, Server

CONFIG_INVALID = 3
CONFLICTING = 6


def run(*args, environment=None, folder=None):
    done = subprocess.run([str(BINARY), *map(str, args)], capture_output=True, text=True, timeout=20, check=False,
                          env=environment, cwd=folder)
    return done.returncode, done.stdout, done.stderr


class Figures(ServedCase):
    def test_metrics_are_prometheus_text(self):
        self.accept(fresh(), [fact(1), struggle(2)])
        answer = self.server.get("/metrics")
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4")
        sample = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"(,[a-zA-Z_]\w*="(?:[^"\\]|\\.)*")*,?\})? (NaN|[+-]?Inf|[-+0-9.eE]+)( \d+)?$')
        typed, seen = {}, set()
        for line in answer.body.decode().splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split()
                self.assertNotIn(name, typed, "each name is declared once")
                self.assertIn(kind, ("counter", "gauge", "histogram", "summary"))
                typed[name] = kind
            elif line and not line.startswith("#"):
                self.assertRegex(line, sample)
                self.assertNotIn(line.rsplit(" ", 1)[0], seen)
                seen.add(line.rsplit(" ", 1)[0])
                name = re.match(r"[\w:]+", line).group()
                self.assertTrue(name in typed or re.sub(r"_(bucket|sum|count|total)$", "", name) in typed, line)
        for name in ("handrail_ingest_events_total", "handrail_consumer_lag_events", "handrail_decisions_total", "handrail_commit_fsync_seconds_count", "handrail_ingest_ack_seconds_count"):
            self.assertTrue(any(s.split("{")[0] == name for s in seen), name)
        offers = '{outcome="offer",rule="rising_edge"}'
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_decisions_total", offers) >= 1))

    def test_health_routes(self):
        self.assertEqual(self.server.get("/livez").body, b"ok\n")
        self.assertEqual((self.server.get("/readyz").status, self.server.get("/readyz").body), (200, b"ready\n"))


class Ending(ServedCase):
    """Each test ends the server; each begins with a running one."""

    def setUp(self):
        if not self.server.is_running():
            self.server.start()

    def test_asked_to_end_it_says_goodbye_and_is_not_ready(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        with (EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as page, EventStream(self.server.port, f"/v1/visitors/{visitor}/watch") as watcher,
              EventStream(self.server.port, "/v1/desk/stream?agent=Ada") as desk, Wire(self.server.port) as begun, Wire(self.server.port) as late, Wire(self.server.port) as idle):
            for stream, first in ((page, "config"), (watcher, "attributes"), (desk, "availability")):
                self.assertIsNotNone(stream.await_event(first))
            # A request on its way when the end is asked for is answered: an event is kept, a look at readiness says 503.
            body = json.dumps(batch(visitor, [fact(2)]))
            begun.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n")
            late.send(f"POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n")
            self.assertTrue(wait_for(lambda: self.server.metric("handrail_http_connections_total") >= 6))
            self.server.ask_to_end()
            self.assertEqual(page.await_event("bye", within=5), {"retryMs": 2000})
            self.assertEqual(idle.rest(), b"", "an idle connection is closed")
            begun.send("\r\n")
            status, headers, answer = begun.response()
            self.assertEqual((status, json.loads(answer)["code"]), (503, "draining"))
            self.assertIn("retry-after", headers)
            late.send(body)
            status, headers, answer = late.response()
            self.assertEqual((status, json.loads(answer)["accepted"], headers["connection"]), (200, 1, "close"))
            for stream in (page, watcher, desk):
                self.assertTrue(stream.await_end(5))
            asked = time.monotonic()
            self.assertEqual(self.server.await_end(), 0)
            self.assertLess(time.monotonic() - asked, 5, "nothing was left to wait for")
        self.server.start()
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], [2, 1])

    def test_before_it_drains_it_can_say_for_a_while_that_it_is_not_ready(self):
        self.server.stop()
        self.server.start("--server.unready_ms", "3000")
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as page:
            self.server.ask_to_end()
            self.assertTrue(wait_for(lambda: self.server.get("/readyz").status == 503))
            self.assertEqual(self.server.get("/livez").status, 200)
            self.accept(visitor, [struggle(2)])
            self.assertIsNotNone(page.await_event("intervention"), "who is there is still served")
            self.assertIsNotNone(page.await_event("bye"))
            self.assertTrue(page.await_end(5))
        self.assertEqual(self.server.await_end(), 0)

    def test_under_load_it_ends_at_once_and_keeps_what_it_acknowledged(self):
        acknowledged, gone = [], threading.Event()

        def client(number):
            visitor = f"load-{number}"
            for seq in range(1, 100_000):
                try:
                    if self.send(visitor, [fact(seq)]).status != 200:
                        return
                except OSError:
                    return
                acknowledged.append((visitor, seq))
                if gone.is_set():
                    return

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for number in range(6):
                pool.submit(client, number)
            self.assertTrue(wait_for(lambda: len(acknowledged) > 100))
            asked = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - asked, 5)
            gone.set()
        self.server.start()
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        for number in range(6):
            kept = {row["seq"] for row in self.server.rows(f"load-{number}", "events") or []}
            self.assertEqual({seq for visitor, seq in acknowledged if visitor == f"load-{number}"} - kept, set())

    def test_open_polls_are_answered(self):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            visitor = fresh()
            before = self.server.metric("handrail_http_requests_total")
            poll = pool.submit(self.server.get, f"/v1/stream?anonymousId={visitor}&wait=20", headers={"Accept": "application/json"})
            self.assertTrue(wait_for(lambda: self.server.metric("handrail_http_requests_total") - before >= 3))
            self.assertEqual(self.server.stop(), 0)
            self.assertEqual([e["event"] for e in poll.result(5).json["events"]], ["config"])

    def test_an_offer_made_just_before_a_crash_reaches_its_page_after_it(self):
        """What was folded and not yet written is folded again, muted; how the offer stands is told at the end of that."""
        self.server.stop()
        self.server.start("--state.checkpoint_ms", 10_000)
        visitor, user, answered = fresh(), fresh("u"), fresh()
        offer = self.offer_to(answered)
        self.accept(visitor, [struggle()])
        self.server.post("/api/events/track", mission(user, "struggle_signal", {"feature": "f", "attemptCount": 3}))
        state = self.server.post(f"/v1/interventions/{offer['id']}/dismissed", {"anonymousId": answered}).json["state"]
        self.assertIn(state, ("dismissed", "recorded"))  # as durable either way; a busy machine folds it later
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        self.server.kill()
        self.server.start("--state.checkpoint_ms", 10_000)
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        with EventStream(self.server.port, f"/v1/stream?anonymousId={answered}") as stream:
            stream.await_event("config")
            self.assertIsNone(stream.await_event("intervention", within=0.5), "what was dismissed stays away")
        pending = self.server.get(f"/api/interventions/{user}/pending").json
        self.assertTrue(pending["hasPendingIntervention"])
        with EventStream(self.server.port, f"/v1/stream?anonymousId={visitor}") as stream:
            self.assertIsNotNone(stream.await_event("intervention"))


class Durability(ServedCase):
    flags = ("--log.durability", "relaxed")

    def test_relaxed_is_said_at_the_start_and_with_each_acknowledgement(self):
        self.assertIn("log.durability is relaxed", self.server.error_text())
        for path, body in (("/h/e", batch(fresh(), [fact(1)])), ("/api/events/track", mission("u")), ("/api/events/track/batch", {"events": [mission("u")]})):
            answer = self.server.post(path, body)
            self.assertEqual((answer.status, answer.headers.get("x-durability")), (200, "relaxed"), path)


class Folders(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def serve(self, *flags, data="data"):
        server = Server(self.folder / data, *flags)
        self.addCleanup(server.close)
        return server.start()

    def test_a_second_server_on_one_folder_is_refused(self):
        server = self.serve()
        code, out, errors = run("serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0")
        self.assertEqual((code, out), (CONFLICTING, ""))
        self.assertIn("another handrail process", errors)
        self.assertEqual(server.get("/readyz").status, 200)
        self.assertEqual(server.stop(), 0)

    def test_a_port_in_use(self):
        server = self.serve()
        code, _, errors = run("serve", "--data", self.folder / "other", "--listen", f"127.0.0.1:{server.port}")
        self.assertEqual(code, CONFLICTING, errors)
        self.assertIn("cannot listen", errors)

    def test_what_is_no_address(self):
        for address in ("example.com:80", "*:80", "1.2.3:80", "[::g]:80"):
            with self.subTest(address):
                code, out, errors = run("serve", "--data", self.folder / "data", "--listen", address)
                self.assertEqual((code, out), (CONFIG_INVALID, ""), errors)
                self.assertIn("not an IP address", errors)
        self.assertFalse((self.folder / "data").exists(), "nothing was begun")
        for address in ("127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1"):
            with self.subTest(address):
                self.assertEqual(run("serve", "--data", self.folder / "data", "--listen", address)[0], CONFIG_INVALID)

    def test_a_data_folder_that_cannot_be(self):
        (self.folder / "file").write_text("in the way")
        code, _, errors = run("serve", "--data", self.folder / "file", "--listen", "127.0.0.1:0")
        self.assertNotEqual(code, 0)
        self.assertIn(str(self.folder / "file"), errors)


class FullDisk(unittest.TestCase):
    """On a small file system of its own, where the system lets the test mount one."""
    flags = ("--log.segment_bytes", 2 << 20, "--log.block_bytes_max", 1 << 20, "--state.write_buffer_bytes", 1 << 20, "--engine.partitions", 2)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        mounted = shutil.which("mount") and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(self.folder)], capture_output=True, check=False).returncode == 0
        if not mounted:
            self.skipTest("no right to mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.folder)], check=False)
        self.server = Server(self.folder / "data", *self.flags)
        self.server.errors = pathlib.Path(tempfile.mkstemp(prefix="handrail-test-")[1])  # not on the full disk
        self.addCleanup(os.unlink, self.server.errors)
        self.addCleanup(self.server.close)
        self.server.start()

    def fill(self):
        with open(self.folder / "ballast", "ab", buffering=0) as ballast:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    pass

    def test_no_space(self):
        acknowledged, refused, seq = [], [], 0
        visitor = fresh()

        def send():
            nonlocal seq
            seq += 1
            answer = self.server.post("/h/e", batch(visitor, [fact(seq, "custom", {"x": "y" * 30_000})]))
            (acknowledged if answer.status == 200 else refused).append(seq)
            return answer

        self.assertEqual(send().status, 200)
        self.fill()
        for _ in range(400):
            answer = send()
            if answer.status != 200:
                break
        self.assertEqual((answer.status, answer.headers["content-type"]), (503, "application/problem+json"), answer)
        self.assertIn("retry-after", answer.headers)
        self.assertTrue(wait_for(lambda: self.server.get("/readyz").status == 503, within=5))
        self.assertEqual(self.server.get("/livez").status, 200)
        self.assertEqual(self.server.post("/api/events/track", mission("u")).status, 503)
        self.fill()
        self.assertEqual(send().status, 503)
        (self.folder / "ballast").unlink()
        freed = time.monotonic()
        self.assertTrue(wait_for(lambda: self.server.get("/readyz").status == 200, within=6, every=0.1), self.server.get("/readyz"))
        self.assertLess(time.monotonic() - freed, 5.5)
        self.assertEqual(send().status, 200)
        self.assertTrue(wait_for(lambda: self.server.metric("handrail_consumer_lag_events") == 0))
        kept = [row["seq"] for row in self.server.rows(visitor, "events")]
        self.assertEqual(sorted(kept), acknowledged)
        self.assertEqual(sum(j["events"] for j in self.server.rows(visitor, "journeys")), len(acknowledged))
        self.assertEqual(self.server.stop(), 0, self.server.error_text())
        self.server.start()
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], kept)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}

    def show(self, *flags, environment=None):
        code, out, errors = run("config", "show", "--origin", *flags, environment=self.environment | (environment or {}), folder=self.folder)
        self.assertEqual(code, 0, errors)
        return {name: (value, origin) for name, value, origin in re.findall(r"^(\S+) = (\S+)  # (.*)$", out, re.M)}

    def fields(self):
        return {name: value for name, (value, _) in self.show().items()}

    def other_values(self, name, default):
        """Three more values that are as good as the default."""
        if name in ("predictor.endpoint", "analyst.url"):
            return [f'"http://127.0.0.1:{port}"' for port in (1, 2, 3)]
        if default in ("true", "false"):
            return [{"true": "false", "false": "true"}[default], default, {"true": "false", "false": "true"}[default]]
        for one, other in (("fsync", "relaxed"), ("kinesis", "kafka"), ("propose", "promote"), ("embedded", "sagemaker"), ("builtin", "openai")):
            if default == f'"{one}"':
                return [f'"{other}"', default, f'"{other}"']
        if default.startswith('"'):
            return ['"127.0.0.1:1"', '"127.0.0.1:2"', '"127.0.0.1:3"'] if ":" in default else ['"one"', '"two"', '"three"']
        step = -1 if int(default) > 3 else 1
        return [str(int(default) + step * n) for n in (1, 2, 3)]

    def test_flags_over_environment_over_file_over_default_for_every_field(self):
        defaults = self.fields()
        self.assertGreater(len(defaults), 35)
        del defaults["kafka.properties"], defaults["analyst.api_key"]  # are not shown
        others = {name: self.other_values(name, value) for name, value in defaults.items()}
        self.assertEqual({origin for _, origin in self.show().values()}, {"default"})
        (self.folder / "handrail.toml").write_text("".join(f"{name} = {values[0]}\n" for name, values in others.items()))
        environment = {"HANDRAIL_" + name.upper().replace(".", "__"): values[1].strip('"') for name, values in others.items()}
        flags = [part for name, values in others.items() for part in (f"--{name}", values[2].strip('"'))]
        for layer, shown in enumerate((self.show(), self.show(environment=environment), self.show(*flags, environment=environment))):
            for name, values in others.items():
                with self.subTest(name, layer=layer):
                    value, origin = shown[name]
                    self.assertEqual(value, values[layer])
                    self.assertTrue(origin.startswith(("handrail.toml:", "environment", "flag")[layer]), origin)

    def test_tables_in_the_file(self):
        (self.folder / "mine.toml").write_text("[server]\nconnections_max = 7\n[policy]\nneeds_agent = true\n")
        shown = self.show("--config", "mine.toml")
        self.assertEqual((shown["server.connections_max"], shown["policy.needs_agent"]), (("7", "mine.toml:2"), ("true", "mine.toml:4")))

    def test_what_may_hold_a_password_is_not_shown(self):
        code, out, _ = run("config", "show", environment=self.environment | {"HANDRAIL_KAFKA__PROPERTIES": "sasl.password=hush"}, folder=self.folder)
        self.assertEqual(code, 0)
        self.assertNotIn("hush", out)
        self.assertIn("# kafka.properties is set, and not shown", out)

    def test_an_unknown_key_names_the_nearest(self):
        for text, nearest in (("server.lisen = 'x'", "server.listen"), ("[polcy]\nqualify_risk = 1", "policy.qualify_risk"), ("datta = 'x'", "data")):
            (self.folder / "handrail.toml").write_text(text)
            for command in (("config", "check"), ("config", "show"), ("serve",)):
                with self.subTest(text=text, command=command):
                    code, _, errors = run(*command, environment=self.environment, folder=self.folder)
                    self.assertEqual(code, CONFIG_INVALID)
                    self.assertIn("unknown key", errors)
                    self.assertIn(f'did you mean "{nearest}"?', errors)
        self.assertEqual(run("serve", "--server.lisen", "x", folder=self.folder)[0], 2)

    def test_check(self):
        code, out, _ = run("config", "check", environment=self.environment, folder=self.folder)
        self.assertEqual((code, out), (0, "the configuration is sound\n"))
        for flags, word in ((("--engine.partitions", "0"), "between 1 and 64"), (("--engine.partitions", "x"), "whole number"), (("--policy.needs_agent", "maybe"), "true or false"),
                            (("--policy.rearm_risk", "80"), "policy.qualify_risk"), (("--stream.kind", "pulsar"), "kinesis or kafka"), (("--log.block_bytes_max", "67108864"), "log.segment_bytes"), (("--listen", "nowhere:1"), "not an IP address")):
            with self.subTest(flags):
                code, _, errors = run("config", "check", *flags, environment=self.environment, folder=self.folder)
                self.assertEqual(code, CONFIG_INVALID, errors)
                self.assertIn(word, errors)
        for text in ("server.connections_max = ", "server.connections_max = 1.5", "server.connections_max = [1]", "server.connections_max = '1x'"):
            (self.folder / "handrail.toml").write_text(text)
            with self.subTest(text):
                code, _, errors = run("config", "check", environment=self.environment, folder=self.folder)
                self.assertEqual(code, CONFIG_INVALID)
                self.assertIn("handrail.toml:1", errors)
        self.assertEqual(run("config", "check", "--config", "nowhere.toml", environment=self.environment, folder=self.folder)[0], CONFIG_INVALID)

    def test_every_field_is_in_the_reference(self):
        code, out, _ = run("config", "reference", environment=self.environment, folder=self.folder)
        self.assertEqual(code, 0)
        for name, value in self.fields().items():
            self.assertIn(f"| `{name}` | `{value.strip(chr(34))}` |", out)


if __name__ == "__main__":
    unittest.main()
