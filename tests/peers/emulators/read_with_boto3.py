# SPDX-License-Identifier: Apache-2.0
"""Reads tables and the events stream as any other program on AWS would, by boto3; prints what is there, as JSON.
`read_with_boto3.py DYNAMODB_ENDPOINT KINESIS_ENDPOINT PREFIX STREAM`, credentials and region from the environment.
"""
import json
import os
import sys

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer


def plain(item):
    """The item as Python has it; fails on what is no item of DynamoDB's."""
    typed = TypeDeserializer()
    return {name: typed.deserialize(value) for name, value in item.items()}


def items_of(client, table):
    return [plain(item) for page in client.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]


def told_of(client, table):
    description = client.describe_table(TableName=table)["Table"]
    items = items_of(client, table)
    return {
        "keys": [key["AttributeName"] for key in description["KeySchema"]],
        "expires": client.describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("AttributeName"),
        "items": len(items),
        "partitions": sorted({item["pk"].partition("#")[0] for item in items}),
        "bytes": sum(len(value.value) for item in items for value in item.values() if isinstance(value, Binary)),
    }


def records_of(client, stream):
    """Of all shards, each in its order."""
    for shard in [one for page in client.get_paginator("list_shards").paginate(StreamName=stream) for one in page["Shards"]]:
        iterator = client.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while iterator:
            answer = client.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] or answer.get("MillisBehindLatest") else None


def main():
    dynamo_endpoint, kinesis_endpoint, prefix, stream = sys.argv[1:]
    session = boto3.Session(region_name=os.environ["AWS_REGION"])
    dynamo, kinesis = session.client("dynamodb", endpoint_url=dynamo_endpoint), session.client("kinesis", endpoint_url=kinesis_endpoint)
    tables = [name for page in dynamo.get_paginator("list_tables").paginate() for name in page["TableNames"] if name.startswith(prefix)]
    records = list(records_of(kinesis, stream))
    print(json.dumps({
        "tables": {name.removeprefix(prefix): told_of(dynamo, name) for name in tables},
        "records": len(records),
        "keys": sorted({record["PartitionKey"] for record in records}),
    }))


main()
