# SPDX-License-Identifier: Apache-2.0
"""HTTP itself: framing, methods, hosts, other sites' pages, slow and broken clients."""
import json
import time
import unittest

from served import EventStream, ServedCase, Wire, batch, fact, fresh, wait_for
from serving import ask


def request(method="GET", path="/livez", body=None, version="1.1", host="localhost", **headers):
    lines = [f"{method} {path} HTTP/{version}"] + ([f"Host: {host}"] if host else [])
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines) + "\r\n\r\n" + (body or "")


class Framing(ServedCase):
    def test_keep_alive_over_many_requests(self):
        connection = self.server.connection()
        visitor = fresh()
        try:
            before = self.server.metric("handrail_http_connections_total")
            for n in range(1000):
                answer = ask(connection, "GET", "/livez") if n % 10 else ask(connection, "POST", "/h/e", batch(visitor, [fact(n + 1)]))
                self.assertEqual(answer.status, 200)
            self.assertEqual(self.server.metric("handrail_http_connections_total") - before, 2)  # this one, and the reading of it
        finally:
            connection.close()
        self.assertEqual(len(self.server.rows(visitor, "events")), 100)

    def test_pipelined_requests_are_answered_in_order(self):
        visitor = fresh()
        with self.wire() as wire:
            posts = [request("POST", "/h/e", json.dumps(batch(visitor, [fact(n + 1)]))) for n in range(20)]
            wire.send("".join(posts) + request("GET", "/nowhere") + request("GET", "/livez"))
            for _ in posts:
                status, _, body = wire.response()
                self.assertEqual((status, json.loads(body)["accepted"]), (200, 1))
            self.assertEqual(wire.response()[0], 404)
            self.assertEqual(wire.response()[::2], (200, b"ok\n"))
        self.assertEqual([row["seq"] for row in self.server.rows(visitor, "events")], list(range(20, 0, -1)))

    def test_a_request_in_small_pieces(self):
        with self.wire() as wire:
            for byte in request("POST", "/h/e", json.dumps(batch(fresh(), [fact(1)]))):
                wire.send(byte)
            self.assertEqual(wire.response()[0], 200)

    def test_chunked(self):
        body = json.dumps(batch(fresh(), [fact(1)]))
        with self.wire() as wire:
            wire.send("POST /h/e HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in (body[:10], body[10:]):
                wire.send(f"{len(piece):x}\r\n{piece}\r\n")
            wire.send("0\r\n\r\n")
            status, _, answer = wire.response()
            self.assertEqual((status, json.loads(answer)["accepted"]), (200, 1))

    def test_http_1_0(self):
        with self.wire() as wire:
            wire.send(request(version="1.0"))
            status, headers, body = wire.response()
            self.assertEqual((status, body), (200, b"ok\n"))
            self.assertNotEqual(headers.get("connection"), "keep-alive")
            self.assertEqual(wire.rest(), b"")

    def test_connection_close_is_honoured(self):
        with self.wire() as wire:
            wire.send(request(Connection="close"))
            self.assertEqual(wire.response()[1]["connection"], "close")
            self.assertEqual(wire.rest(), b"")

    def test_head_is_get_without_the_body(self):
        for path in ("/livez", "/api/health", "/openapi.json", "/v1/visitors/nobody/events", "/nowhere"):
            with self.subTest(path), self.wire() as wire:
                wire.send(request("HEAD", path))
                status, headers, _ = wire.response(with_body=False)
                wire.send(request("GET", path))
                got_status, got_headers, _ = wire.response()
                self.assertEqual((status, headers["content-type"]), (got_status, got_headers["content-type"]))
                self.assertEqual(headers["content-length"], got_headers["content-length"])

    def test_head_of_a_stream_ends(self):
        with self.wire(timeout=5) as wire:
            wire.send(request("HEAD", f"/v1/stream?anonymousId={fresh()}", Connection="close"))
            head = wire.rest().decode()
            self.assertIn(" 200 ", head.split("\r\n")[0])
            self.assertTrue(head.endswith("\r\n\r\n"), head)

    def test_expect_continue(self):
        body = json.dumps(batch(fresh(), [fact(1)]))
        with self.wire() as wire:
            wire.send(f"POST /h/e HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n")
            self.assertTrue(wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 "))
            wire.send(body)
            self.assertEqual(wire.response()[0], 200)
        with self.wire() as wire:
            wire.send("POST /h/e HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
            self.assertEqual(wire.response()[0], 413)

    def test_a_header_too_large(self):
        with self.wire() as wire:
            wire.send(request(X_Large="x" * 20_000))
            status, headers, body = wire.response()
            problem = json.loads(body)
            self.assertEqual((status, headers["content-type"]), (431, "application/problem+json"))
            self.assertEqual((problem["code"], problem["field"], problem["limit"]), ("header_too_large", "header", 16384))
        with self.wire() as wire:
            wire.send("GET /" + "x" * 20_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(wire.response()[0], 431)
        self.assertServes()

    def test_what_is_not_http(self):
        for garbage in ("hello\r\n\r\n", "GET /livez\r\n\r\n", "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00" * 64,
                        "GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n", "GET /li vez HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                        "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", "POST /h/e HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"):
            with self.subTest(garbage[:40]), self.wire() as wire:
                wire.send(garbage)
                answer = wire.response()
                self.assertIsNotNone(answer)
                self.assertEqual((answer[0], json.loads(answer[2])["code"]), (400, "bad_request"))
                self.assertEqual(wire.rest(), b"", "the connection ends")
        self.assertServes()

    def test_two_lengths_smuggle_nothing(self):
        inner = request("GET", "/livez")
        for headers in (f"Content-Length: 5\r\nContent-Length: {len(inner)}", f"Content-Length: {len(inner)}\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Transfer-Encoding: chunked, gzip"):
            with self.subTest(headers), self.wire(timeout=5) as wire:
                wire.send(f"POST /h/e HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{inner}")
                self.assertEqual(wire.response()[0], 400)
                self.assertEqual(wire.rest(), b"")
        self.assertServes()


class Routing(ServedCase):
    def test_unknown_routes(self):
        for path in ("/nowhere", "/h", "/h/e/x", "/v1/visitors", "/v1/visitors//events", "/api/none", "/h/e%00", "/%2e%2e/etc/passwd", "//livez"):
            with self.subTest(path):
                self.assertProblem(self.server.get(path), 404, "no_such_route")

    def test_methods_a_route_does_not_know(self):
        for method, path, allowed in (("GET", "/h/e", "POST"), ("GET", "/v1/visitors/x", "DELETE"), ("DELETE", "/h/e", "POST"), ("POST", "/livez", "GET"), ("PUT", "/v1/stream", "GET"),
                                      ("PATCH", "/livez", "GET"), ("DELETE", "/v1/desk/availability", "GET, PUT"), ("BREW", "/livez", "GET")):
            with self.subTest(f"{method} {path}"):
                answer = self.server.ask(method, path)
                if method == "BREW" and answer.status == 400:
                    continue
                self.assertProblem(answer, 405, "method_not_allowed")
                self.assertEqual(answer.headers.get("allow"), allowed.replace("GET", "GET, HEAD"))

    def test_escaped_paths_and_queries(self):
        visitor = f"{fresh()}@mail.example:1"
        self.accept(visitor, [fact(1)], tabId="tab")
        for spelled in (visitor, visitor.replace("@", "%40").replace(":", "%3A"), visitor.replace("@", "%40").replace("v", "%76")):
            with self.subTest(spelled):
                self.assertEqual(len(self.server.get(f"/v1/visitors/{spelled}/events?limit=%31&x=1&limit=500").json["items"]), 1)
        self.assertEqual(self.server.get("/livez?anything=1&&=&%").status, 200)
        self.assertIn(self.server.get("/livez%").status, (400, 404))

    def test_foreign_hosts(self):
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]", "0.0.0.0", "192.168.0.1", "", "local host", "evil.example#localhost"):
            for path in ("/livez", "/v1/stream?anonymousId=a", "/v1/desk/availability", "/desk/", "/nowhere"):
                with self.subTest(host=host, path=path), self.wire() as wire:
                    wire.send(request(path=path, host=host))
                    status, headers, body = wire.response()
                    self.assertEqual((status, json.loads(body)["code"], json.loads(body)["field"]), (421, "foreign_host", "Host"))
        with self.wire() as wire:
            wire.send(request(host=None))
            self.assertIn(wire.response()[0], (400, 421))
        for host in ("127.0.0.1", f"localhost:{self.server.port}", "[::1]:80", "127.0.0.1:1"):
            with self.subTest(host=host), self.wire() as wire:
                wire.send(request(host=host))
                self.assertEqual(wire.response()[0], 200)

    def test_two_hosts(self):
        with self.wire() as wire:
            wire.send("GET /v1/desk/availability HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
            self.assertIn(wire.response()[0], (400, 421))

    def test_admin_routes_refuse_other_sites(self):
        own = f"http://127.0.0.1:{self.server.port}"
        refused = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                   {"Origin": own, "Sec-Fetch-Site": "cross-site"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": f"https://127.0.0.1:{self.server.port}"}]
        allowed = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": own}, {"Origin": own, "Sec-Fetch-Site": "same-origin"}]
        routes = [("GET", "/v1/visitors/nobody/events", None), ("GET", "/v1/desk/conversations", None), ("GET", "/v1/dead-letters", None),
                  ("PUT", "/v1/desk/availability", {"agent": "Eve", "available": True}), ("POST", f"/v1/desk/conversations/{'0' * 32}/close", {"agent": "Eve"}),
                  ("POST", "/v1/dead-letters/1/redrive", {}), ("GET", f"/v1/decisions/{'0' * 32}", None)]
        for method, path, body in routes:
            for headers in refused:
                with self.subTest(path=path, headers=headers):
                    answer = self.server.ask(method, path, body, headers)
                    self.assertProblem(answer, 403, "cross_site")
                    self.assertNotIn("access-control-allow-origin", answer.headers)
        self.assertEqual(self.server.get("/v1/desk/availability").json["agents"], [])
        for headers in allowed:
            with self.subTest(headers=headers):
                self.assertEqual(self.server.get("/v1/desk/conversations", headers=headers).status, 200)

    def test_pages_of_any_site_may_use_public_routes(self):
        origin = "https://shop.example"
        zero = "0" * 32
        for method, path, body in (("POST", "/h/e", batch(fresh(), [fact(1)])), ("POST", "/h/e", "bad"), ("GET", "/v1/stream", None),
                                   ("GET", "/api/interventions/u/pending", None), ("POST", "/api/events/track", {}), ("GET", "/api/health", None),
                                   ("POST", f"/v1/interventions/{zero}/displayed", {"anonymousId": "a"}), ("POST", "/v1/chat/conversations", {})):
            with self.subTest(f"{method} {path}"):
                answer = self.server.ask(method, path, body, {"Origin": origin, "Sec-Fetch-Site": "cross-site"})
                self.assertNotEqual(answer.status, 403)
                self.assertEqual((answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-allow-credentials")), (origin, "true"))
                self.assertIn("Origin", answer.headers.get("vary", ""))
        self.assertNotIn("access-control-allow-origin", self.server.get("/api/health").headers)
        with EventStream(self.server.port, f"/v1/stream?anonymousId={fresh()}", {"Origin": origin}) as stream:
            self.assertIn(f"Access-Control-Allow-Origin: {origin}", stream.head)
            self.assertIn("Content-Type: text/event-stream", stream.head)

    def test_preflights(self):
        for path in ("/h/e", "/api/events/track/batch", "/v1/stream", "/anything/at/all"):
            with self.subTest(path):
                answer = self.server.ask("OPTIONS", path, headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
                                                                    "Access-Control-Request-Headers": "content-type,x-client-type"})
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["access-control-allow-origin"], "https://shop.example")
                self.assertIn("POST", answer.headers["access-control-allow-methods"])
                for name in ("Content-Type", "Authorization", "X-Client-Type", "X-Environment"):
                    self.assertIn(name, answer.headers["access-control-allow-headers"])

    def test_answers_forbid_sniffing(self):
        for path in ("/livez", "/nowhere", "/api/health", "/metrics"):
            self.assertEqual(self.server.get(path).headers["x-content-type-options"], "nosniff")


class SlowClients(ServedCase):
    flags = ("--server.request_within_ms", 1500, "--server.idle_within_ms", 1000, "--server.write_within_ms", 1000)

    def closed_within(self, wire, seconds, drip=None):
        """Whether the server closes; meanwhile a byte goes out now and then."""
        begun = time.monotonic()
        wire.socket.settimeout(0.2)
        while time.monotonic() - begun < seconds:
            try:
                if drip:
                    wire.send(drip)
                if wire.socket.recv(4096) == b"":
                    return True
            except TimeoutError:
                pass
            except (ConnectionResetError, BrokenPipeError):
                return True
        return False

    def timeouts(self):
        return self.server.metric("handrail_http_timeouts_total")

    def test_a_header_byte_now_and_then(self):
        before = self.timeouts()
        with self.wire() as wire:
            wire.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ")
            self.assertTrue(self.closed_within(wire, 5, drip="x"))
        self.assertGreater(self.timeouts(), before)
        self.assertServes()

    def test_a_body_byte_now_and_then(self):
        with self.wire() as wire:
            wire.send("POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
            self.assertTrue(self.closed_within(wire, 5, drip="x"))

    def test_half_a_body_then_silence(self):
        visitor = fresh()
        body = json.dumps(batch(visitor, [fact(1)]))
        with self.wire() as wire:
            wire.send(f"POST /h/e HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body[:-5]}")
            self.assertTrue(self.closed_within(wire, 5))
        self.assertNothingKept(visitor)

    def test_half_a_request_then_gone(self):
        visitor = fresh()
        body = json.dumps(batch(visitor, [fact(1)]))
        for cut in (5, 30, 120, len(body)):
            with Wire(self.server.port) as wire:
                wire.send(request("POST", "/h/e", body)[:cut])
        self.assertNothingKept(visitor)
        self.assertServes()

    def test_a_connection_without_requests(self):
        with self.wire() as wire:
            self.assertTrue(self.closed_within(wire, 5))
        with self.wire() as wire:
            wire.send(request())
            self.assertEqual(wire.response()[0], 200)
            self.assertTrue(self.closed_within(wire, 5))

    def test_many_half_open_connections_keep_nobody_out(self):
        wires = [Wire(self.server.port) for _ in range(300)]
        try:
            for wire in wires:
                wire.send("POST /h/e HTTP/1.1\r\n")
            self.assertServes()
        finally:
            for wire in wires:
                wire.socket.close()

    def test_a_slow_but_steady_client_between_requests_is_served(self):
        with self.wire() as wire:
            for _ in range(4):
                wire.send(request())
                self.assertEqual(wire.response()[0], 200)
                time.sleep(0.5)  # what is tested is the passing of time, within the limit


class SlowReaders(ServedCase):
    flags = ("--server.stream_waiting_bytes_max", 8192, "--server.write_within_ms", 60_000)

    def memory(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def test_a_stream_that_is_not_read_is_cut_off(self):
        visitor = fresh()
        self.accept(visitor, [fact(1)])
        before = self.memory()
        with Wire(self.server.port, receive_buffer=4096) as wire:
            wire.send(request(path=f"/v1/visitors/{visitor}/watch"))
            self.assertIn(b" 200 ", wire.until(b"\r\n\r\n"))
            for n in range(40):
                self.accept(visitor, [fact(n * 500 + i + 2, "custom", {"x": "y"}) for i in range(500)])
                if self.server.metric("handrail_stream_cut_off_total"):
                    break
            self.assertTrue(wait_for(lambda: self.server.metric("handrail_stream_cut_off_total") == 1))
            wire.rest()  # what the kernel still held, then the end
        self.assertLess(self.memory() - before, 64 << 10, "KiB more than before")
        self.assertServes()


class TooManyRequests(ServedCase):
    flags = ("--server.requests_per_second", 20)

    def test_more_than_the_limit_is_told_to_wait(self):
        connection = self.server.connection()
        try:
            answers = [ask(connection, "GET", "/livez") for _ in range(60)]
        finally:
            connection.close()
        refused = [a for a in answers if a.status == 429]
        self.assertGreaterEqual(len(refused), 20)
        self.assertGreaterEqual(len(answers) - len(refused), 20)
        self.assertProblem(refused[0], 429, "too_many_requests", limit=20)
        self.assertEqual(refused[0].headers["retry-after"], "1")
        self.assertTrue(wait_for(lambda: self.server.get("/livez").status == 200, every=0.3))
        visitor = fresh()
        self.assertEqual(wait_for(lambda: self.send(visitor, [fact(1)]).status == 200, every=0.3), True)


class TooManyConnections(ServedCase):
    flags = ("--server.connections_max", 50)

    def test_more_connections_than_the_limit_are_closed(self):
        wires = [Wire(self.server.port) for _ in range(50)]
        try:
            for wire in wires:
                wire.send(request())
                self.assertEqual(wire.response()[0], 200)
            with Wire(self.server.port) as extra:
                extra.send(request())
                self.assertIsNone(extra.response())
        finally:
            for wire in wires:
                wire.socket.close()
        self.assertTrue(wait_for(self.is_served))

    def is_served(self):
        try:
            return self.server.get("/livez").status == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
