# SPDX-License-Identifier: Apache-2.0
"""Small attacks that have no better place: words that pretend to be lines of a log, formulas for a spreadsheet, guessed ids."""
import csv
import io
import secrets
import subprocess
import unittest

from closed import HOST, ClosedCase, bearer
from served import ServedCase, batch, fact, fresh, struggle
from serving import BINARY

FORGED = "2026-01-01T00:00:00.000 error forged by a visitor"
INJECTED = f"x\n{FORGED}\r\n{FORGED}\x1b[31m"


class Logs(ClosedCase):
    def test_no_input_makes_a_line_of_its_own(self):
        key = self.tokens["shop page"]
        page = {"Host": HOST}
        self.server.post(f"/h/e?writeKey={key}", batch(INJECTED, [fact(1)]), headers=page)
        self.server.post(f"/h/e?writeKey={key}", batch(fresh(), [fact(1, INJECTED), fact(2, "page", {"path": INJECTED})]), headers=page)
        self.server.post("/v1/sessions", {"writeKey": INJECTED, "anonymousId": INJECTED}, headers=page)
        self.server.get("/" + "%0a2026-01-01T00:00:00.000%20error%20forged%20by%20a%20visitor", headers=page)
        self.server.get("/v1/stream?anonymousId=%0a" + FORGED.replace(" ", "%20"), headers=page)
        self.ask_as("shop admin", "POST", "/v1/credentials", {"role": "reader", "label": INJECTED})
        self.ask_as("shop admin", "PUT", "/v1/sites/shop", {"name": INJECTED})
        self.ask_as("shop agent", "PUT", "/v1/desk/availability", {"agent": INJECTED, "available": True})
        self.ask_as("shop admin", "PUT", "/v1/sites/shop/rules/draft", {"goals": [{"name": INJECTED}]})
        self.ask_as("shop admin", "POST", "/v1/sites/shop/rules/publish", {"note": INJECTED})
        self.server.ask("GET", "/v1/me", headers=bearer("hr_owner_" + "x" * 40) | {"User-Agent": "a\t" + FORGED})
        lines = self.server.error_text().splitlines()
        self.assertEqual([line for line in lines if line.startswith(FORGED[:10])], [])
        self.assertNotIn("\x1b", self.server.error_text())

    def test_guessed_ids_say_nothing(self):
        answers = {path: set() for path in ("/v1/decisions/{}", "/v1/desk/conversations/{}")}
        for path, seen in answers.items():
            for _ in range(20):
                answer = self.ask_as("shop admin", "GET", path.format(secrets.token_hex(16)))
                seen.add((answer.status, answer.body))
            self.assertEqual(len(seen), 1)
            self.assertEqual(next(iter(seen))[0], 404)


class Tables(ServedCase):
    def test_a_formula_stays_a_text_and_a_comma_a_comma(self):
        visitor = fresh()
        goal = '=HYPERLINK("http://evil","a,b")'
        self.accept(visitor, [struggle(1), fact(2, "goal", {"name": goal})])
        self.assertEqual(self.server.rows(visitor, "journeys")[0]["outcome"]["goal"], goal)
        done = subprocess.run([BINARY, "exposures", "--server", f"127.0.0.1:{self.server.port}"], capture_output=True, text=True)
        row = next(r for r in csv.DictReader(io.StringIO(done.stdout)) if r["visitor"] == visitor)
        self.assertEqual(row["goal"], "'" + goal)


if __name__ == "__main__":
    unittest.main()
