"""Tokens, and gateways that want them."""

import json
import re
import signal

import pytest

from cluster import eventually
from processes import run
from scale import seconds

SCOPES = ("call:prime", "call:*", "jobs:read", "jobs:write", "queues:q", "queues:*", "schedules:*",
          "cluster:read", "admin")


def new_token(file, name, *scopes, more=()):
    """Makes a token with the command; its text."""
    flags = [word for scope in scopes for word in ("--scope", scope)]
    made = run("token", "new", name, *flags, *more, "--file", str(file))
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"sq_[A-Za-z0-9_-]{43}\n", made.stdout)
    return made.stdout.strip()


class Guarded:
    """A gateway with one token of each scope."""

    def __init__(self, cluster, file):
        self.file = file
        self.tokens = {scope: new_token(file, f"t{i}", scope) for i, scope in enumerate(SCOPES)}
        self.gateway = cluster.gateway("--tokens", str(file), "--pool", "prime=2", "--pool",
                                       "sleep=2")

    def ask(self, method, path, scope=None, body=None, token=None):
        token = token or self.tokens.get(scope)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        return self.gateway.request(method, path, body, headers)

    def reload(self):
        """SIGHUP, and what the gateway says to it."""
        before = self.gateway.err.text().count("--tokens")
        self.gateway.send_signal(signal.SIGHUP)
        eventually(lambda: self.gateway.err.text().count("--tokens") > before, seconds(10),
                   "the tokens are read again")


@pytest.fixture(scope="module")
def guarded(module_cluster, tmp_path_factory):
    """One for all tests of a file, which leave its tokens alone."""
    return Guarded(module_cluster, tmp_path_factory.mktemp("tokens") / "tokens")


@pytest.fixture
def own(cluster, tmp_path):
    """One that the test may change."""
    return Guarded(cluster, tmp_path / "tokens")
