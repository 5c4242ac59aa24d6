#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Schemathesis against a server of its own: every operation of /openapi.json but endless streams, and the one that would take
the only site away from all the others."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from serving import ROOT, Server

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="1")
    parser.add_argument("--examples", default="10")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-schema-") as folder:
        server = Server(pathlib.Path(folder) / "data").start()
        report = pathlib.Path(folder) / "report.xml"
        done = subprocess.run(
            [ROOT / ".tools/schemathesis/bin/st", "run", f"http://127.0.0.1:{server.port}/openapi.json", "--seed", asked.seed,
             "--max-examples", asked.examples, "--phases", "coverage,fuzzing", "--checks", CHECKS, "--suppress-health-check", "all",
             "--exclude-path-regex", "/stream$|/watch$", "--exclude-operation-id", "removeSite", "--exclude-operation-id", "changeSite",
             "--report", "junit", "--report-junit-path", report, "--no-color"],
            cwd=folder, capture_output=True, text=True, timeout=280)
        alive = server.is_running() and server.get("/livez").status == 200
        ended = server.stop()
        cases = list(xml.etree.ElementTree.parse(report).iter("testcase")) if report.exists() else []
        failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        for case in failed:
            found = case.find("failure") if case.find("failure") is not None else case.find("error")
            print(f"{case.get('name')}: {json.dumps((found.get('message') or found.text or '')[:600])}", file=sys.stderr)
        faults = len(failed) + (0 if alive and ended == 0 else 1)
        if done.returncode != 0 and not faults:
            print(done.stdout[-3000:] + done.stderr[-2000:], file=sys.stderr)
            faults = 1
        print(f"{len(cases) - len(failed)} passed, {faults} failed")
        return 1 if faults else 0


sys.exit(main())
