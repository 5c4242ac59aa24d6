# SPDX-License-Identifier: Apache-2.0
"""Bedrock's Converse, and OpenAI's chat completions beside it, of one made-up model. `converse.py PORT REGION`. Signatures
are checked as AWS does (or a bearer key, "Bearer key-of-the-test"), requests and answers by AWS's own service model, which
botocore carries. What it is to do is told by PUT /mood: "well"; a status of FAULTS ("429"); "slow" (2 s); "hung" (answers
nothing); "cut" (ends within its answer); "bad_json"; "malformed_tool_use", "max_tokens" (what the model stopped for);
"lying" (false facts, unknown actions, markup); "no_form", "no_bounds" (chat only: refuses response_format; max_tokens and
temperature). "503 once" is well again afterwards. GET /asked tells all that came, with headers, in which nothing private
may be, and what it was checked by; PUT /forget sets a mood and forgets it.
"""
import http.server
import json
import pathlib
import sys
import threading
import time
import urllib.parse

from botocore import __version__ as botocore_version
from botocore.parsers import create_parser
from botocore.session import get_session
from botocore.validate import ParamValidator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from signature_proxy import Answering, Refused, check  # noqa: E402

KEY = "key-of-the-test"
MODEL = "made-up-1"
TOOL = "report_journey"
SLOW_S = 2
FAULTS = {
    400: ("ValidationException", "the request is not valid"),
    403: ("AccessDeniedException", "you may not use this model"),
    404: ("ResourceNotFoundException", "there is no such model"),
    408: ("ModelTimeoutException", "the model took too long"),
    424: ("ModelErrorException", "the model produced an invalid sequence as part of ToolUse"),
    429: ("ThrottlingException", "too many requests"),
    500: ("InternalServerException", "something broke"),
    503: ("ServiceUnavailableException", "try again"),
}
NO_BOUNDS = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
TRUE = {"key_insights": [], "exit_risk_score": 74, "engagement_level": "medium", "recommended_actions": [], "message": ""}
LIES = {
    "key_insights": [{"code": "goal_reached", "evidence": "goal_reached"}, {"code": "is_rich", "evidence": "income"}],
    "exit_risk_score": 400,
    "engagement_level": "furious",
    "recommended_actions": ["give_discount", "delete_account"],
    "message": "<b>Thank you for buying!</b> Take 90% off at http://example.com",
}


def told(form, facts):
    """What the words of the form allow, and what is so: each code of the tool's schema whose own fact is not 0."""
    properties = form["properties"]
    codes = [code for code in properties["key_insights"]["items"]["properties"]["code"]["enum"] if facts.get(code, 0) > 0]
    message = properties["message"].get("enum", ["May we help?"])[0]
    actions = properties["recommended_actions"]["items"]["enum"][:1]
    score = min(100, facts.get("base_score", 60) + 10)
    insights = [{"code": code, "evidence": code} for code in codes[:3]]
    return TRUE | {"key_insights": insights, "exit_risk_score": score, "recommended_actions": actions, "message": message}


def facts_in(text):
    lines = (line.partition(": ") for line in text.splitlines())
    return {name: int(value) for name, _, value in lines if value.lstrip("-").isdigit()}


class Model(Answering):
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the other end's acknowledgement
    region = operation = None
    mood = "well"
    asked = []
    released = threading.Event()  # who hangs, hangs until this

    def do_GET(self):
        if self.path == "/asked":
            return self.say(200, self.asked)
        self.note(b"")
        return self.say(404, {"detail": "Not Found"})

    def do_PUT(self):
        cls = type(self)
        cls.mood = self.body().decode().strip()
        cls.released.set()
        cls.released = threading.Event()
        if self.path == "/forget":
            cls.asked.clear()
        self.answer(200, {}, b"")

    def do_POST(self):
        body = self.body()
        is_chat = self.path.endswith("/chat/completions")
        self.note(body)
        mood, _, how_often = self.mood.partition(" ")
        if how_often == "once":
            type(self).mood = "well"
        try:
            request = self.checked_chat(body) if is_chat else self.checked_converse(body)
        except Refused as why:
            self.asked[-1]["refused"] = f"{why.kind}: {why}"
            return self.refuse(is_chat, 400 if why.kind == "ValidationException" else 403, why.kind, str(why))
        if mood == "hung":
            self.released.wait(60)
            self.close_connection = True
            return None
        if mood == "slow":
            time.sleep(SLOW_S)
        if mood.isdigit():
            return self.refuse(is_chat, int(mood), *FAULTS[int(mood)])
        if mood == "no_form" and is_chat and "response_format" in request:
            return self.refuse(True, 400, "invalid_request_error", "response_format is not supported by this model")
        if mood == "no_bounds" and is_chat and request.keys() & {"max_tokens", "temperature"}:
            return self.refuse(True, 400, "invalid_request_error", NO_BOUNDS)
        return self.speak((self.chat if is_chat else self.converse)(request, mood), mood)

    def note(self, body):
        said = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode(errors="replace")}
        self.asked.append(said | {"mood": self.mood})

    def checked_converse(self, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        if headers.get("authorization", "").startswith("Bearer "):
            if headers["authorization"] != f"Bearer {KEY}":
                raise Refused("AccessDeniedException", "the key is unknown")
        else:
            check("POST", self.path, headers, body, self.region, "bedrock")
        before, _, model = self.path.removesuffix("/converse").rpartition("/")
        if before != "/model" or not self.path.endswith("/converse"):
            raise Refused("ValidationException", f"no such operation: {self.path}")
        request = self.object_in(body)
        report = ParamValidator().validate(request | {"modelId": urllib.parse.unquote(model)}, self.operation.input_shape)
        if report.has_errors():
            raise Refused("ValidationException", report.generate_report().replace("\n", "; "))
        self.asked[-1]["checked"] = f"{self.operation.name} of botocore {botocore_version}"
        return request

    def checked_chat(self, body):
        if self.headers.get("authorization") not in {None, f"Bearer {KEY}"}:
            raise Refused("invalid_api_key", "the key is unknown")
        request = self.object_in(body)
        if not request.get("messages") or not request.get("model"):
            raise Refused("ValidationException", "model and messages are required")
        return request

    def object_in(self, body):
        try:
            return dict(json.loads(body))
        except ValueError as why:
            raise Refused("ValidationException", f"no JSON: {why}") from why

    def converse(self, request, mood):
        tool = request["toolConfig"]["tools"][0]["toolSpec"]
        facts = facts_in("".join(block["text"] for block in request["messages"][-1]["content"]))
        given = LIES if mood == "lying" else told(tool["inputSchema"]["json"], facts)
        stopped = mood if mood in {"malformed_tool_use", "max_tokens"} else "tool_use"
        use = {"toolUse": {"toolUseId": "tooluse_1", "name": tool["name"], "input": given if stopped == "tool_use" else {}}}
        content = [{"text": "<thinking>They {may} need help.</thinking>\n"}, use]
        answer = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stopped,
            "usage": {"inputTokens": 812, "outputTokens": 143, "totalTokens": 955},
            "metrics": {"latencyMs": 7},
        }
        parsed = create_parser("rest-json").parse({"status_code": 200, "headers": {}, "body": json.dumps(answer).encode()}, self.operation.output_shape)
        assert parsed["output"] == answer["output"], "an answer that AWS's own library reads"
        return answer

    def chat(self, request, mood):
        form = request.get("response_format", {}).get("json_schema", {}).get("schema")
        facts = facts_in(request["messages"][-1]["content"])
        given = LIES if mood == "lying" else told(form, facts) if form else TRUE
        text = json.dumps(given)
        finish = {"max_tokens": "length", "malformed_tool_use": "stop"}.get(mood, "stop")
        if mood in {"max_tokens", "malformed_tool_use"}:
            text = text[: len(text) // 2]
        message = {"role": "assistant", "content": f"<think>They {{may}} need help.</think>\n{text}"}
        return {
            "id": "chat-1",
            "object": "chat.completion",
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 812, "completion_tokens": 143, "total_tokens": 955},
        }

    def speak(self, answer, mood):
        if mood == "bad_json":
            return self.answer(200, {"content-type": "application/json"}, b'{"output": oops')
        if mood == "cut":
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return None
        return self.say(200, answer)

    def refuse(self, is_chat, status, kind, why):
        if is_chat:
            return self.say(status, {"error": {"message": why, "type": kind, "param": None, "code": None}})
        return self.say(status, {"message": why}, {"x-amzn-errortype": f"{kind}:http://internal.amazon.com/coral/"})

    def say(self, status, what, headers=None):
        self.answer(status, {"content-type": "application/json"} | (headers or {}), json.dumps(what).encode())

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", 0)))


if __name__ == "__main__":
    port, Model.region = int(sys.argv[1]), sys.argv[2]
    Model.operation = get_session().get_service_model("bedrock-runtime").operation_model("Converse")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Model)
    print(f"a made-up model, checked by botocore {botocore_version}", flush=True)
    server.serve_forever()
