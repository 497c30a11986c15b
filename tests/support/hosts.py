"""Hosts of one test: network namespaces on a switch of their own. Nothing of them is seen from outside,
nothing in them can reach beyond, and all of it is gone at the end."""

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cluster import eventually
from processes import BINARY, GUARD, Output, Process, clean_environment
from scale import seconds

NUMBERS = itertools.count(1)
SLOW_LINK = (sys.executable, str(Path(__file__).with_name("slow_link.py")))


def ip(*arguments, check=True):
    return subprocess.run(["ip", *map(str, arguments)], check=check, capture_output=True, text=True)


def missing():
    """Why hosts cannot be made here; None when they can."""
    if not shutil.which("ip"):
        return "iproute2 is not installed"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"squall-{os.getpid()}-probe"
    made = ip("netns", "add", name, check=False)
    if made.returncode != 0:
        return f"ip netns add: {made.stderr.strip()}"
    try:
        for arguments in (("veth", "peer", "name", "test1"), ("bridge",)):
            made = ip("-n", name, "link", "add", "name", "test0", "type", *arguments, check=False)
            if made.returncode != 0:
                return f"ip link add type {arguments[0]}: {made.stderr.strip()}"
            ip("-n", name, "link", "del", "test0")
    finally:
        ip("netns", "del", name, check=False)
    return None


def remove_left_behind():
    """Namespaces of tests that were killed."""
    for name in re.findall(r"^squall-\d+-\S+", ip("netns", "list").stdout, re.MULTILINE):
        if not os.path.exists(f"/proc/{name.split('-')[1]}"):
            ip("netns", "del", name, check=False)


class Host:
    """One namespace with one address, on the network's switch."""

    def __init__(self, name, address, namespace, switch, port):
        self.name, self.address = name, address
        self._namespace, self._switch, self._port = namespace, switch, port

    @property
    def enter(self):
        """What stands in front of a command, so that it runs here."""
        return ("ip", "netns", "exec", self._namespace)

    def run(self, *arguments, text=None, timeout=None):
        """Runs `squall` here, to its end."""
        return subprocess.run([*GUARD, *self.enter, BINARY, *map(str, arguments)], input=text,
                              capture_output=True, text=True, timeout=timeout or seconds(60),
                              env=clean_environment(), check=False)

    def link(self, state):
        """Plugs the cable in ("up") or out ("down"), at the switch: the host itself is not told."""
        ip("-n", self._switch, "link", "set", self._port, state)

    def slow_down(self, delay_ms, loss_percent, seed):
        """Makes its link slow both ways, and has it lose packets: with tc's netem (then None is given),
        or by a process that stands between the host and the switch."""
        ends = ((self._namespace, "eth0"), (self._switch, self._port))
        if all(self._shape(*end, delay_ms, loss_percent) for end in ends):
            return None
        return SlowLink(self._namespace, self._switch, self._port, (delay_ms, loss_percent, seed))

    @staticmethod
    def _shape(namespace, interface, delay_ms, loss_percent):
        rule = ("netem", "delay", f"{delay_ms}ms", "loss", f"{loss_percent}%")
        return subprocess.run(["ip", "netns", "exec", namespace, "tc", "qdisc", "replace", "dev", interface,
                               "root", *rule], capture_output=True, check=False).returncode == 0


class SlowLink:
    """`slow_link.py` between a host and the switch: takes the host's port out of the switch and puts
    one end of another pair in its place."""

    def __init__(self, host, switch, port, rule):
        far, near = f"{port}-far", f"{port}-near"
        ip("-n", switch, "link", "add", "name", near, "type", "veth", "peer", "name", far)
        for namespace, sender in ((host, "eth0"), (switch, far)):
            subprocess.run(["ip", "netns", "exec", namespace, *SLOW_LINK, "plain", sender], check=True)
        ip("-n", switch, "link", "set", port, "nomaster")
        ip("-n", switch, "link", "set", far, "master", "switch", "up")
        ip("-n", switch, "link", "set", near, "up")
        self._popen = subprocess.Popen(
            [*GUARD, "ip", "netns", "exec", switch, *SLOW_LINK, "carry", port, near, *map(str, rule)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert self._popen.stdout.readline() == "ready\n", "the slow link has not begun"
        except BaseException:
            self.close()
            raise

    def end(self):
        """Cuts the link; what it has carried and lost."""
        text, _ = self._popen.communicate(timeout=seconds(10))
        return json.loads(text)

    def close(self):
        self._popen.kill()
        self._popen.wait()
        self._popen.stdin.close()
        self._popen.stdout.close()


class Network:
    """A switch, in a namespace, and the hosts that are added to it."""

    def __init__(self):
        remove_left_behind()
        self._prefix = f"squall-{os.getpid()}-{next(NUMBERS)}"
        self._namespaces = []
        self._switch = self._add_namespace("switch")
        ip("-n", self._switch, "link", "add", "name", "switch", "type", "bridge")
        ip("-n", self._switch, "link", "set", "switch", "up")

    def _add_namespace(self, name):
        namespace = f"{self._prefix}-{name}"
        ip("netns", "add", namespace)
        self._namespaces.append(namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
        return namespace

    def host(self, name):
        namespace = self._add_namespace(name)
        address, port = f"10.77.0.{len(self._namespaces)}", f"to-{name}"
        ip("-n", self._switch, "link", "add", "name", port, "type", "veth",
           "peer", "name", "eth0", "netns", namespace)
        ip("-n", self._switch, "link", "set", port, "master", "switch", "up")
        ip("-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
        ip("-n", namespace, "link", "set", "eth0", "up")
        return Host(name, address, namespace, self._switch, port)

    def remove(self):
        for namespace in self._namespaces:
            ip("netns", "del", namespace, check=False)


class HostGateway(Process):
    """A gateway on a host; its clients are processes on that host."""

    def __init__(self, host, *flags):
        self.host = host
        super().__init__(*host.enter[1:], BINARY, "gateway", "--listen", "127.0.0.1:8888",
                         "--cluster", self.address, "--store", "memory:", "--name", host.name,
                         *map(str, flags), binary=host.enter[0])
        self.out.wait_for("listening on", seconds(20))

    @property
    def address(self):
        return f"{self.host.address}:7411"

    def status(self):
        shown = self.host.run("status", "--json")
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    def workers(self):
        """Those that may get calls, by name."""
        return {each["name"]: each for each in self.status()["workers"] if not each["draining"]}

    def kind(self, name):
        return next(each for each in self.status()["kinds"] if each["kind"] == name)

    def wait_for_workers(self, *names, timeout=10):
        eventually(lambda: set(self.workers()) == set(names), seconds(timeout), f"workers {names}")


class Client:
    """`squall call KIND -` beside a gateway: its answers come in the order of the lines."""

    def __init__(self, gateway, kind, lines, per_second):
        self.kind, self.lines = kind, lines
        self._popen = subprocess.Popen(
            [*GUARD, *gateway.host.enter, BINARY, "call", kind, "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment())
        self._answers, self._errors = Output(self._popen.stdout), Output(self._popen.stderr)
        self._feeder = threading.Thread(target=self._feed, args=(per_second,), daemon=True)
        self._feeder.start()

    def _feed(self, per_second):
        begin = time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            for number, line in enumerate(self.lines):
                time.sleep(max(0.0, begin + number / per_second - time.monotonic()))
                self._popen.stdin.write(f"{line}\n")
                self._popen.stdin.flush()
            self._popen.stdin.close()

    def answers(self, timeout=60):
        """All of them, once the client has ended well."""
        assert self._popen.wait(seconds(timeout)) == 0, self._errors.text()
        self.close()
        return [json.loads(line) for line in self._answers.text().splitlines()]

    def close(self):
        self._popen.kill()
        self._popen.wait()
        self._feeder.join()
        self._answers.close()
        self._errors.close()


class Hosts:
    """Starts hosts and processes on them; ends and removes all of them."""

    def __init__(self):
        self._network = Network()
        self._processes, self._clients, self._links = [], [], []

    def host(self, name):
        return self._network.host(name)

    def _keep(self, process):
        self._processes.append(process)
        return process

    def gateway(self, host, *flags):
        return self._keep(HostGateway(host, *flags))

    def worker(self, host, gateways, pools, *flags):
        arguments = ["worker", "--join", ",".join(each.address for each in gateways), "--name", host.name]
        for pool in pools:
            arguments += ["--pool", pool]
        return self._keep(Process(*host.enter[1:], BINARY, *arguments, *map(str, flags),
                                  binary=host.enter[0]))

    def client(self, gateway, kind, lines, per_second):
        """A client of a gateway that makes a call of each line."""
        made = Client(gateway, kind, lines, per_second)
        self._clients.append(made)
        return made

    def slow_down(self, host, delay_ms, loss_percent, seed):
        """Makes a host's link slow; gives its `SlowLink`, or None where the kernel does it."""
        link = host.slow_down(delay_ms, loss_percent, seed)
        if link:
            self._links.append(link)
        return link

    def close(self):
        for client in self._clients:
            client.close()
        for link in self._links:
            link.close()
        try:
            faults = [fault for process in self._processes if (fault := process.close())]
        finally:
            self._network.remove()
        assert not faults, "\n".join(faults)


@pytest.fixture
def hosts():
    """Hosts of one test."""
    if why := missing():
        pytest.skip(f"no hosts can be made here: {why}")
    made = Hosts()
    try:
        yield made
    finally:
        made.close()
