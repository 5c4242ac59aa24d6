# SPDX-License-Identifier: Apache-2.0
"""Makes sigv4.json beside it: requests as botocore 1.43.11 signs them (`pip install botocore==1.43.11`)."""
import datetime
import json
import pathlib
from unittest import mock

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AT = datetime.datetime(2026, 5, 4, 9, 30, 0, tzinfo=datetime.timezone.utc)
FIXED = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials("ASIAEXAMPLE", "secret/with+signs", "token//with==signs")
MODEL = "amazon.nova-micro-v1%3A0"
ARN = "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fabc"
CASES = [
    ("a put of records", "kinesis", "us-east-1", FIXED, "POST", "/", [], {"content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecords"}, '{"Records":[]}'),
    ("temporary credentials", "dynamodb", "eu-central-1", TEMPORARY, "POST", "/", [], {"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem"}, '{"Key":{"visitor":{"S":"ä"}}}'),
    ("an id with a colon in the path", "bedrock", "us-east-1", FIXED, "POST", f"/model/{MODEL}/converse", [], {"content-type": "application/json"}, "{}"),
    ("an ARN in the path", "bedrock", "us-east-1", FIXED, "POST", f"/model/{ARN}/converse", [], {"content-type": "application/json"}, "{}"),
    ("an ARN in the path, by temporary credentials", "bedrock", "us-east-1", TEMPORARY, "POST", f"/model/{ARN}/converse", [], {"accept": "application/json", "content-type": "application/json"}, '{"messages":[{"role":"user","content":[{"text":"ä"}]}]}'),
    ("a profile of several regions, by temporary credentials", "bedrock", "eu-central-1", TEMPORARY, "POST", f"/model/eu.{MODEL}/converse", [], {"content-type": "application/json"}, "{}"),
    ("a query, out of order and with signs", "execute-api", "us-west-2", FIXED, "GET", "/a/b", [["b", "2 3"], ["a", "x=y&z"], ["a", "1"], ["é", ""]], {}, ""),
    ("spaces in a header", "dynamodb", "us-east-1", FIXED, "POST", "/", [], {"x-amz-meta": "  two   words  "}, ""),
]


def signed(name, service, region, credentials, method, path, query, headers, body):
    host = f"{service}.{region}.amazonaws.com"
    request = AWSRequest(method, f"https://{host}{path}", headers={"host": host} | headers, params=[tuple(pair) for pair in query] or None, data=body.encode())
    with mock.patch("botocore.auth.get_current_datetime", return_value=AT.replace(tzinfo=None)):
        SigV4Auth(credentials, service, region).add_auth(request)
    return {"name": name, "service": service, "region": region, "at": int(AT.timestamp() * 1000), "accessKeyId": credentials.access_key,
            "secretAccessKey": credentials.secret_key, "sessionToken": credentials.token or "", "method": method, "path": path, "query": query,
            "headers": {"host": host} | headers, "body": body, "authorization": request.headers["Authorization"]}


vectors = [signed(*case) for case in CASES]
target = pathlib.Path(__file__).with_name("sigv4.json")
target.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
