# SPDX-License-Identifier: Apache-2.0
"""A server that is meant for others: it has a name, so it asks for keys and tokens. Two sites, each with one credential of
every role."""
import base64
import hashlib
import hmac
import json
import subprocess
import time

from served import ServedCase
from serving import BINARY

HOST = "help.example"
ROLES = ("page", "server", "reader", "agent", "admin")
SITES = ("shop", "bank")


def bearer(token):
    return {"Authorization": f"Bearer {token}", "Host": HOST}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def user_token(secret, user, lives=300, algorithm="HS256", **more):
    """The site's own word about a user: a JWT."""
    head = base64url(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    claims = base64url(json.dumps({"sub": user, "exp": int(time.time()) + lives} | more).encode())
    signature = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return f"{head}.{claims}.{base64url(signature) if algorithm != 'none' else ''}"


class ClosedCase(ServedCase):
    flags = ("--server.hosts", HOST)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()  # the first token is made where no server runs
        made = subprocess.run([BINARY, "tokens", "first", "--data", cls.server.data, "--label", "ops"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        cls.owner = made.stdout.strip()
        cls.server.start()
        cls.await_tokens()
        cls.identity_secrets, cls.tokens = {}, {"owner": cls.owner}
        for site in SITES:
            cls.identity_secrets[site] = cls.act("POST", "/v1/sites", {"id": site})["identitySecret"]
            for role in ROLES:
                made = cls.act("POST", f"/v1/credentials?site={site}", {"role": role, "label": f"{role} of {site}"})
                cls.tokens[f"{site} {role}"] = made["text"]

    @classmethod
    def await_tokens(cls):
        """Right after the start the server may still be reading which there are, and says so."""
        deadline = time.monotonic() + 10
        while cls.server.get("/v1/me", headers=bearer("unknown")).status == 503 and time.monotonic() < deadline:
            time.sleep(0.05)

    @classmethod
    def act(cls, method, path, body=None, token=None):
        answer = cls.server.ask(method, path, body, headers=bearer(token or cls.owner))
        assert answer.status == 200, (method, path, answer)
        return answer.json

    def ask_as(self, who, method, path, body=None, **headers):
        known = {"Host": HOST} if who is None else bearer(self.tokens.get(who, who))
        return self.server.ask(method, path, body, headers=known | headers)

    def session(self, site, visitor, user=None, **headers):
        """A visitor's token."""
        body = {"writeKey": self.tokens[f"{site} page"], "anonymousId": visitor}
        if user:
            body |= {"userId": user, "userToken": user_token(self.identity_secrets[site], user)}
        answer = self.ask_as(None, "POST", "/v1/sessions", body, **headers)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["token"]
