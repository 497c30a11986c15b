"""Queues in a database of PostgreSQL's: the server may go and come back, and gateways are told why
when they cannot use it."""

import asyncio
import contextlib
import time

import pytest

from cluster import eventually
from jobs import play_at
from postgres import GUARDED
from processes import run
from queues import QueueError, start
from scale import seconds
from stores import client

SECRET = "open%20sesame"  # as it stands in a URL


def is_ready(gateway):
    return gateway.get("/readyz").status == 200


def wait_until_ready(gateway):
    eventually(lambda: is_ready(gateway), seconds(20), "/readyz says 200 by itself")


def test_what_was_answered_is_there_when_the_server_was_killed(cluster, mortal):
    gateway = mortal.gateway()

    async def fill(way):
        await way.create("a")
        await way.put("a", "one", "two")
        (held,) = await way.lease("a", lease_ms=seconds(60_000), detach=True)
        done = await way.submit("k", {"n": 1}, queue="jobs")
        await way.run_next("jobs", result={"is": "kept"})
        waiting = await way.submit("k", {"n": 2}, queue="jobs", priority=9)
        return held, [await way.get(job["id"]) for job in (done, waiting)]

    async def check(way, held, jobs):
        assert [await way.get(job["id"]) for job in jobs] == jobs
        await way.ack(held["lease"])
        assert [item["body"] for item in await way.lease("a", max=9)] == ["two"]
        (item,) = await way.lease("jobs")
        assert item["job"] == jobs[1]["id"]

    held, jobs = play_at(gateway, fill)
    mortal.server.kill()
    mortal.server.start()
    wait_until_ready(gateway)
    play_at(gateway, lambda way: check(way, held, jobs))
    gateway.terminate()
    assert gateway.wait() == 0


async def first_refusal(way):
    """What a put is told that is not answered with its ids."""
    while True:
        try:
            await way.put("a", "x", timeout_ms=0)
        except QueueError as error:
            return error


def test_while_the_server_is_gone_queues_are_unavailable_and_calls_go_on(mortal):
    gateway = mortal.gateway("--pool", "prime=1")

    async def begin(way):
        await way.create("a")
        await way.put("a", "first")
        (item,) = await way.lease("a", lease_ms=seconds(60_000), detach=True)
        return item["lease"]

    lease = play_at(gateway, begin)
    mortal.server.stop()
    error = play_at(gateway, first_refusal)
    print(f"refused with: {error}")
    assert error.name == "unavailable"
    assert len(str(error)) > len("unavailable: ")
    until = time.monotonic() + 2.5  # longer than until the next try
    while time.monotonic() < until:
        gateway.get("/v1/queues")
        answer = gateway.get("/readyz")
        assert answer.status == 503
        assert gateway.call("prime", {"n": 97}).status == 200
    print(f"/readyz: {answer.body.decode()}")
    assert gateway.get("/livez").status == 200
    mortal.server.start()
    wait_until_ready(gateway)

    async def end(way):
        await way.ack(lease)
        await way.put("a", "last")
        assert [item["body"] for item in await way.lease("a", max=1_000)][-1] == "last"

    play_at(gateway, end)


def test_who_waits_for_an_item_gets_it_when_the_server_is_back(mortal):
    gateway = mortal.gateway()

    async def scene(way):
        await way.create("a")
        getter = await start(way, "a", "getters", way.lease("a"))
        mortal.server.kill()
        error = await first_refusal(way)
        assert error.name == "unavailable" and not getter.done()
        mortal.server.start()
        while True:
            with contextlib.suppress(QueueError):
                await way.put("a", "x", timeout_ms=0)
                break
        (item,) = await getter
        assert (item["body"], item["attempt"]) == ("x", 1)

    play_at(gateway, scene)


def test_jobs_end_that_ran_while_the_server_was_away(cluster, mortal):
    gateway = mortal.gateway()
    cluster.worker(gateway, pools=("sleep=2",), name="w")
    gateway.wait_for_workers("w")

    async def scene(way):
        await way.create("default", lease_ms=seconds(3_000))
        short = await way.submit("sleep", {"ms": 300})
        long = await way.submit("sleep", {"ms": 3_000})
        for job in (short, long):
            await way.until_state(job["id"], "leased")
        mortal.server.stop()
        await asyncio.sleep(1)  # the short one ends meanwhile
        mortal.server.start()
        for job in (short, long):
            while True:
                with contextlib.suppress(QueueError):
                    assert (await way.end_of(job["id"]))["state"] == "done"
                    break

    play_at(gateway, scene)


def test_a_server_that_hangs_holds_up_queues_alone(mortal):
    gateway = mortal.gateway("--pool", "prime=1")

    async def begin(way):
        await way.create("a")
        return await way.put("a", "x")

    play_at(gateway, begin)
    with mortal.server.frozen():

        async def scene():
            async with client(gateway) as way:
                put = asyncio.ensure_future(way.put("a", "y"))
                for _ in range(20):
                    answer = await asyncio.to_thread(gateway.call, "prime", {"n": 97})
                    assert answer.status == 200
                assert (await asyncio.to_thread(gateway.get, "/livez")).status == 200
                put.cancel()

        asyncio.run(scene())
    wait_until_ready(gateway)
    play_at(gateway, begin)


def test_gateways_that_start_at_once_on_an_empty_database_all_come_up(cluster, shared):
    flags = ("--listen", "127.0.0.1:0", "--cluster", "", *shared.flags)
    started = [cluster.squall("gateway", *flags) for _ in range(5)]
    for each in started:
        each.out.wait_for("listening on", seconds(30))
    for each in started:
        each.terminate()
    for each in started:
        assert each.wait() == 0, each.err.text()


def refused_at(url):
    """What a gateway says that is told this store."""
    done = run("gateway", "--listen", "127.0.0.1:0", "--cluster", "", "--store", url)
    assert done.returncode == 2 and done.stdout == "", done
    return done.stderr


def test_a_database_of_a_newer_version_is_refused_and_stays_as_it_is(shared):
    gateway = shared.gateway()
    gateway.terminate()
    assert gateway.wait() == 0
    (version,) = shared.sql("SELECT version FROM squall.meta")
    shared.sql("UPDATE squall.meta SET version = version + 1")
    assert "newer version" in shared.refused()
    assert shared.sql("SELECT version FROM squall.meta") == [str(int(version) + 1)]
    shared.sql("UPDATE squall.meta SET version = version - 1")
    shared.gateway()


def test_a_password_is_never_told(cluster, postgres, shared):
    shared.sql(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD 'open sesame'")
    try:
        url = postgres.url(shared.database, GUARDED) + f"&password={SECRET}"
        wrong = url.replace(SECRET, "wrong-secret")
        said = refused_at(wrong)
        assert "password authentication failed" in said and "wrong-secret" not in said, said
        process = cluster.squall(
            "gateway", "--listen", "127.0.0.1:0", "--cluster", "127.0.0.1:0", "--store", url
        )
        process.out.wait_for("listening on")
        process.terminate()
        assert process.wait() == 0
        for text in (process.out.text(), process.err.text()):
            assert "sesame" not in text, text
    finally:
        shared.sql(f"REASSIGN OWNED BY {GUARDED} TO CURRENT_USER; DROP ROLE {GUARDED}")


@pytest.mark.parametrize(
    "url, words",
    [
        ("postgres:///none?host=/nowhere/at/all", "/nowhere/at/all"),
        ("postgres://ada:hush@127.0.0.1:1/none?connect_timeout=2", "127.0.0.1"),
        ("postgres://ada:hush@[::1/none", "postgres://USER@HOST"),
        ("postgres://ada:hush@localhost/none?nonsense=1", "postgres://USER@HOST"),
    ],
)
def test_a_server_that_is_not_there_is_refused_with_its_address_and_no_password(url, words):
    said = refused_at(url)
    assert words in said and "hush" not in said, said


def test_a_database_that_is_not_there_is_named(postgres):
    assert "nowhere" in refused_at(postgres.url("nowhere"))
