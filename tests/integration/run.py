# SPDX-License-Identifier: Apache-2.0
"""Runs the modules of this folder, two at a time, and sums up what passed."""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 2
MODULE_WITHIN = 150  # seconds


def run(name):
    begun = time.monotonic()
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "unittest", "-b", name]
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=MODULE_WITHIN)
    except subprocess.TimeoutExpired as late:
        return name, 1, 1, 0, [], time.monotonic() - begun, f"did not end within {MODULE_WITHIN} s\n{late.stderr}"
    ran = int((re.search(r"^Ran (\d+) test", done.stderr, re.M) or [0, 0])[1])
    skipped = int((re.search(r"skipped=(\d+)", done.stderr) or [0, 0])[1])
    failed = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", done.stderr)) or (0 if done.returncode == 0 else 1)
    reasons = re.findall(r"skipped '(.*)'", done.stderr)
    return name, ran, failed, skipped, reasons, time.monotonic() - begun, done.stderr


def main():
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("test_*.py"))
    begun = time.monotonic()
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for name, ran, bad, left_out, reasons, seconds, text in pool.map(run, names):
            print(f"{name}: {ran - bad - left_out} passed, {bad} failed, {left_out} skipped in {seconds:.1f} s", flush=True)
            for reason in reasons:
                print(f"  skipped: {reason}")
            if bad:
                print(text, flush=True)
            passed, failed, skipped = passed + ran - bad - left_out, failed + bad, skipped + left_out
    print(f"{passed} passed, {failed} failed, {skipped} skipped in {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
