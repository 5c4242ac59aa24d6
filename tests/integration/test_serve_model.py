# SPDX-License-Identifier: Apache-2.0
"""`handrail serve-model` as a client of SageMaker's serving containers meets it, against what xgboost itself says."""
import http.client
import io
import json
import os
import pathlib
import re
import select
import shutil
import struct
import subprocess
import tarfile
import tempfile
import time
import unittest

from served import Wire  # noqa: F401  (puts the support folder on the path)
from serving import BINARY, ROOT, ask, end_with_the_parent

FIXTURE = ROOT / "tests" / "fixtures" / "serve-model"
EXPECTED = json.loads((FIXTURE / "expected.json").read_text())
ROWS, SCORES = EXPECTED["rows"], EXPECTED["scores"]


def single(value):
    """The nearest float of 32 bits."""
    return struct.unpack("f", struct.pack("f", value))[0]


def csv(rows, width=0):
    return "".join(",".join(("" if value is None else repr(value)).rjust(width) for value in row) + "\n" for row in rows)


class ModelServer:
    def __init__(self, model, *flags, **environment):
        command = [str(BINARY), "serve-model", "--model", str(model), "--port", "0", *map(str, flags)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment},
                                        preexec_fn=end_with_the_parent)
        line = b""
        deadline = time.monotonic() + 30
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                raise RuntimeError(f"it did not start: {self.process.stderr.read()!r}")
            line += piece
        self.line = line.decode()
        self.port = int(re.search(r"http://[^ ]*:(\d+);", self.line).group(1))

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            return ask(connection, method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        finally:
            connection.close()

    def invoke(self, body, **headers):
        return self.ask("POST", "/invocations", body, **headers)

    def stop(self):
        self.process.terminate()
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class ServedModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="handrail-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.server = ModelServer(FIXTURE / "model.ubj")

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def assert_scores(self, texts, scores):
        self.assertEqual([single(float(text)) for text in texts], scores)

    def test_it_says_what_it_serves_and_answers_pings(self):
        self.assertRegex(self.server.line, r"12 trees over 7 features from .*model\.ubj")
        self.assertEqual(self.server.ask("GET", "/ping").status, 200)

    def test_csv_is_scored_as_xgboost_does_to_the_bit(self):
        answer = self.server.invoke(csv(ROWS), Content_Type="text/csv")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/csv"), answer)
        self.assert_scores(answer.body.decode().split(","), SCORES)

    def test_json_both_ways(self):
        for body in ({"instances": [{"features": row} for row in ROWS]}, ROWS):
            answer = self.server.invoke(body, Content_Type="application/json", Accept="application/json")
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"), answer)
            self.assert_scores([one["score"] for one in answer.json["predictions"]], SCORES)

    def test_json_lines_both_ways(self):
        body = "\n".join(json.dumps({"features": row}) for row in ROWS)
        answer = self.server.invoke(body, Content_Type="application/jsonlines", Accept="application/jsonlines")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/jsonlines"), answer)
        self.assert_scores([json.loads(line)["score"] for line in answer.body.splitlines()], SCORES)

    def test_large_requests_keep_the_order_while_pings_go_on(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/invocations", csv(ROWS * 200).encode(), {"Content-Type": "text/csv"})
        self.assertEqual(self.server.ask("GET", "/ping").status, 200)
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assert_scores(answer.read().decode().split(","), SCORES * 200)

    def test_refusals(self):
        cases = [
            (dict(body="1,2\n", Content_Type="text/csv"), 400, "row 1 has 2 values, and the model 7 features"),
            (dict(body="a,b,c,d,e,f,g\n", Content_Type="text/csv"), 400, "a header does not belong here"),
            (dict(body="{", Content_Type="application/json"), 400, "is no JSON"),
            (dict(body="1:2", Content_Type="text/libsvm"), 415, "send text/csv"),
            (dict(body="x", Content_Type="text/csv", Content_Encoding="gzip"), 415, "without an encoding"),
            (dict(body=csv(ROWS[:1]), Content_Type="text/csv", Accept="image/png"), 406, "there are text/csv"),
        ]
        for request, status, detail in cases:
            answer = self.server.invoke(**request)
            self.assertEqual((answer.status, answer.headers["content-type"]), (status, "application/problem+json"), answer)
            self.assertIn(detail, answer.json["detail"])
        self.assertEqual(self.server.invoke("", Content_Type="text/csv").status, 204)
        self.assertEqual(self.server.ask("GET", "/invocations").status, 405)
        self.assertEqual(self.server.ask("POST", "/ping", "").status, 405)
        for nowhere in ("/nowhere", "/endpoints//invocations", "/endpoints/a/b/invocations", "/endpoints/invocations"):
            self.assertEqual(self.server.ask("POST", nowhere, csv(ROWS[:1]), Content_Type="text/csv").status, 404)

    def test_a_client_of_invoke_endpoint_is_answered_whatever_it_calls_the_endpoint(self):
        answer = self.server.ask("POST", "/endpoints/exit-risk/invocations", csv(ROWS), Content_Type="text/csv")
        self.assert_scores(answer.body.decode().split(","), SCORES)

    def test_a_body_beyond_the_limit_is_413(self):
        server = ModelServer(FIXTURE / "model.ubj", "--body-bytes-max", 2048)
        self.addCleanup(server.stop)
        self.assertEqual(server.invoke(csv(ROWS[:5]), Content_Type="text/csv").status, 200)
        answer = server.invoke(csv(ROWS * 10), Content_Type="text/csv")
        self.assertEqual((answer.status, answer.json["limit"]), (413, 2048))

    def test_a_batch_transform_gets_a_line_each_and_a_larger_limit(self):
        server = ModelServer(FIXTURE / "model.ubj", SAGEMAKER_BATCH="true")
        self.addCleanup(server.stop)
        self.assertEqual(server.ask("GET", "/execution-parameters").json["MaxPayloadInMB"], 100)
        body = csv(ROWS * 200, width=100)
        self.assertGreater(len(body), 6 << 20)
        answer = server.invoke(body, Content_Type="text/csv")
        self.assertEqual(answer.status, 200)
        self.assert_scores(answer.body.decode().splitlines(), SCORES * 200)

    def test_sagemakers_archive_and_folder(self):
        folder = self.folder / "model"
        folder.mkdir()
        with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
            bytes_of = (FIXTURE / "model.ubj").read_bytes()
            entry = tarfile.TarInfo("xgboost-model")
            entry.size = len(bytes_of)
            archive.addfile(entry, io.BytesIO(bytes_of))
        for model in (folder, folder / "model.tar.gz"):
            server = ModelServer(model)
            try:
                self.assert_scores(server.invoke(csv(ROWS), Content_Type="text/csv").body.decode().split(","), SCORES)
            finally:
                server.stop()

    def test_a_model_that_cannot_be_served_ends_the_program_with_the_reason(self):
        pickle = self.folder / "pickled"
        pickle.write_bytes(b"\x80\x04\x95")
        cases = [(pickle, 3, "is a pickle"), (self.folder / "none", 4, "no such file"),
                 (FIXTURE / "expected.json", 3, "no model of xgboost's")]
        for model, code, reason in cases:
            done = subprocess.run([str(BINARY), "serve-model", "--model", str(model), "--port", "0"], capture_output=True, text=True,
                                  timeout=30, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(reason, done.stderr)


if __name__ == "__main__":
    unittest.main()
