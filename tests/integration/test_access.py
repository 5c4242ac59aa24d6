# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every role on every documented route, of its own site and of another's."""
import re
import unittest

from closed import HOST, ROLES, ClosedCase, bearer, user_token
from served import ServedCase, batch, fact, fresh, struggle
from serving import Server, wait_for

ALLOWED = {"send": {"page", "server"}, "visit": {"server"}, "read": {"reader", "agent", "admin", "owner"},
           "desk": {"agent", "admin", "owner"}, "manage": {"admin", "owner"}, "own": {"owner"}, "watch": {"owner"}}
PATHS = {"{id}": "0" * 32, "{answer}": "displayed", "{userId}": "someone", "{visitor}": "someone", "{collection}": "events",
         "{offset}": "1", "{site}": "shop", "{version}": "1"}
ENDLESS = ("/v1/stream", "/watch", "/v1/desk/stream")


class Matrix(ClosedCase):
    """The API document says what each route asks; the server must mean it."""

    def routes(self):
        for path, operations in self.ask_as(None, "GET", "/openapi.json").json["paths"].items():
            for method, operation in operations.items():
                if "x-access" in operation:
                    yield method.upper(), re.sub(r"\{\w+\}", lambda m: PATHS[m.group()], path), operation["x-access"]

    def status(self, who, method, path):
        if path.endswith(ENDLESS):
            path += "?wait=0"  # without what a stream needs it is refused at once, but after it was asked who it is
        destroys = method == "DELETE" or path.endswith(("/secrets", "/rotate"))
        if destroys and who is not None:
            path = path.replace("/shop", "/nowhere")
        return self.ask_as(who, method, path, None if method == "GET" else {}).status

    def test_the_document_names_every_kind_of_access(self):
        self.assertEqual({access for _, _, access in self.routes()}, set(ALLOWED))

    def test_every_role_on_every_route(self):
        for method, path, access in self.routes():
            if path.endswith("/watch") or path == "/v1/desk/stream":
                continue  # endless for those who may: test_streams
            for role in (*ROLES, "owner"):
                with self.subTest(f"{role}: {method} {path}"):
                    status = self.status("owner" if role == "owner" else f"shop {role}", method, path)
                    refused = status == 403
                    self.assertEqual(not refused, role in ALLOWED[access], status)
                    self.assertNotIn(status, (401, 429, 500))

    def test_nobody_gets_in_without(self):
        for method, path, _ in self.routes():
            for who in (None, "hr_owner_0123456789abcdef_" + "0" * 48, "nonsense") if path == "/v1/me" else (None,):
                with self.subTest(f"{who}: {method} {path}"):
                    self.assertProblem(self.ask_as(who, method, path, None if method == "GET" else {}), 401, "unauthenticated")

    def test_streams(self):
        for path in ("/v1/visitors/someone/watch", "/v1/desk/stream?agent=Maya"):
            for role in ("page", "server", *(("reader",) if "desk" in path else ())):
                self.assertProblem(self.ask_as(f"shop {role}", "GET", path), 403, "role_not_allowed")
            self.assertProblem(self.ask_as(None, "GET", path), 401, "unauthenticated")


class Apart(ClosedCase):
    """Nothing of one site is visible to another."""

    def setUp(self):
        self.visitor = fresh()
        events = [struggle()]
        key = self.tokens["shop page"]
        self.assertEqual(self.server.post(f"/h/e?writeKey={key}", batch(self.visitor, events), headers={"Host": HOST}).status, 200)
        offers = self.ask_as("shop reader", "GET", f"/v1/visitors/{self.visitor}/interventions").json["items"]
        self.offer = offers[0]
        opened = self.ask_as(self.session("shop", self.visitor), "POST", "/v1/chat/conversations",
                             {"anonymousId": self.visitor, "interventionId": self.offer["id"], "messageId": "m1", "text": "only for the shop"})
        self.assertEqual(opened.status, 200, opened)
        self.conversation = opened.json["conversationId"]

    def paths(self):
        yield from (f"/v1/visitors/{self.visitor}/{c}" for c in ("events", "journeys", "signals", "decisions", "interventions", "attributes"))
        yield f"/v1/decisions/{self.offer['decisionId']}"
        yield f"/v1/desk/conversations/{self.conversation}"
        yield "/v1/sites/shop"

    def test_reading(self):
        for path in self.paths():
            with self.subTest(path):
                self.assertEqual(self.ask_as("shop admin", "GET", path).status, 200)
                self.assertEqual(self.ask_as("bank admin", "GET", path).status, 404)
                other = self.ask_as("bank admin", "GET", path + "?site=shop")
                self.assertIn(other.status, (403, 404), other)

    def test_lists(self):
        for path in ("/v1/desk/conversations?state=all", "/v1/sites", "/v1/credentials", "/v1/acts?limit=500"):
            with self.subTest(path):
                seen = self.ask_as("bank admin", "GET", path).body.decode()
                self.assertNotIn("shop", seen)
                self.assertNotIn(self.visitor, seen)
                self.assertIn("shop", self.ask_as("shop admin", "GET", path).body.decode())

    def test_exposures(self):
        self.assertIn(self.visitor, [e["visitor"] for e in self.ask_as("shop reader", "GET", "/v1/exposures?limit=500").json["items"]])
        self.assertEqual(self.ask_as("bank admin", "GET", "/v1/exposures").json["items"], [])
        self.assertEqual(self.ask_as("bank admin", "GET", "/v1/exposures?site=shop").status, 403)

    def test_forgetting(self):
        self.assertEqual(self.ask_as("bank admin", "DELETE", f"/v1/visitors/{self.visitor}").status, 404)
        self.assertIn(self.ask_as("bank admin", "DELETE", f"/v1/visitors/{self.visitor}?site=shop").status, (403, 404))
        self.assertEqual(self.ask_as("bank admin", "GET", f"/v1/visitors/{self.visitor}/export").status, 404)
        self.assertEqual(self.ask_as("shop admin", "GET", f"/v1/visitors/{self.visitor}/export").status, 200)

    def test_acting(self):
        line = {"agent": "Eve", "messageId": "m2", "text": "hello"}
        self.assertEqual(self.ask_as("bank agent", "POST", f"/v1/desk/conversations/{self.conversation}/messages", line).status, 404)
        self.assertEqual(self.ask_as("bank agent", "POST", f"/v1/desk/conversations/{self.conversation}/close", {"agent": "Eve"}).status, 404)
        self.assertEqual(self.ask_as("bank admin", "PUT", "/v1/sites/shop", {"stopped": True}).status, 404)
        key = next(c for c in self.ask_as("shop admin", "GET", "/v1/credentials").json["items"] if c["role"] == "page")["id"]
        self.assertEqual(self.ask_as("bank admin", "DELETE", f"/v1/credentials/{key}").status, 404)
        answer = self.ask_as(self.session("bank", self.visitor), "POST", f"/v1/interventions/{self.offer['id']}/dismissed", {"anonymousId": self.visitor})
        self.assertEqual(answer.status, 404, answer)
        self.ask_as("bank server", "POST", "/api/interventions/log", {"userId": self.visitor, "action": "dismissed"})
        offers = self.ask_as("shop reader", "GET", f"/v1/visitors/{self.visitor}/interventions").json["items"]
        self.assertEqual(offers[0]["state"], self.offer["state"])

    def test_an_owner_names_the_site(self):
        self.assertEqual(self.ask_as("owner", "GET", f"/v1/visitors/{self.visitor}/attributes?site=shop").status, 200)
        self.assertEqual(self.ask_as("owner", "GET", f"/v1/visitors/{self.visitor}/attributes?site=bank").status, 404)
        self.assertProblem(self.ask_as("owner", "GET", "/v1/visitors/x/attributes?site=nowhere"), 404, "no_such_site")

    def test_who_is_at_the_desk(self):
        self.assertEqual(self.ask_as("shop agent", "PUT", "/v1/desk/availability", {"agent": "Maya", "available": True}).status, 200)
        self.assertEqual(self.ask_as("bank agent", "GET", "/v1/desk/availability").json, {"available": 0, "agents": []})


class Visitors(ClosedCase):
    """A visitor's token speaks for that visitor, and for the user that the site vouched for."""

    def test_no_one_hears_anothers_stream(self):
        mine, other = fresh(), fresh()
        token = self.session("shop", mine)
        own = self.ask_as(token, "GET", f"/v1/stream?anonymousId={mine}&wait=0", Accept="application/json")
        self.assertEqual((own.status, own.json["events"][0]["event"]), (200, "config"))
        by_query = self.server.get(f"/v1/stream?anonymousId={mine}&wait=0&token={token}", headers={"Host": HOST, "Accept": "application/json"})
        self.assertEqual(by_query.status, 200)
        for path in (f"/v1/stream?anonymousId={other}", f"/v1/stream?userId={other}", f"/v1/stream?anonymousId={mine}&userId={other}",
                     f"/api/interventions/{other}/pending", f"/v1/chat/conversations/{'0' * 32}?anonymousId={other}"):
            with self.subTest(path):
                self.assertProblem(self.ask_as(token, "GET", path), 403, "other_visitor")

    def test_no_one_answers_or_chats_for_another(self):
        token, other = self.session("shop", fresh()), fresh()
        for path, body in ((f"/v1/interventions/{'0' * 32}/dismissed", {}), ("/v1/chat/conversations", {"messageId": "m"}),
                           (f"/v1/chat/conversations/{'0' * 32}/messages", {"messageId": "m", "text": "t"})):
            with self.subTest(path):
                self.assertProblem(self.ask_as(token, "POST", path, body | {"anonymousId": other}), 403, "other_visitor")

    def test_tokens_that_are_none(self):
        visitor = fresh()
        token = self.session("shop", visitor)
        kind, claims, signature = token.split(".")
        other_claims = self.session("shop", fresh()).split(".")[1]
        for name, forged in (("signature", f"{kind}.{claims}.{signature[:-4]}AAAA"), ("claims", f"{kind}.{other_claims}.{signature}"),
                             ("kind", f"hs1.{claims}.{signature}"), ("nothing", "hv1"), ("dots", "hv1.."), ("long", "hv1." + "A" * 5000 + ".A")):
            with self.subTest(name):
                self.assertEqual(self.ask_as(None, "GET", f"/v1/stream?anonymousId={visitor}&wait=0&token={forged}").status, 401)

    def test_rotation_has_no_gap(self):
        visitor = fresh()
        token = self.session("shop", visitor)
        path = f"/v1/stream?anonymousId={visitor}&wait=0"
        for _ in range(3):
            self.act("POST", "/v1/sites/shop/secrets", {"which": "token"})
            self.assertEqual(self.ask_as(token, "GET", path, Accept="application/json").status, 200)
        self.act("POST", "/v1/sites/shop/secrets", {"which": "token"})
        self.assertEqual(self.ask_as(token, "GET", path, Accept="application/json").status, 401)

    def test_a_user_needs_the_sites_word(self):
        secret, visitor = self.identity_secrets["shop"], fresh()
        body = {"writeKey": self.tokens["shop page"], "anonymousId": visitor, "userId": "maya"}
        self.session("shop", visitor, "maya")
        for name, word in (("none", None), ("other user", user_token(secret, "eve")), ("expired", user_token(secret, "maya", lives=-1)),
                           ("other site", user_token(self.identity_secrets["bank"], "maya")), ("unsigned", user_token(secret, "maya", algorithm="none")),
                           ("no expiry", user_token(secret, "maya", exp=None)), ("not a token", "a.b.c")):
            with self.subTest(name):
                asked = body | ({"userToken": word} if word else {})
                self.assertProblem(self.ask_as(None, "POST", "/v1/sessions", asked), 401, "user_not_verified")

    def test_an_event_loses_a_user_that_nobody_vouches_for(self):
        key = self.tokens["shop page"]
        visitor, user = fresh(), fresh("user")
        events = [fact(1), fact(2, "identify", {"userId": user})]
        answer = self.server.post(f"/h/e?writeKey={key}", batch(visitor, events, userId=user), headers={"Host": HOST})
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 2), answer)
        self.assertEqual([w["code"] for w in answer.json["warnings"]], ["user_not_verified"])
        self.assertEqual(self.ask_as("shop reader", "GET", f"/v1/visitors/{user}/attributes").status, 404)
        token = self.session("shop", visitor, user)
        answer = self.server.post(f"/h/e?writeKey={key}&token={token}", batch(visitor, [fact(3, "identify", {"userId": user})], userId=user), headers={"Host": HOST})
        self.assertNotIn("warnings", answer.json)
        named = wait_for(lambda: self.ask_as("shop reader", "GET", f"/v1/visitors/{user}/attributes").json.get("visitor") == visitor, within=5)
        self.assertTrue(named, "the link between the two was not folded")

    def test_the_sites_server_is_believed(self):
        user = fresh("user")
        event = {"eventType": "page_view", "userId": user, "sessionId": "s", "timestamp": 1, "eventData": {"feature": "loans"}}
        self.assertEqual(self.ask_as("shop page", "POST", "/api/events/track", event).status, 400)
        self.assertEqual(self.ask_as("shop server", "POST", "/api/events/track", event).status, 200)
        self.assertEqual(self.ask_as("shop server", "GET", f"/api/interventions/{user}/pending").status, 200)

    def test_accepting_by_an_event_needs_the_token_too(self):
        visitor = fresh()
        self.server.post(f"/h/e?writeKey={self.tokens['shop page']}", batch(visitor, [struggle()]), headers={"Host": HOST})
        accept = {"eventType": "user_action", "anonymousId": visitor, "sessionId": "s", "timestamp": 1, "eventData": {"action": "live_chat_accepted"}}
        self.ask_as("shop page", "POST", "/api/events/track", accept)
        self.assertEqual(self.ask_as("shop reader", "GET", f"/v1/visitors/{visitor}/interventions").json["items"][0]["state"], "pending")


class Sites(ClosedCase):
    def send(self, origin=None):
        headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
        return self.server.post(f"/h/e?writeKey={self.tokens['bank page']}", batch(fresh(), [fact(1)]), headers=headers)

    def change(self, **settings):
        self.act("PUT", "/v1/sites/bank", settings, self.tokens["bank admin"])

    def test_origins(self):
        self.change(origins=["https://bank.example"])
        self.addCleanup(self.change, origins=[])
        self.assertEqual(self.send("https://bank.example").status, 200)
        self.assertEqual(self.send().status, 200)  # no page, so no browser that says where it is from
        refused = self.send("https://evil.example")
        self.assertProblem(refused, 403, "origin_not_allowed")
        self.assertEqual(refused.headers["access-control-allow-origin"], "https://evil.example")  # so that its console can say why
        self.assertProblem(self.ask_as(None, "POST", "/v1/sessions", {"writeKey": self.tokens["bank page"], "anonymousId": "a"}, Origin="https://evil.example"), 403, "origin_not_allowed")
        for bad in ("bank.example", "https://bank.example/", "HTTPS://BANK.EXAMPLE", "https://", 5):
            self.assertProblem(self.ask_as("bank admin", "PUT", "/v1/sites/bank", {"origins": [bad]}), 400, "bad_origin")

    def test_a_stopped_site_tells_its_pages_to_go(self):
        self.change(stopped=True)
        self.assertProblem(self.send(), 410, "stopped")
        self.assertProblem(self.ask_as(None, "POST", "/v1/sessions", {"writeKey": self.tokens["bank page"], "anonymousId": "a"}), 410, "stopped")
        self.assertEqual(self.ask_as("bank reader", "GET", "/v1/me").status, 200)
        self.change(stopped=False)
        self.assertEqual(self.send().status, 200)

    def test_quota(self):
        self.change(requestsPerSecond=3)
        self.addCleanup(self.change, requestsPerSecond=0)
        answers = [self.send() for _ in range(12)]
        limited = [a for a in answers if a.status == 429]
        self.assertTrue(limited)
        self.assertProblem(limited[0], 429, "site_quota")
        self.assertIn("retry-after", limited[0].headers)
        other = self.server.post(f"/h/e?writeKey={self.tokens['shop page']}", batch(fresh(), [fact(1)]), headers={"Host": HOST})
        self.assertEqual(other.status, 200)

    def test_a_removed_site_opens_nothing(self):
        self.act("POST", "/v1/sites", {"id": "gone"})
        key = self.act("POST", "/v1/credentials?site=gone", {"role": "reader", "label": "r"})["text"]
        self.assertEqual(self.ask_as(key, "GET", "/v1/me").status, 200)
        self.act("DELETE", "/v1/sites/gone")
        self.assertProblem(self.ask_as(key, "GET", "/v1/me"), 404, "no_such_site")
        self.assertProblem(self.ask_as("owner", "POST", "/v1/sites", {"id": "gone"}), 409, "exists")


class Credentials(ClosedCase):
    def make(self, role="reader", token=None, **more):
        return self.act("POST", "/v1/credentials?site=shop" if token is None else "/v1/credentials", {"role": role, "label": "x"} | more, token)

    def test_expiry_revocation_and_rotation(self):
        made = self.make(expiresInS=3600)
        self.assertEqual(self.ask_as(made["text"], "GET", "/v1/me").status, 200)
        new = self.act("POST", f"/v1/credentials/{made['id']}/rotate", {"graceS": 60})
        for text in (made["text"], new["text"]):
            self.assertEqual(self.ask_as(text, "GET", "/v1/me").status, 200)
        again = self.act("POST", f"/v1/credentials/{new['id']}/rotate", {"graceS": 0})
        self.assertEqual(self.ask_as(new["text"], "GET", "/v1/me").status, 401)
        self.act("DELETE", f"/v1/credentials/{again['id']}")
        self.assertEqual(self.ask_as(again["text"], "GET", "/v1/me").status, 401)

    def test_texts_are_shown_once_and_kept_nowhere(self):
        made = self.make("agent")
        listed = self.ask_as("owner", "GET", "/v1/credentials").body.decode()
        secret = made["text"].rsplit("_", 1)[1]
        self.assertIn(made["id"], listed)
        self.assertNotIn(secret, listed)
        for path in self.server.data.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                self.assertNotIn(secret.encode(), data, path)
                self.assertNotIn(bytes.fromhex(secret), data, path)

    def test_nobody_makes_what_is_above_them(self):
        admin = self.tokens["shop admin"]
        self.assertProblem(self.ask_as(admin, "POST", "/v1/credentials", {"role": "owner", "label": "x"}), 403, "role_not_allowed")
        self.assertProblem(self.ask_as(admin, "POST", "/v1/credentials", {"role": "reader", "label": "x", "allSites": True}), 403, "role_not_allowed")
        self.assertEqual(self.make("admin", admin)["site"], "shop")
        everywhere = self.make(allSites=True)
        self.assertEqual(self.ask_as(everywhere["text"], "GET", "/metrics").status, 200)
        self.assertProblem(self.ask_as("shop admin", "GET", "/metrics"), 403, "role_not_allowed")

    def test_they_outlive_the_server(self):
        made = self.make()
        revoked = self.make()
        self.act("DELETE", f"/v1/credentials/{revoked['id']}")
        for end in (self.server.kill, self.server.stop):
            end()
            self.server.start()
            self.await_tokens()
            self.assertEqual(self.ask_as(made["text"], "GET", "/v1/me").status, 200)
            self.assertEqual(self.ask_as(revoked["text"], "GET", "/v1/me").status, 401)

    def test_every_act_is_on_record(self):
        made = self.make("agent")
        acts = self.ask_as("owner", "GET", "/v1/acts").json["items"]
        self.assertEqual((acts[0]["what"], acts[0]["subject"], acts[0]["site"]), ("credential.made", made["id"], "shop"))
        self.assertIn("ops", acts[0]["actor"])
        self.assertEqual(acts[0]["address"], "127.0.0.1")
        first = self.ask_as("owner", "GET", "/v1/acts?limit=500").json["items"][-2:]
        self.assertEqual({(act["what"], act["actor"]) for act in first},
                         {("credential.made", "command line"), ("configuration.changed", "configuration")})


class SigningIn(ClosedCase):
    def sign_in(self, token):
        return self.ask_as(None, "POST", "/v1/desk/session", {"token": token}, **{"Sec-Fetch-Site": "same-origin"})

    def test_a_cookie_stands_for_the_token_until_it_ends(self):
        made = self.act("POST", "/v1/credentials?site=shop", {"role": "agent", "label": "Maya"})
        answer = self.sign_in(made["text"])
        self.assertEqual(answer.status, 200, answer)
        cookie = answer.headers["set-cookie"]
        for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            self.assertIn(attribute, cookie)
        self.assertNotIn(made["text"].rsplit("_", 1)[1], cookie)
        cookie = cookie.split(";")[0]
        me = self.ask_as(None, "GET", "/v1/me", Cookie=cookie)
        self.assertEqual((me.json["role"], me.json["name"], me.json["site"]), ("agent", "Maya", "shop"))
        self.assertProblem(self.ask_as(None, "PUT", "/v1/desk/availability", {"agent": "Maya", "available": True},
                                       **{"Cookie": cookie, "Origin": "https://evil.example"}), 403, "cross_site")
        self.act("DELETE", f"/v1/credentials/{made['id']}")
        self.assertEqual(self.ask_as(None, "GET", "/v1/me", Cookie=cookie).status, 401)

    def test_keys_of_pages_do_not_sign_in(self):
        self.assertProblem(self.sign_in(self.tokens["shop page"]), 403, "role_not_allowed")
        self.assertEqual(self.sign_in(self.tokens["shop agent"]).status, 200)

    def test_no_other_page_signs_anyone_in(self):
        answer = self.ask_as(None, "POST", "/v1/desk/session", {"token": self.tokens["shop agent"]}, **{"Sec-Fetch-Site": "cross-site"})
        self.assertProblem(answer, 403, "cross_site")


class Guessing(ClosedCase):
    flags = (*ClosedCase.flags, "--access.failed_tries_max", 5, "--server.trusted_proxies", "127.0.0.1")

    def test_who_guesses_waits_and_others_do_not(self):
        guess = {"X-Forwarded-For": "192.0.2.7"}
        wrong = "hr_admin_0123456789abcdef_" + "0" * 48
        answers = [self.ask_as(wrong, "GET", "/v1/me", **guess).status for _ in range(7)]
        self.assertEqual(answers, [401] * 5 + [429] * 2)
        self.assertEqual(self.ask_as("owner", "GET", "/v1/me", **guess).status, 429)
        self.assertEqual(self.ask_as("owner", "GET", "/v1/me", **{"X-Forwarded-For": "192.0.2.8"}).status, 200)

    def test_a_made_up_chain_does_not_count(self):
        # The proxy adds the address it saw at the end; what stands before it is the stranger's own word.
        wrong = "hr_admin_0123456789abcdef_" + "1" * 48
        answers = [self.ask_as(wrong, "GET", "/v1/me", **{"X-Forwarded-For": f"10.0.0.{i}, 192.0.2.9"}).status for i in range(6)]
        self.assertEqual(answers[-1], 429)

    def test_tls_in_front_makes_the_cookie_secure(self):
        answer = self.ask_as(None, "POST", "/v1/desk/session", {"token": self.owner}, **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.20"})
        self.assertIn("; Secure", answer.headers["set-cookie"])


class Open(ServedCase):
    """A server on loopback without a name asks nobody, and still knows its own credentials."""

    def test_whatever_else_a_page_sends_is_its_own_business(self):
        for foreign in ("Bearer eyJhbGciOi.J9.x", "Basic c29tZWJvZHk6c2VjcmV0"):
            answer = self.server.post("/h/e", batch(fresh(), [fact(1)]), headers={"Authorization": foreign})
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.server.post("/h/e?writeKey=another-tools", batch(fresh(), [fact(1)])).status, 200)

    def test_a_credential_of_ours_is_judged(self):
        made = self.server.post("/v1/credentials", {"role": "reader", "label": "r"}).json
        reader = {"Authorization": f"Bearer {made['text']}"}
        self.assertEqual(self.server.get("/v1/me", headers=reader).json["role"], "reader")
        self.assertProblem(self.server.post("/v1/sites", {"id": "shop"}, headers=reader), 403, "role_not_allowed")
        self.assertProblem(self.server.get("/v1/me", headers={"Authorization": f"Bearer {made['text'][:-4]}0000"}), 401, "unauthenticated")


class Names(ClosedCase):
    def test_only_its_own_name(self):
        self.assertProblem(self.server.get("/v1/me", headers=bearer(self.owner) | {"Host": "evil.example"}), 421, "foreign_host")
        self.assertEqual(self.server.get("/livez", headers={"Host": f"{HOST}:443"}).status, 200)

    def test_an_address_of_the_network_demands_keys(self):
        server = Server(self.folder / "wide")
        server.listen = "0.0.0.0:0"
        self.addCleanup(server.close)
        server.start()
        self.assertEqual(server.get("/v1/me", headers={"Host": "anything"}).status, 401)
        self.assertEqual(server.post("/h/e", batch("v", [fact(1)])).status, 401)
        self.assertEqual(server.get("/metrics").status, 401)
        self.assertEqual(server.get("/livez").status, 200)
        server.stop()


if __name__ == "__main__":
    unittest.main()
