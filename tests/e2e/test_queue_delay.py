"""Items for later, queues that hand nothing out, and queues that are emptied."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from queue_scenes import bodies, body_of
from queues import client_of, refused, start, until
from scale import seconds

HOUR_MS = 3_600_000


def in_time(*, hours=0, **more):
    """RFC 3339, so far from now, as a clock two hours ahead of UTC has it."""
    there = timezone(timedelta(hours=2))
    return (datetime.now(there) + timedelta(hours=hours, **more)).isoformat()


def test_an_item_is_not_ready_before_its_delay_has_passed(play):
    async def scenario(client, queue):
        begin = asyncio.get_running_loop().time()
        await client.put(queue, "now")
        await client.put(queue, "later", delay_ms=1_000)
        assert await bodies(client, queue, 1) == ["now"]
        books = await client.stats(queue)
        assert (books["ready"], books["delayed"], books["unfinished"]) == (0, 1, 1)
        (item,) = await client.lease(queue)  # wakes when it is time
        assert asyncio.get_running_loop().time() - begin >= 1
        assert (item["body"], item["attempt"]) == ("later", 1)

    play(scenario)


def test_a_time_to_run_at_is_a_delay_until_then(play):
    async def scenario(client, queue):
        await client.put(queue, "an hour", run_at=in_time(hours=1))
        await client.put(queue, "past", run_at=in_time(hours=-1))
        await client.put(queue, "soon", run_at=in_time(milliseconds=200))
        assert body_of(await client.lease(queue)) == "past"
        assert body_of(await client.lease(queue)) == "soon"
        assert (await client.stats(queue))["delayed"] == 1

    play(scenario)


def test_delayed_items_take_no_room_until_they_are_ready(play):
    async def scenario(client, queue):
        await client.put(queue, "later", "too", delay_ms=seconds(1_000), timeout_ms=0)
        await client.put(queue, "now", "also", timeout_ms=0)
        assert await refused(client.put(queue, "full", timeout_ms=0)) == "queue_full"
        await until(client, queue, ready=4, delayed=0)

    play(scenario, maxsize=2)


def test_a_join_waits_for_delayed_items(play):
    async def scenario(client, queue):
        await client.put(queue, "later", delay_ms=100)
        joiner = await start(client, queue, "joiners", client.join(queue))
        (item,) = await client.lease(queue)
        assert not joiner.done()
        await client.ack(item["lease"])
        await joiner

    play(scenario)


def test_wrong_delays_are_refused_by_name(play):
    async def scenario(client, queue):
        for wrong in (
            {"delay_ms": -1},
            {"delay_ms": 366 * 24 * HOUR_MS + 1},
            {"run_at": "tomorrow"},
            {"run_at": "2030-02-30T00:00:00Z"},
            {"run_at": in_time(days=367)},
            {"run_at": in_time(), "delay_ms": 1},
        ):
            assert await refused(client.put(queue, 1, **wrong)) == "invalid_params"
        assert (await client.stats(queue))["total_put"] == 0

    play(scenario)


def test_a_paused_queue_hands_nothing_out_until_it_is_resumed(play):
    async def scenario(client, queue):
        await client.put(queue, "x", "y")
        (held,) = await client.lease(queue)
        assert (await client.pause(queue))["paused"] is True
        assert await client.lease(queue, timeout_ms=0) == []
        await client.put(queue, "z")
        await client.ack(held["lease"])
        getters = [await start(client, queue, "getters", client.lease(queue)) for _ in range(2)]
        await client.put(queue, "more")
        assert (await client.stats(queue))["ready"] == 3
        assert not any(getter.done() for getter in getters)
        assert (await client.resume(queue))["paused"] is False
        assert [body_of(await getter) for getter in getters] == ["y", "z"]

    play(scenario)


def test_what_comes_back_to_a_paused_queue_stays_there(play):
    async def scenario(client, queue):
        await client.put(queue, "nacked", "expired")
        (item,) = await client.lease(queue)
        await client.lease(queue, lease_ms=50)
        await client.pause(queue)
        getter = await start(client, queue, "getters", client.lease(queue))
        await client.nack(item["lease"])
        await client.put(queue, "late", delay_ms=20)
        await until(client, queue, ready=3, leased=0, delayed=0)
        assert not getter.done()
        await client.resume(queue)
        assert body_of(await getter) == "nacked"

    play(scenario, backoff_ms=0)


def test_settings_leave_a_queue_paused_and_a_pause_leaves_the_settings(play):
    async def scenario(client, queue):
        before = await client.stats(queue)
        assert await client.pause(queue) == {**before, "paused": True}
        await client.pause(queue)  # once more changes nothing
        assert (await client.create(queue, maxsize=9))["paused"] is True
        assert await refused(client.create(queue, paused=False)) == "invalid_params"
        assert (await client.resume(queue))["maxsize"] == 9
        for missing in (client.pause, client.resume, client.purge):
            assert await refused(missing("no-such-queue")) == "not_found"

    play(scenario, maxsize=3)


def test_a_purge_removes_what_waits_and_leaves_what_is_leased(play):
    async def scenario(client, queue):
        await client.put(queue, *range(3))
        await client.put(queue, "later", delay_ms=HOUR_MS)
        (held,) = await client.lease(queue)
        await client.pause(queue)
        assert await client.purge(queue) == 3
        assert await client.purge(queue) == 0
        books = await until(client, queue, ready=0, delayed=0, leased=1, unfinished=1)
        assert books["bytes"] == len("0")
        await client.ack(held["lease"])
        await client.join(queue, timeout_ms=0)

    play(scenario)


def test_a_purge_makes_room_and_ends_a_join(play):
    async def scenario(client, queue):
        await client.put(queue, "x", timeout_ms=0)
        joiner = await start(client, queue, "joiners", client.join(queue))
        assert await client.purge(queue) == 1
        await joiner
        await client.put(queue, "y", timeout_ms=0)
        putter = await start(client, queue, "putters", client.put(queue, "z"))
        assert await client.purge(queue) == 1
        await putter
        assert await bodies(client, queue, 2) == ["z"]

    play(scenario, maxsize=1)


def test_dead_items_are_purged_apart_from_the_others(play):
    async def scenario(client, queue):
        await client.put(queue, *range(3))
        for item in await client.lease(queue, max=2):
            await client.nack(item["lease"], error="no")
        assert await client.purge(queue) == 1
        assert len(await client.dead(queue)) == 2
        assert await client.purge(queue, dead=True) == 2
        assert await client.dead(queue) == []
        books = await client.stats(queue)
        assert (books["dead"], books["bytes"], books["unfinished"]) == (0, 0, 0)

    play(scenario, max_attempts=1)


@pytest.mark.parametrize("way", ["http", "websocket"])
def test_delays_pauses_and_purges_are_as_they_were_after_a_restart(each_store, way):
    async def fill(gateway):
        async with client_of(gateway, way) as client:
            for queue in ("paused", "purged", "timed"):
                await client.create(queue, max_attempts=1)
                await client.put(queue, queue, delay_ms=seconds(700))
                await client.put(queue, queue)
            await client.pause("paused")
            (item,) = await client.lease("purged")
            await client.nack(item["lease"])
            assert await client.purge("purged") == 1
            assert await client.purge("purged", dead=True) == 1
            gateway.kill()

    async def check(gateway):
        async with client_of(gateway, way) as client:
            assert (await client.stats("paused"))["paused"] is True
            books = await client.stats("purged")
            counts = ("ready", "delayed", "leased", "dead", "unfinished", "bytes")
            assert [books[name] for name in counts] == [0] * 6
            for _ in range(2):
                assert body_of(await client.lease("timed")) == "timed"
            assert await client.lease("paused", timeout_ms=0) == []
            await until(client, "paused", ready=2)
            await client.resume("paused")
            assert len(await client.lease("paused", max=9)) == 2

    asyncio.run(fill(each_store.gateway()))
    asyncio.run(check(each_store.gateway()))
