"""What was answered survives `kill -9` of the gateway; a SQLite file that is not this gateway's is
left alone."""

import asyncio
import contextlib
import sqlite3
import stat
from pathlib import Path

import pytest

from processes import STATE, run
from queues import client_of, refused, until
from scale import seconds
from stores import client, kept


def restarted(store, gateway):
    gateway.kill()
    return store.gateway()


def test_queues_are_as_they_were_after_the_gateway_was_killed(each_store):
    async def fill(gateway):
        async with client(gateway) as way:
            await way.create("a", order="priority", maxsize=100, max_attempts=1, backoff_ms=7)
            await way.put("a", {"n": 1}, "two", [3], 4.5, priority=4)
            await way.put("a", "ü" * 10_000, priority=9)
            await way.create("empty", lease_ms=1234)
            for end in (way.ack, way.nack, None):
                (item,) = await way.lease("a", lease_ms=seconds(60_000))
                if end:
                    await end(item["lease"])
            return [kept(await way.stats(name)) for name in ("a", "empty")], await way.dead("a")

    async def check(gateway, books, dead):
        async with client(gateway) as way:
            assert await way.names() == ["a", "empty"]
            assert [kept(await way.stats(name)) for name in ("a", "empty")] == books
            assert await way.dead("a") == dead
            rest = await way.lease("a", max=10)
            assert [(item["body"], item["attempt"]) for item in rest] == [([3], 1), (4.5, 1)]
            ids = await way.put("a", "next")
            assert int(ids[0]) == 6  # ids go on, too

    first = each_store.gateway()
    books, dead = asyncio.run(fill(first))
    assert (books[0]["ready"], books[0]["leased"], books[0]["dead"]) == (2, 1, 1)
    assert (books[0]["total_acked"], books[0]["total_nacked"]) == (1, 1)
    assert [item["body"] for item in dead] == [{"n": 1}]
    again = restarted(each_store, first)
    again.err.wait_for(r"queues are kept in .* \(2 queues, 4 items\)")
    asyncio.run(check(again, books, dead))


def test_a_lease_is_acked_after_a_restart_and_never_twice(each_store):
    async def take(gateway):
        async with client(gateway) as way:
            await way.create("a")
            await way.put("a", "x", "y")
            return await way.lease("a", max=2, lease_ms=seconds(60_000))

    async def settle(gateway, first, second):
        async with client(gateway) as way:
            await way.ack(first["lease"])
            assert await refused(way.ack(first["lease"])) == "lease_lost"
            assert await way.extend(second["lease"], lease_ms=4_000) == 4_000
            await way.nack(second["lease"], error="late")
            (item,) = await way.lease("a")
            assert (item["id"], item["body"], item["attempt"]) == (second["id"], "y", 2)

    first = each_store.gateway()
    leases = asyncio.run(take(first))
    asyncio.run(settle(restarted(each_store, first), *leases))


@pytest.mark.parametrize("way", ["http", "websocket"])
def test_a_lease_that_nobody_acks_runs_out_after_a_restart(each_store, way):
    async def take(gateway):
        async with client_of(gateway, way) as user:
            await user.create("a")
            await user.put("a", "x")
            (item,) = await user.lease("a", lease_ms=seconds(700))
            gateway.kill()
            return item

    async def take_again(gateway, lost):
        async with client_of(gateway, way) as user:
            (item,) = await user.lease("a")
            assert (item["id"], item["attempt"]) == (lost["id"], 2)
            assert await refused(user.ack(lost["lease"])) == "lease_lost"
            await user.ack(item["lease"])
            books = await user.stats("a")
            assert (books["total_expired"], books["total_acked"], books["unfinished"]) == (1, 1, 0)

    lost = asyncio.run(take(each_store.gateway()))
    asyncio.run(take_again(each_store.gateway(), lost))


def test_an_item_that_a_worker_has_while_the_gateway_is_killed_runs_again(each_store, cluster):
    async def begin(gateway):
        async with client(gateway) as way:
            await way.create("naps", lease_ms=seconds(1_500))
            cluster.worker(gateway, pools=(), flags=("--consume", "naps=sleep:1"))
            await way.put("naps", {"ms": 300})
            await until(way, "naps", leased=1)

    async def end(gateway):
        async with client(gateway) as way:
            await way.join("naps")
            books = await way.stats("naps")
            assert (books["total_leased"], books["total_expired"]) == (2, 1)
            assert (books["total_acked"], books["dead"]) == (1, 0)

    first = each_store.gateway()
    asyncio.run(begin(first))
    asyncio.run(end(restarted(each_store, first)))


def test_a_second_gateway_is_refused_and_the_first_one_goes_on(store):
    first = store.gateway()
    assert "another gateway" in store.refused()
    assert "--store" in store.refused()
    asyncio.run(put_one(first))
    first.terminate()
    assert first.wait() == 0
    store.gateway()  # now the file is free


async def put_one(gateway):
    async with client(gateway) as way:
        await way.create("a")
        await way.put("a", "x")


def test_a_file_of_a_newer_version_is_refused(store):
    gateway = store.gateway()
    gateway.terminate()
    assert gateway.wait() == 0
    with contextlib.closing(sqlite3.connect(store.file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    assert "newer version" in store.refused()
    with contextlib.closing(sqlite3.connect(store.file)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (version + 1,)
        database.execute(f"PRAGMA user_version = {version}")
    store.gateway()


@pytest.mark.parametrize("content", [b"no database\n" * 1_000, b"short"])
def test_a_file_that_is_no_database_is_refused_and_stays_as_it_is(store, content):
    store.file.write_bytes(content)
    store.refused()
    assert store.file.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_stays_as_it_is(store):
    with contextlib.closing(sqlite3.connect(store.file)) as database:
        database.execute("CREATE TABLE items (id INTEGER)")
    content = store.file.read_bytes()
    assert "another program" in store.refused()
    assert store.file.read_bytes() == content


def test_a_file_that_cannot_be_made_is_refused(store, tmp_path):
    store.file = tmp_path / "none" / "queues.db"
    store.refused()
    store.file = tmp_path
    store.refused()


def test_a_backup_is_made_while_the_gateway_runs(store, tmp_path):
    gateway = store.gateway()
    asyncio.run(put_one(gateway))
    copy = tmp_path / "copy.db"
    with contextlib.closing(sqlite3.connect(store.file)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    gateway.kill()
    store.file = copy
    store.gateway().err.wait_for(r"copy\.db \(1 queue, 1 item\)")


def test_a_gateway_that_is_told_no_store_keeps_queues_in_its_state_directory(cluster):
    gateway = cluster.squall("gateway", "--listen", "127.0.0.1:0", "--cluster", "")
    gateway.out.wait_for("listening on")
    file = Path(STATE.name, "queues.db")
    gateway.err.wait_for(f"queues are kept in {file} ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    gateway.terminate()
    assert gateway.wait() == 0


def test_a_gateway_with_queues_in_memory_says_that_nothing_survives(gateway):
    gateway.err.wait_for("warning .*nothing of them survives")


@pytest.mark.parametrize("text", ["postgres:ada:secret@localhost/q", "redis:x", "sqlite:"])
def test_a_store_that_there_is_not_is_misuse(text):
    done = run("gateway", "--store", text)
    assert done.returncode == 2
    assert "--store" in done.stderr and "sqlite:PATH" in done.stderr
    assert "secret" not in done.stderr
