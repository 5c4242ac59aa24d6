# SPDX-License-Identifier: Apache-2.0
"""The template in deploy/aws makes the tables that the program makes itself."""
import json
import subprocess
import unittest

import yaml

import served  # noqa: F401  (finds serving)
from serving import BINARY, ROOT


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: !Sub "${Prefix}x" as the text, others as {tag: value}."""


def short_form(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return value.replace("${Prefix}", "handrail-") if tag == "Sub" else {tag: value}


Loader.add_multi_constructor("!", short_form)


class Template(unittest.TestCase):
    def setUp(self):
        self.resources = yaml.load((ROOT / "deploy/aws/handrail.yaml").read_text(), Loader)["Resources"]

    def test_its_tables_are_those_that_the_program_makes(self):
        printed = subprocess.run([BINARY, "tables", "template"], capture_output=True, text=True, check=True).stdout
        wanted = json.loads(printed)["Resources"]
        in_template = {name: r for name, r in self.resources.items() if r["Type"] == "AWS::DynamoDB::Table"}
        self.assertEqual(len(wanted), 7)
        self.assertEqual(wanted.keys(), in_template.keys())
        for name, resource in wanted.items():
            own = {key: in_template[name]["Properties"].get(key) for key in resource["Properties"]}
            self.assertEqual(own, resource["Properties"], name)

    def test_batches_are_tried_a_finite_number_of_times_and_answered_in_part(self):
        source = self.resources["FunctionSource"]["Properties"]
        self.assertEqual(source["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        self.assertTrue(source["BisectBatchOnFunctionError"])
        self.assertGreater(source["MaximumRetryAttempts"], 0)
        self.assertGreater(source["MaximumRecordAgeInSeconds"], 0)
        self.assertIn("OnFailure", source["DestinationConfig"])

    def test_no_permission_is_for_everything(self):
        for name, resource in self.resources.items():
            for policy in resource["Properties"].get("Policies", []) if isinstance(resource["Properties"], dict) else []:
                for statement in policy["PolicyDocument"]["Statement"]:
                    self.assertNotEqual(statement["Resource"], "*", name)
                    self.assertNotIn("*", statement["Action"], name)


if __name__ == "__main__":
    unittest.main()
