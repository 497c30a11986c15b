"""Gateways whose queues outlive them: in a SQLite file, or in a database of PostgreSQL's."""

import pytest

from postgres import Postgres
from processes import run
from queues import client_of

# Books of a queue that a restart leaves as they were; the others are of who waits, and of time.
KEPT = ("name", "order", "maxsize", "max_attempts", "lease_ms", "backoff_ms", "backoff_cap_ms")
KEPT += ("ready", "delayed", "leased", "dead", "unfinished", "bytes", "total_put", "total_leased")
KEPT += ("paused", "total_acked", "total_nacked", "total_expired")


class Store:
    """Where queues are, and the gateways that have them, one behind the other, at the same
    addresses. Those of a class of it say in `place` what --store is told."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._ports = (0, 0)

    @property
    def flags(self):
        return ("--store", self.place)

    def gateway(self, *flags):
        started = self._cluster.gateway(*self.flags, *flags, ports=self._ports)
        self._ports = started.ports
        return started

    def refused(self):
        """What a gateway says that must not have this store; fails when it is let in."""
        done = run("gateway", "--listen", "127.0.0.1:0", "--cluster", "", *self.flags)
        assert (done.returncode, done.stdout) == (2, ""), done
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        return line


class FileStore(Store):
    """A file of SQLite's."""

    def __init__(self, cluster, file):
        super().__init__(cluster)
        self.file = file

    @property
    def place(self):
        return f"sqlite:{self.file}"

    def refused(self):
        line = super().refused()
        assert str(self.file) in line
        return line


class SharedStore(Store):
    """A database of a server's."""

    def __init__(self, cluster, server, database):
        super().__init__(cluster)
        self.server = server
        self.database = database

    @property
    def place(self):
        return self.server.url(self.database)

    def beside(self):
        """The same database, for one more gateway at addresses of its own."""
        return SharedStore(self._cluster, self.server, self.database)

    def sql(self, text):
        return self.server.sql(text, self.database)


@pytest.fixture
def store(cluster, tmp_path):
    return FileStore(cluster, tmp_path / "queues.db")


@pytest.fixture(scope="session")
def postgres():
    """A server that stays up."""
    with Postgres() as server:
        yield server


@pytest.fixture
def shared(cluster, postgres):
    """A new database on the server that stays up."""
    return SharedStore(cluster, postgres, postgres.create())


@pytest.fixture
def mortal(cluster):
    """A database on a server of the test's own, whose promises hold when it is killed."""
    with Postgres(durable=True) as server:
        yield SharedStore(cluster, server, server.create())


@pytest.fixture(params=["store", "shared"], ids=["sqlite", "postgres"])
def each_store(request):
    """A store in a file, and in another run of the test one on a server."""
    return request.getfixturevalue(request.param)


def kept(books):
    return {name: books[name] for name in KEPT}


def client(gateway):
    return client_of(gateway, "http")
