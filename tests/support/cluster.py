"""Fixtures: gateways and workers as real processes on free ports of this machine."""

import contextlib
import http.client
import itertools
import json
import time
from dataclasses import dataclass

import pytest

from processes import BINARY, OTHER_VERSION_WORKER, Process, run
from scale import seconds


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body)


def eventually(condition, timeout, what):
    """Asks until `condition` is true and gives what it said; for states that nobody announces."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)
    return value


class Gateway(Process):
    """A running gateway. Made by a Cluster. Its queues are in memory unless it is told a store."""

    def __init__(self, *flags, ports=(0, 0), **surroundings):
        store = () if "--store" in flags else ("--store", "memory:")
        super().__init__(
            *("gateway", "--listen", f"127.0.0.1:{ports[0]}"),
            *("--cluster", f"127.0.0.1:{ports[1]}", *store, *flags),
            **surroundings,
        )
        try:
            line = self.out.wait_for(
                r"listening on 127\.0\.0\.1:(\d+) \(clients\), 127\.0\.0\.1:(\d+) \(cluster\)",
                seconds(20),
            )
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.err.text()}") from None
        self.ports = int(line[1]), int(line[2])
        self.port, self.cluster_port = self.ports

    @property
    def address(self):
        """Where workers join."""
        return f"127.0.0.1:{self.cluster_port}"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ws(self, path="/v1/ws"):
        return f"ws://127.0.0.1:{self.port}{path}"

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds(40))
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())

    def get(self, path):
        return self.request("GET", path)

    def call(self, kind, params, headers=None):
        headers = {"Content-Type": "application/json", **(headers or {})}
        return self.request("POST", f"/v1/call/{kind}", json.dumps(params), headers)

    def cluster(self):
        return self.get("/v1/cluster").json()

    def kind(self, name):
        """What /v1/cluster says of a kind."""
        return next(kind for kind in self.cluster()["kinds"] if kind["kind"] == name)

    def connections(self, protocol):
        return self.cluster()["gateways"][0]["connections"][protocol]

    def worker_names(self):
        """Those that may get calls."""
        return sorted(w["name"] for w in self.cluster()["workers"] if not w["draining"])

    def wait_for_workers(self, *names, timeout=10):
        """Until exactly these have joined; gives the time that it took."""
        begin = time.monotonic()
        wanted = sorted(names)
        eventually(
            lambda: self.worker_names() == wanted,
            seconds(timeout),
            f"workers {wanted}",
        )
        return time.monotonic() - begin

    def wait_for_kind(self, name, timeout=10, **values):
        """Until the kind's entry has these values, each a number or a predicate."""

        def holds():
            entry = self.kind(name)
            return all(v(entry[k]) if callable(v) else entry[k] == v for k, v in values.items())

        eventually(holds, seconds(timeout), f"{name}: {values}")


class Cluster:
    """Starts processes; ends all of them when it is left, and fails when one has crashed."""

    def __init__(self):
        assert BINARY, "SQUALL_BIN names the program to test"
        self._processes = []
        self._numbers = itertools.count(1)

    def _keep(self, process):
        self._processes.append(process)
        return process

    def gateway(self, *flags, ports=(0, 0), **surroundings):
        """`surroundings`: environment and sockets, see `Process`; for the others, too."""
        return self._keep(Gateway(*flags, ports=ports, **surroundings))

    def worker(self, *gateways, pools=("prime=2",), name=None, flags=(), **surroundings):
        """Starts a worker; `Gateway.wait_for_workers` says when it has joined."""
        arguments = ["worker", "--join", ",".join(gateway.address for gateway in gateways)]
        for pool in pools:
            arguments += ["--pool", pool]
        arguments += ["--name", name or f"w{next(self._numbers)}"]
        return self._keep(Process(*arguments, *flags, **surroundings))

    def other_version_worker(self, gateway):
        """A worker that speaks another version of the protocol."""
        return self._keep(Process(gateway.address, binary=OTHER_VERSION_WORKER))

    def squall(self, *arguments, **surroundings):
        """Any other long-running command."""
        return self._keep(Process(*arguments, **surroundings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        faults = [fault for process in self._processes if (fault := process.close())]
        assert not faults, "\n".join(faults)


@pytest.fixture
def cluster():
    """Processes of one test."""
    with Cluster() as processes:
        yield processes


@pytest.fixture(scope="module")
def module_cluster():
    """Processes that the tests of one file share."""
    with Cluster() as processes:
        yield processes


@pytest.fixture(scope="module")
def gateway(module_cluster):
    """A gateway without flags that the tests of one file share. A file that needs another has a
    fixture of this name of its own."""
    return module_cluster.gateway()


def command(gateway, name, *arguments, **options):
    """Runs a client's command against a gateway, to its end."""
    return run(name, *arguments, "--url", gateway.url, **options)
