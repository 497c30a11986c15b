"""Gateways whose queues are in a SQLite file."""

import pytest

from processes import run
from queues import client_of

# Books of a queue that a restart leaves as they were; the others are of who waits, and of time.
KEPT = ("name", "order", "maxsize", "max_attempts", "lease_ms", "backoff_ms", "backoff_cap_ms")
KEPT += ("ready", "delayed", "leased", "dead", "unfinished", "bytes", "total_put", "total_leased")
KEPT += ("paused", "total_acked", "total_nacked", "total_expired")


class Store:
    """A file, and the gateways that have it, one behind the other, at the same addresses."""

    def __init__(self, cluster, file):
        self.file = file
        self._cluster = cluster
        self._ports = (0, 0)

    @property
    def flags(self):
        return ("--store", f"sqlite:{self.file}")

    def gateway(self, *flags):
        started = self._cluster.gateway(*self.flags, *flags, ports=self._ports)
        self._ports = started.ports
        return started

    def refused(self):
        """What a gateway says that must not have this file; fails when it is let in."""
        done = run("gateway", "--listen", "127.0.0.1:0", "--cluster", "", *self.flags)
        assert (done.returncode, done.stdout) == (2, ""), done
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert str(self.file) in line
        return line


@pytest.fixture
def store(cluster, tmp_path):
    return Store(cluster, tmp_path / "queues.db")


def kept(books):
    return {name: books[name] for name in KEPT}


def client(gateway):
    return client_of(gateway, "http")
