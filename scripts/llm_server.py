#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serves the very small language model of scripts/setup-llm.sh by llama.cpp, with OpenAI's API, on 127.0.0.1.
`.tools/llm/bin/python scripts/llm_server.py PORT [NICE]` (port 0: any free one) prints "listening on URL" once the model
answers, and ends on SIGTERM or SIGINT, or with the process that began it.
"""
import json
import os
import pathlib
import signal
import sys
import urllib.error
import urllib.request

import xllamacpp

MODEL = pathlib.Path(sys.prefix) / "model.gguf"
ALIAS = "smollm2-135m-instruct"
CONTEXT = 4096  # tokens: a site's words, a journey and an answer
NICE = 10       # unless told otherwise: who is watched comes first
ENDS = {signal.SIGTERM, signal.SIGINT}
ONE_TOKEN = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}


def params_for(port):
    params = xllamacpp.CommonParams()
    params.model.path = str(MODEL)
    params.model_alias = {ALIAS}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = 1  # more than one beside a busy program wait for each other most of the time
    params.cpuparams_batch.n_threads = 1
    return params


def answers(url):
    """Not yet: it says 503 while it loads. The first question reads all of the model from disk."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2):
            pass
        question = urllib.request.Request(f"{url}/v1/chat/completions", json.dumps(ONE_TOKEN).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(question, timeout=60):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def main():
    words = sys.argv[1:]
    if len(words) not in {1, 2} or not all(word.isdigit() for word in words):
        sys.exit(__doc__)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # also in the server's threads
    os.nice(int(words[1]) if len(words) == 2 else NICE)
    server = xllamacpp.Server(params_for(int(words[0])))
    has_ended = False
    while not has_ended and not answers(server.listening_address):
        has_ended = signal.sigtimedwait(ENDS, 0.1) is not None
    if not has_ended:
        print(f"listening on {server.listening_address}", flush=True)
        begun_by = os.getppid()
        while signal.sigtimedwait(ENDS, 1) is None and os.getppid() == begun_by:  # it does not outlive who asks it
            pass
    os._exit(0)  # there is nothing to keep, and the server's threads may be busy


main()
