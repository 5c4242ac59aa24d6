# SPDX-License-Identifier: Apache-2.0
"""The server means the same as the documents: golden batches, the schema of facts, and the API document."""
import copy
import json
import re
import unittest

from served import ServedCase, fact, fresh
from serving import ROOT

PROTOCOL = ROOT / "web" / "protocol"
# How the routes of the pages begin: they are files, not API.
PAGES = re.compile(r"^/($|sdk|desk$|desk/\*|demo)")


class GoldenBatches(ServedCase):
    """web/protocol/vectors/batches.json; its README says what the members mean."""

    def test_every_vector(self):
        for vector in json.loads((PROTOCOL / "vectors" / "batches.json").read_text()):
            with self.subTest(vector["name"]):
                body = copy.deepcopy(vector["body"])
                if "dataBytes" in vector:
                    body["events"][vector["dataBytes"]["index"]]["eventData"]["note"] = "x" * vector["dataBytes"]["bytes"]
                answer = self.server.post("/h/e", body)
                expect = vector["expect"]
                if "problem" in expect:
                    self.assertProblem(answer, expect["problem"]["status"], expect["problem"]["code"])
                    continue
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual((answer.json["accepted"], answer.json["rejected"]), (expect["accepted"], expect["rejected"]), answer)
                self.assertEqual([{k: r.get(k) for k in ("index", "code")} for r in answer.json["results"] if r["result"] == "rejected"], expect["results"])


class FactSchema(ServedCase):
    """Every member of every fact in facts.schema.json, one fault at a time."""
    schemas = json.loads((PROTOCOL / "facts.schema.json").read_text())["$defs"]

    def resolved(self, schema):
        if "$ref" not in schema:
            return schema
        found = {"$defs": self.schemas}
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        return self.resolved(found)

    def good_value(self, schema):
        schema = self.resolved(schema)
        kind = schema.get("type", [])
        kinds = kind if isinstance(kind, list) else [kind]
        if "enum" in schema:
            return schema["enum"][0]
        if "object" in kinds:
            return {name: self.good_value(schema["properties"][name]) for name in schema.get("required", [])}
        if "array" in kinds:
            return [self.good_value(schema["items"])]
        if "string" in kinds:
            return "EUR" if "A-Z]{3}" in schema.get("pattern", "") else "word"
        return schema.get("minimum", 1) if {"integer", "number"} & set(kinds) else True

    def bad_values(self, schema):
        """(value, code) for each way in which a member can break its schema."""
        schema = self.resolved(schema)
        kind = schema.get("type") or type(schema.get("enum", [""])[0]).__name__.replace("str", "string").replace("int", "integer")
        kinds = kind if isinstance(kind, list) else [kind]
        of_kind = {"string": "word", "integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": []}
        for name, value in of_kind.items():
            if name not in kinds and not (name == "integer" and "number" in kinds):
                yield value, "wrong_type"
        if "enum" in schema:
            yield "no such word" if isinstance(schema["enum"][0], str) else 7, "out_of_range"
        if "minimum" in schema:
            yield schema["minimum"] - 1, "out_of_range"
        if "maximum" in schema:
            yield schema["maximum"] + 1, "out_of_range"
        if "maxLength" in schema:
            yield "x" * (schema["maxLength"] + 1), "too_long"
        if schema.get("minLength"):
            yield "", "out_of_range"
        if "pattern" in schema:
            yield "a b!", "bad_id"

    def facts(self):
        """The facts: those with a body of their own, not the parts that they share."""
        return {name: s for name, s in self.schemas.items() if s.get("type") == "object" and name != "outcome"}

    def result_of(self, event_type, data):
        answer = self.send(fresh(), [fact(1, event_type, data)])
        self.assertEqual(answer.status, 200, answer)
        return answer.json["results"][0] if answer.json["results"] else None

    def test_what_is_good_is_accepted(self):
        for name, schema in self.facts().items():
            with self.subTest(name):
                self.assertIsNone(self.result_of(name, self.good_value(schema)))
                everything = {member: self.good_value(s) for member, s in schema["properties"].items()}
                self.assertIsNone(self.result_of(name, everything))
                self.assertIsNone(self.result_of(name, everything | {"unknown": {"is": ["kept"]}}))

    def test_every_fault_of_every_member_has_its_code(self):
        for name, schema in self.facts().items():
            good = self.good_value(schema)
            for member in schema.get("required", []):
                with self.subTest(fact=name, missing=member):
                    result = self.result_of(name, {k: v for k, v in good.items() if k != member})
                    self.assertEqual(result and (result["code"], result["field"]), ("missing_field", f"eventData.{member}"))
            for member, of_member in schema["properties"].items():
                for value, code in self.bad_values(of_member):
                    with self.subTest(fact=name, member=member, value=value):
                        result = self.result_of(name, good | {member: value})
                        field = result and result["field"]
                        self.assertEqual(result and result["code"], code, result)
                        self.assertTrue(field.startswith(f"eventData.{member}"), result)

    def test_faults_inside_an_outcome(self):
        outcome = self.schemas["outcome"]
        good = {"click": 1, "key": "button:a", "outcome": self.good_value(outcome)}
        for member, of_member in outcome["properties"].items():
            for value, code in self.bad_values(of_member):
                with self.subTest(member=member, value=value):
                    result = self.result_of("click", good | {"outcome": good["outcome"] | {member: value}})
                    self.assertEqual(result and (result["code"], result["field"]), (code, f"eventData.outcome.{member}"))


class ApiDocument(ServedCase):
    def document(self):
        answer = self.server.get("/openapi.json")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
        return answer.json

    def operations(self):
        for path, methods in self.document()["paths"].items():
            for method in methods.keys() - {"parameters"}:
                yield method.upper(), path

    def test_it_is_openapi(self):
        document = self.document()
        self.assertTrue(document["openapi"].startswith("3.1"))
        text = json.dumps(document)
        for reference in set(re.findall(r'"#/([^"]+)"', text)):
            found = document
            for part in reference.split("/"):
                self.assertIn(part, found, reference)
                found = found[part]

    def test_every_documented_route_is_served(self):
        values = {"id": "0" * 32, "answer": "displayed", "userId": "someone", "visitor": "someone", "collection": "events", "offset": "1", "site": "default", "version": "1"}
        for method, path in self.operations():
            with self.subTest(f"{method} {path}"):
                real = re.sub(r"\{(\w+)\}", lambda m: values[m.group(1)], path)
                if path.endswith(("/stream", "/watch")):
                    continue  # endless; tested by what they say
                answer = self.server.ask(method, real, None if method == "GET" else {})
                self.assertNotIn(answer.status, (405, 500, 501), answer)
                if answer.status == 404:
                    self.assertNotEqual(answer.json["code"], "no_such_route")

    def test_every_served_route_is_documented(self):
        documented = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in self.operations()}
        declared = set()
        for source in (ROOT / "src" / "gateway").glob("*.cc"):
            for method, path in re.findall(r'router_\.add\(\s*Method::k(\w+),\s*"([^"]+)"', source.read_text()):
                if not PAGES.match(path):
                    declared.add((method.upper(), re.sub(r"\{\w+\}", "{}", path)))
        self.assertGreater(len(declared), 20)
        self.assertEqual(declared - documented, set())
        self.assertEqual(documented - declared, set())


if __name__ == "__main__":
    unittest.main()
