"""`squall queue`, run to its end, and queues for its tests."""

import pytest

from cluster import command


def ask(gateway, *arguments, **options):
    return command(gateway, "queue", *arguments, **options)


@pytest.fixture
def queue(gateway, request):
    """A fresh queue, named after the test, whose items do not wait between attempts."""
    name = request.node.originalname
    done = ask(gateway, "create", name, "--backoff", "0s")
    assert (done.returncode, done.stdout) == (0, f"created {name}\n"), done
    yield name
    ask(gateway, "rm", name)
