# SPDX-License-Identifier: Apache-2.0
"""What every measurement needs: the server, its peers and probes as processes of their own, and what they cost."""

import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("HANDRAIL_BIN", ROOT / "build/release/handrail"))
TOOL = Path(os.environ.get("HANDRAIL_BENCH_BIN", ROOT / "build/release/bench/handrail_bench"))
WORK = ROOT / "build/bench"  # on the disk that a user would use, not in memory
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(*args):
    """Runs one of the instruments and returns what it measured."""
    done = subprocess.run([TOOL, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(done.stdout)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Process:
    """A child on a port, ended with the block."""

    def __init__(self, command, folder, port):
        self.port = port
        self.folder = folder
        self.output = open(folder / "output", "ab")
        self.child = subprocess.Popen(command, stdout=self.output, stderr=self.output)
        self.wait_for_port()

    def wait_for_port(self):
        for _ in range(3000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.child.poll() is not None:
                break
            time.sleep(0.002)
        raise RuntimeError(f"{self.child.args[0]} did not start: see {self.folder / 'output'}")

    def cpu_seconds(self):
        return cpu_seconds(self.child.pid)

    def rss_bytes(self):
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    def kill(self, number=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(number)
            self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.output.close()
        if self.folder.is_relative_to(WORK):
            shutil.rmtree(self.folder, ignore_errors=True)


def fresh_folder(name):
    folder = WORK / f"{name}-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    return folder


class Server(Process):
    """The product. `keep` leaves its folder for another start."""

    def __init__(self, *flags, folder=None, keep=False):
        self.keep = keep
        folder = folder or fresh_folder("server")
        port = free_port()
        command = [PROGRAM, "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{port}",
                   "--server.requests_per_second", "10000000", *flags]
        super().__init__(list(map(str, command)), folder, port)

    def __exit__(self, *args):
        if self.keep:
            self.kill()
            self.output.close()
        else:
            super().__exit__(*args)

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        found = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = float(value)
        return found

    def lag(self):
        """Durable records not yet folded."""
        return self.metrics().get("handrail_consumer_lag_events")

    def settle(self, patience=600):
        """Waits until everything durable is folded; returns the seconds it took."""
        begun = time.monotonic()
        while self.lag() > 0:
            if time.monotonic() - begun > patience:
                raise RuntimeError("the engine does not catch up")
            time.sleep(0.05)
        return time.monotonic() - begun

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Watch:
    """Looks at something once a second while the block lasts."""

    def __init__(self, look):
        self._look = look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self):
        while not self._stop.wait(1):
            self._look()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def nginx():
    """The floor under any HTTP answer: `return 204`, one worker."""
    folder = fresh_folder("nginx")
    port = free_port()
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; {temporary}
  server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }} }}
""")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return Process([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")], folder, port)


def redis():
    """A log that syncs before it answers: a stream, `appendfsync always`."""
    folder = fresh_folder("redis")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
               "--appendfsync", "always", "--dir", str(folder)]
    return Process(command, folder, port)


def redis_adds_per_second(peer, pipeline, count):
    event = "x" * 413
    command = ["nice", "-n", "19", "redis-benchmark", "-p", str(peer.port), "-c", "64", "-P", str(pipeline), "-n",
               str(count), "-q", "XADD", "events", "*", "d", event]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
    return float(re.findall(r"([\d.]+) requests per second", text)[-1])


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) // 1024 // 1024
    return {"cpu": cpu, "cores": os.cpu_count(), "memoryGiB": memory, "kernel": platform.release(),
            "load1": round(os.getloadavg()[0], 2), "date": time.strftime("%Y-%m-%d")}


def spread(values):
    """Median, and how far the rounds lie apart."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "rounds": len(values)}
