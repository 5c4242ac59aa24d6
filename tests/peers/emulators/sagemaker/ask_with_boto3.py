# SPDX-License-Identifier: Apache-2.0
"""Asks an endpoint as any program on AWS would, by boto3; prints the answer, and what came of a row that does not fit.
`ask_with_boto3.py URL NAME ROW`, credentials and region from the environment.
"""
import json
import os
import sys

import boto3
from botocore.exceptions import ClientError


def main():
    url, name, row = sys.argv[1:]
    client = boto3.Session(region_name=os.environ["AWS_REGION"]).client("sagemaker-runtime", endpoint_url=url)
    answer = client.invoke_endpoint(EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=row.encode())
    try:
        client.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=b"1,2\n")
        refused = ""
    except ClientError as why:
        refused = str(why)
    print(json.dumps({"body": answer["Body"].read().decode(), "type": answer["ContentType"], "refused": refused}))


main()
