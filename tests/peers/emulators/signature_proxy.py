# SPDX-License-Identifier: Apache-2.0
"""A proxy that lets through only what is signed as AWS wants it (Signature Version 4, by botocore's own signer) and shaped
as AWS's service model says (which botocore carries), since emulators do not look, or are kinder. `signature_proxy.py PORT
UPSTREAM SERVICE REGION`; prints a line for each request it refuses.
"""
import datetime
import hmac
import http.client
import http.server
import json
import re
import sys
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import get_session
from botocore.validate import ParamValidator

KEYS = {"AKIDTEST": "secret/of+the+test"}
WITHIN = datetime.timedelta(minutes=5)
FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$")


class Refused(Exception):
    def __init__(self, kind, why):
        super().__init__(why)
        self.kind = kind


def signature_of(method, path, headers, body, key, region, service, at):
    """The steps of add_auth, which would take the time from the clock."""
    request = AWSRequest(method, f"http://{headers['host']}{path}", headers=headers, data=body)
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    signer = SigV4Auth(Credentials(key, KEYS[key]), service, region)
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)


def check(method, path, headers, body, region, service):
    """`headers`: names in lower case. Raises Refused with AWS's own word for what is wrong."""
    form = FORM.match(headers.get("authorization", ""))
    if not form:
        raise Refused("MissingAuthenticationTokenException", "no signature")
    key, day, their_region, their_service, names, signature = form.groups()
    if key not in KEYS:
        raise Refused("UnrecognizedClientException", f"the key {key} is unknown")
    if (their_region, their_service) != (region, service):
        raise Refused("InvalidSignatureException", f"scoped to {their_region}/{their_service}, not {region}/{service}")
    at = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
    if day != at.strftime("%Y%m%d") or abs(datetime.datetime.utcnow() - at) > WITHIN:
        raise Refused("InvalidSignatureException", f"signature of another time: {headers['x-amz-date']}")
    signed = {name: headers[name] for name in names.split(";")}
    if {"host", "x-amz-date"} - signed.keys():
        raise Refused("InvalidSignatureException", "host and x-amz-date must be signed")
    if not hmac.compare_digest(signature_of(method, path, signed, body, key, region, service, at), signature):
        raise Refused("InvalidSignatureException", "the request signature we calculated does not match")


def check_shape(model, headers, body):
    """Names, types, lengths and ranges of everything in the request."""
    version = model.metadata["jsonVersion"]
    if headers.get("content-type") != f"application/x-amz-json-{version}":
        raise Refused("SerializationException", f"{headers.get('content-type')}, not JSON {version}")
    prefix, _, operation = headers.get("x-amz-target", "").partition(".")
    if prefix != model.metadata["targetPrefix"] or operation not in model.operation_names:
        raise Refused("UnknownOperationException", f"no such operation: {prefix}.{operation}")
    report = ParamValidator().validate(json.loads(body), model.operation_model(operation).input_shape)
    if report.has_errors():
        raise Refused("SerializationException", report.generate_report().replace("\n", "; "))


class Answering(http.server.BaseHTTPRequestHandler):
    """Says what it is told to say, with its own date, and logs nothing."""

    protocol_version = "HTTP/1.1"

    def answer(self, status, headers, content):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "date":
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Proxy(Answering):
    upstream = region = service = model = None

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # the client died before it had said everything
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            check(self.command, self.path, headers, body, self.region, self.service)
            check_shape(self.model, headers, body)
        except Refused as why:
            print(f"refused {headers.get('x-amz-target')}: {why.kind}: {why}", flush=True)
            self.answer(400, {"x-amzn-errortype": why.kind}, json.dumps({"__type": why.kind, "message": str(why)}).encode())
            return
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        connection.request("POST", self.path, body, headers | {"host": self.upstream.netloc})
        reply = connection.getresponse()
        content = reply.read()
        kept = {name: value for name, value in reply.getheaders() if name.lower() in {"content-type", "x-amzn-errortype", "x-amzn-requestid", "x-amz-crc32", "date"}}
        self.answer(reply.status, kept, content)
        connection.close()


if __name__ == "__main__":
    port, upstream, Proxy.service, Proxy.region = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    Proxy.upstream = urllib.parse.urlparse(upstream)
    Proxy.model = get_session().get_service_model(Proxy.service)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Proxy)
    print(f"checks signatures for {upstream}", flush=True)
    server.serve_forever()
