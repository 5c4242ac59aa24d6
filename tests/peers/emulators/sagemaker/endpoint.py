# SPDX-License-Identifier: Apache-2.0
"""A SageMaker endpoint of one model: xgboost's own Python package behind InvokeEndpoint, which checks signatures as AWS does
and requests by AWS's own service model. `endpoint.py PORT NAME MODEL_TAR_GZ REGION`. What it is to do is told by
PUT /mood: "well", "hung" (answers nothing), "down" (503), "mad" (answers no probability); GET /asked tells of what came.
"""
import http.server
import json
import pathlib
import re
import sys
import tarfile
import threading

import numpy
import xgboost
from botocore.session import get_session
from botocore.validate import ParamValidator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from signature_proxy import Answering, Refused, check  # noqa: E402


def model_in(archive):
    booster = xgboost.Booster()
    with tarfile.open(archive) as packed:
        booster.load_model(bytearray(packed.extractfile("xgboost-model").read()))
    return booster


def rows_of(text, width):
    """As the built-in container reads CSV: no header, an empty cell is missing."""
    rows = [[float(cell) if cell else numpy.nan for cell in line.split(",")] for line in text.splitlines()]
    if not rows or any(len(row) != width for row in rows):
        raise ValueError(f"rows of {sorted({len(row) for row in rows})} values, not {width}")
    return numpy.array(rows, dtype=numpy.float32)


class Endpoint(Answering):
    name = region = booster = shape = None
    mood = "well"
    released = threading.Event()  # who hangs, hangs until this
    asked = []

    def do_GET(self):
        self.answer(200, {}, json.dumps(self.asked).encode())

    def do_PUT(self):
        cls = type(self)
        cls.mood = self.body().decode()
        if cls.mood != "hung":
            cls.released.set()
            cls.released = threading.Event()
        self.answer(200, {}, b"")

    def do_POST(self):
        body = self.body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            check("POST", self.path, headers, body, self.region, "sagemaker")
            self.check_shape(headers, body)
        except Refused as why:
            self.asked.append({"refused": f"{why.kind}: {why}"})
            status = 400 if why.kind == "ValidationError" else 403
            return self.refuse(status, why.kind, {"message": str(why)})
        self.asked.append({"row": body.decode(), "variant": headers.get("x-amzn-sagemaker-target-variant")})
        if self.mood == "hung":
            self.released.wait(60)
            self.close_connection = True
            return None
        if self.mood == "down":
            return self.refuse(503, "ServiceUnavailable", {"message": "try again"})
        if self.mood == "mad":
            return self.answer(200, {"content-type": "text/csv; charset=utf-8"}, b"17.5")
        try:
            rows = rows_of(body.decode(), self.booster.num_features())
        except ValueError as why:
            said = {"Message": f"Received client error (400) from primary: {why}", "OriginalStatusCode": 400, "OriginalMessage": str(why)}
            return self.refuse(424, "ModelError", said)
        scores = self.booster.predict(xgboost.DMatrix(rows, feature_names=self.booster.feature_names))
        return self.answer(200, {"content-type": "text/csv; charset=utf-8", "x-amzn-invoked-production-variant": "AllTraffic"}, ",".join(str(score) for score in scores).encode())

    def check_shape(self, headers, body):
        found = re.fullmatch(r"/endpoints/([^/]+)/invocations", self.path)
        if not found or found.group(1) != self.name:
            raise Refused("ValidationError", f"Endpoint {self.path} not found.")
        named = {"ContentType": "content-type", "Accept": "accept", "TargetVariant": "x-amzn-sagemaker-target-variant"}
        request = {"EndpointName": found.group(1), "Body": body} | {name: headers[header] for name, header in named.items() if header in headers}
        report = ParamValidator().validate(request, self.shape)
        if report.has_errors():
            raise Refused("ValidationError", report.generate_report().replace("\n", "; "))

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def refuse(self, status, kind, said):
        self.answer(status, {"x-amzn-errortype": kind, "content-type": "application/json"}, json.dumps(said).encode())


if __name__ == "__main__":
    port, Endpoint.name, archive, Endpoint.region = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    Endpoint.booster = model_in(archive)
    Endpoint.shape = get_session().get_service_model("sagemaker-runtime").operation_model("InvokeEndpoint").input_shape
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Endpoint)
    print(f"xgboost {xgboost.__version__}, a model of {Endpoint.booster.num_features()} features", flush=True)
    server.serve_forever()
