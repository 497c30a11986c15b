"""Backing up a store while a gateway uses it, and going on from the copy, with the commands of
deploy/README.md."""

import subprocess

import pytest

from cluster import eventually
from jobs import play_at
from postgres import Postgres, programs
from scale import seconds


@pytest.fixture
def server():
    with Postgres() as running:
        yield running


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=seconds(60), check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"


async def fill(way):
    """A queue with two items, one done job and one that waits."""
    await way.create("a", maxsize=7)
    await way.put("a", "one", "two")
    done = await way.submit("k", {"n": 1}, queue="jobs")
    await way.run_next("jobs", result={"is": "kept"})
    waiting = await way.submit("k", {"n": 2}, queue="jobs")
    return [await way.get(job["id"]) for job in (done, waiting)]


async def spoil(way):
    """What happens behind the copy, and so must not be there."""
    await way.put("a", "later")
    await way.run_next("jobs", result=0)


async def check(way, jobs):
    assert [await way.get(job["id"]) for job in jobs] == jobs
    assert (await way.stats("a"))["maxsize"] == 7
    assert [item["body"] for item in await way.lease("a", max=9)] == ["one", "two"]


def end(gateway):
    gateway.terminate()
    assert gateway.wait() == 0


def test_a_copy_of_a_sqlite_file_that_is_in_use_is_a_whole_store(cluster, tmp_path):
    file, copy = tmp_path / "queues.db", tmp_path / "copy.db"
    gateway = cluster.gateway("--store", f"sqlite:{file}")
    jobs = play_at(gateway, fill)
    command("sqlite3", str(file), f".backup '{copy}'")
    play_at(gateway, spoil)
    end(gateway)
    play_at(cluster.gateway("--store", f"sqlite:{copy}"), lambda way: check(way, jobs))


def test_a_dump_of_a_database_that_is_in_use_is_a_whole_store(cluster, server, tmp_path):
    dump = str(tmp_path / "squall.dump")
    name = server.create()
    gateway = cluster.gateway("--store", server.url(name))
    jobs = play_at(gateway, fill)
    command(
        str(programs() / "pg_dump"),
        *("--format=custom", "--schema=squall", "--file", dump, server.url(name)),
    )
    play_at(gateway, spoil)
    end(gateway)
    restore = ("--clean", "--if-exists", "--single-transaction", "--dbname", server.url(name))
    command(str(programs() / "pg_restore"), *restore, dump)
    again = cluster.gateway("--store", server.url(name))
    eventually(lambda: again.get("/readyz").status == 200, seconds(20), "the gateway is ready")
    play_at(again, lambda way: check(way, jobs))
