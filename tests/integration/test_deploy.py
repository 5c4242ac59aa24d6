# SPDX-License-Identifier: Apache-2.0
"""What deploy/ holds for containers says what the program understands: settings, command lines, routes, times."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from served import ServedCase
from serving import BINARY, ROOT

DEPLOY = ROOT / "deploy"
CONFIG_INVALID = 3
NO_SETTING = ["--server.drain_ms", "none"]  # a command line that is understood is refused for this alone


def config(what, environment=None, *flags):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    with tempfile.TemporaryDirectory() as folder:  # where no handrail.toml is
        return subprocess.run([BINARY, "config", what, *flags], capture_output=True, text=True, check=False, cwd=folder,
                              env=clean | (environment or {}))


def settings(environment=None, *flags):
    """All that holds, by name."""
    done = config("show", environment, *flags)
    assert done.returncode == 0, done.stderr
    return {name: value.strip('"') for name, value in re.findall(r"^(\S+) = (.*)$", done.stdout, re.M)}


def longest_end(all_settings):
    """From SIGTERM to the exit at most: announced, drained, what waits given up."""
    return sum(int(all_settings[f"{name}_ms"]) for name in ("server.unready", "server.drain", "kafka.give_up_after")) / 1000 + 1


def is_understood(case, arguments):
    done = subprocess.run([BINARY, *arguments, *NO_SETTING], capture_output=True, text=True, check=False, timeout=20)
    case.assertEqual((done.returncode, "server.drain_ms" in done.stderr), (CONFIG_INVALID, True), f"{arguments}: {done.stderr}")


def seconds(text):
    return float(re.fullmatch(r"([\d.]+)s", text)[1])


def variables_of(service):
    """Compose's own names for nothing: empty."""
    return {name: value or "" for name, value in service["environment"].items() if name.startswith("HANDRAIL_")}


def known_variables():
    return {"HANDRAIL_" + name.upper().replace(".", "__"): name for name in settings()}


class Image(ServedCase):
    def test_it_holds_the_libraries_that_the_program_links(self):
        needed = re.findall(r"NEEDED.*\[(.+)\]", subprocess.run(["readelf", "-d", BINARY], capture_output=True, text=True, check=True).stdout)
        paths = dict(re.findall(r"(\S+) => (\S+)", subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout))
        files = [os.path.realpath(paths[name]) for name in needed if name in paths and not re.match(r"lib([at]san|ubsan)", name)]
        found = subprocess.run(["dpkg", "-S", *(f"*/{pathlib.Path(file).name}" for file in files)], capture_output=True, text=True, check=True).stdout
        packages = {line.split(":")[0] for line in found.splitlines() if line.split(": ")[1] in self.places(files)} - {"libc6"}
        runtime = (DEPLOY / "Dockerfile").read_text().split("FROM debian:12-slim\n")[1]
        installed = set(re.search(r"--no-install-recommends \\\n(.*?)&&", runtime, re.S)[1].replace("\\", "").split())
        self.assertGreater(len(packages), 10)
        loaded_when_needed = {"libxgboost0"}  # by training
        self.assertEqual(installed - {"ca-certificates"}, packages | loaded_when_needed)

    @staticmethod
    def places(files):
        """With and without /usr: Debian's packages still say /lib."""
        return {*files, *(file.removeprefix("/usr") for file in files)}

    def test_its_script_tells_who_is_ready(self):
        def ready(*arguments):
            return subprocess.run([DEPLOY / "ready.sh", *map(str, arguments)], capture_output=True, check=False, timeout=20).returncode

        self.assertEqual(ready(self.server.port), 0)
        self.assertEqual(ready(self.server.port, "/livez"), 0)
        self.assertNotEqual(ready(self.server.port, "/v1/nothing"), 0)
        self.assertNotEqual(ready(1), 0)


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = (DEPLOY / "compose/compose.yaml").read_text()
        cls.services = yaml.safe_load(re.sub(r"\$\{\w+:?-?([^}]*)\}", r"\1", text))["services"]
        cls.ours = {name: one for name, one in cls.services.items() if one["image"] == "handrail"}

    def test_the_roles_are_there(self):
        roles = sorted(one["command"][0] for one in self.ours.values())
        self.assertEqual(roles, ["gateway", "gateway", "tables", "worker", "worker"])

    def test_the_program_takes_its_settings_and_command_lines(self):
        known = known_variables()
        for name, one in self.ours.items():
            own = variables_of(one)
            self.assertGreater(len(own), 5)
            self.assertLessEqual(own.keys(), known.keys(), name)
            for key, value in own.items():
                self.assertEqual(settings(own)[known[key]], value, f"{name}: {key}")
            is_understood(self, one["command"])

    def test_it_is_asked_where_it_listens(self):
        for name, one in self.ours.items():
            if name == "tables":
                continue
            port = one["environment"]["HANDRAIL_SERVER__LISTEN"].split(":")[1]
            self.assertEqual(one["healthcheck"]["test"], ["CMD", "handrail-ready", port, "/readyz"])
        proxied = set(re.findall(r"server ((?:[\w-]+):\d+)", (DEPLOY / "compose/nginx.conf").read_text()))
        self.assertEqual(proxied, {f"{name}:8080" for name, one in self.ours.items() if one["command"] == ["gateway"]})

    def test_nothing_is_killed_before_it_has_drained(self):
        for name, one in self.ours.items():
            own = variables_of(one)
            self.assertGreaterEqual(seconds(one["stop_grace_period"]), longest_end(settings(own)), name)

    def test_every_service_is_kept_small(self):
        for name, one in self.services.items():
            self.assertEqual((one["cap_drop"], one["security_opt"]), (["ALL"], ["no-new-privileges:true"]), name)
            self.assertIn("mem_limit", one, name)
            self.assertEqual(one["restart"], "no" if name == "tables" else "unless-stopped", name)
            self.assertTrue("healthcheck" in one or name == "tables", name)
            self.assertTrue(one.get("read_only") or name in ("kafka", "store"), name)
            self.assertTrue(all(port.startswith("127.0.0.1:") for port in one.get("ports", [])), name)

    def test_an_upgrade_replaces_each_of_them(self):
        script = (DEPLOY / "compose/upgrade.sh").read_text()
        self.assertEqual(set(re.search(r"for role in (.*); do", script)[1].split()), self.ours.keys() - {"tables"})


class Kubernetes(ServedCase):
    @classmethod
    def setUpClass(cls):
        files = [path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml"]
        cls.documents = [one for path in files for one in yaml.safe_load_all(path.read_text())]
        cls.toml = cls.named("ConfigMap", "handrail")["data"]["handrail.toml"]
        folder = tempfile.TemporaryDirectory(prefix="handrail-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.file = pathlib.Path(folder.name) / "handrail.toml"
        cls.file.write_text(cls.toml)
        cls.flags = ("--config", cls.file)
        super().setUpClass()

    @classmethod
    def named(cls, kind, name):
        (one,) = [document for document in cls.documents if (document["kind"], document["metadata"]["name"]) == (kind, name)]
        return one

    @classmethod
    def kind(cls, kind):
        return [document for document in cls.documents if document["kind"] == kind]

    def pods(self):
        """What pods are made of, by the name of who makes them."""
        return {one["metadata"]["name"]: one["spec"]["template"] for kind in ("Deployment", "Job") for one in self.kind(kind)}

    def containers(self):
        return {name: pod["spec"]["containers"][0] for name, pod in self.pods().items()}

    def test_the_program_takes_the_configuration(self):
        secret = {key: value for key, value in self.named("Secret", "handrail")["stringData"].items() if key.startswith("HANDRAIL_")}
        self.assertLessEqual(secret.keys(), known_variables().keys())
        done = config("check", secret, "--config", self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(settings(secret, "--config", self.file)["stream.kind"], "kafka")
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as other:
            other.write(self.toml.replace("drain_ms", "drain"))
            other.flush()
            self.assertEqual(config("check", None, "--config", other.name).returncode, CONFIG_INVALID)

    def test_the_program_takes_the_command_lines(self):
        self.assertEqual({args[0] for args in (one["args"] for one in self.containers().values())}, {"gateway", "worker", "tables"})
        for name, one in self.containers().items():
            mounted = one["volumeMounts"][0]["mountPath"] + "/handrail.toml"
            self.assertIn(mounted, one["args"], name)
            is_understood(self, [str(self.file) if argument == mounted else argument for argument in one["args"]])

    def test_probes_are_answered(self):
        port = int(settings(None, "--config", self.file)["server.listen"].split(":")[1])
        for name in ("handrail-gateway", "handrail-worker"):
            container = self.containers()[name]
            self.assertEqual(container["ports"], [{"name": "http", "containerPort": port}])
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                asked = container[probe]["httpGet"]
                self.assertEqual(asked["port"], "http")
                self.assertEqual(asked["path"], "/livez" if probe == "livenessProbe" else "/readyz")
                headers = {one["name"]: one["value"] for one in asked["httpHeaders"]}
                self.assertEqual(self.server.get(asked["path"], headers=headers).status, 200, probe)
        self.assertEqual(self.server.get("/readyz", headers={"Host": "10.1.2.3:8080"}).status, 421, "why they name a host")

    def test_nothing_is_killed_before_it_has_drained(self):
        end = longest_end(settings(None, "--config", self.file))
        for deployment in self.kind("Deployment"):
            self.assertGreaterEqual(deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"], end)

    def test_another_is_ready_before_one_goes(self):
        for deployment in self.kind("Deployment"):
            self.assertEqual(deployment["spec"]["strategy"]["rollingUpdate"], {"maxUnavailable": 0, "maxSurge": 1})
        self.assertGreaterEqual(self.named("HorizontalPodAutoscaler", "handrail-gateway")["spec"]["minReplicas"], 2)
        self.assertGreaterEqual(self.named("Deployment", "handrail-worker")["spec"]["replicas"], 2)
        partitions = int(settings(None, "--config", self.file)["kafka.partitions"])
        self.assertGreaterEqual(partitions, self.named("Deployment", "handrail-worker")["spec"]["replicas"])

    def test_what_selects_selects_something(self):
        labels = {name: pod["metadata"]["labels"] for name, pod in self.pods().items()}
        for deployment in self.kind("Deployment"):
            name = deployment["metadata"]["name"]
            self.assertEqual(deployment["spec"]["selector"]["matchLabels"], labels[name])
            for constraint in deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]:
                self.assertEqual(constraint["labelSelector"]["matchLabels"], labels[name])
        for budget in self.kind("PodDisruptionBudget"):
            self.assertEqual(budget["spec"]["selector"]["matchLabels"], labels[budget["metadata"]["name"]])
        self.assertEqual(self.named("Service", "handrail-gateway")["spec"]["selector"], labels["handrail-gateway"])
        for policy in self.kind("NetworkPolicy"):
            chosen = policy["spec"]["podSelector"]["matchLabels"].items()
            self.assertTrue(any(chosen <= own.items() for own in labels.values()), policy["metadata"]["name"])
        backend = self.named("Ingress", "handrail")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        self.assertIn(backend["port"]["name"], [port["name"] for port in self.named("Service", backend["name"])["spec"]["ports"]])
        scaled = self.named("HorizontalPodAutoscaler", "handrail-gateway")["spec"]["scaleTargetRef"]
        self.named(scaled["kind"], scaled["name"])

    def test_every_container_is_kept_small(self):
        for name, container in self.containers().items():
            guard = container["securityContext"]
            self.assertEqual((guard["allowPrivilegeEscalation"], guard["readOnlyRootFilesystem"], guard["capabilities"]), (False, True, {"drop": ["ALL"]}), name)
            self.assertTrue(self.pods()[name]["spec"]["securityContext"]["runAsNonRoot"])
            self.assertIn("memory", container["resources"]["limits"])

    def test_all_but_the_examples_is_applied(self):
        applied = set(yaml.safe_load((DEPLOY / "kubernetes/kustomization.yaml").read_text())["resources"])
        there = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}
        self.assertEqual(applied, {name for name in there if not name.endswith(".example.yaml")} - {"kustomization.yaml"})


if __name__ == "__main__":
    unittest.main()
