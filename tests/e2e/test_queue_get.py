"""Getters, and those that wait: Tornado's QueueGetTest, restated."""

import asyncio

from queue_scenes import bodies, body_of
from queues import refused, start
from scale import seconds


def test_a_get_takes_what_is_there(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        assert body_of(await client.lease(queue)) == 0

    play(scenario)


def test_a_get_at_once_of_an_empty_queue_finds_nothing(play):
    async def scenario(client, queue):
        assert await client.lease(queue, timeout_ms=0) == []

    play(scenario)


def test_a_get_makes_room_for_a_putter_that_waits(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        putter = await start(client, queue, "putters", client.put(queue, 1))
        assert body_of(await client.lease(queue, timeout_ms=0)) == 0
        assert len(await putter) == 1
        assert body_of(await client.lease(queue, timeout_ms=0)) == 1
        assert (await client.stats(queue))["putters"] == 0

    play(scenario, maxsize=1)


def test_a_get_waits_for_the_item(play):
    async def scenario(client, queue):
        getter = await start(client, queue, "getters", client.lease(queue))
        await client.put(queue, 0)
        assert body_of(await getter) == 0

    play(scenario)


def test_a_get_that_timed_out_takes_nothing(play):
    async def scenario(client, queue):
        assert await client.lease(queue, timeout_ms=20) == []
        await client.put(queue, 0)
        assert body_of(await client.lease(queue)) == 0

    play(scenario)


def test_a_get_that_is_served_in_time_is_not_answered_again(play):
    async def scenario(client, queue):
        getter = await start(client, queue, "getters", client.lease(queue, timeout_ms=seconds(300)))
        await client.put(queue, 0)
        assert body_of(await getter) == 0
        late = await start(client, queue, "getters", client.lease(queue, timeout_ms=seconds(600)))
        assert await late == []

    play(scenario)


def test_putters_that_timed_out_are_passed_over(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        lost = asyncio.gather(*(refused(client.put(queue, n, timeout_ms=20)) for n in (1, 2)))
        assert await lost == ["queue_full"] * 2
        kept = await start(client, queue, "putters", client.put(queue, 3))
        assert (await client.stats(queue))["putters"] == 1
        assert await bodies(client, queue, 1) == [0]
        await kept
        assert await bodies(client, queue, 2) == [3]

    play(scenario, maxsize=1)


def test_getters_that_timed_out_are_passed_over(play):
    async def scenario(client, queue):
        assert await asyncio.gather(*(client.lease(queue, timeout_ms=20) for _ in range(2))) == [
            [],
            [],
        ]
        kept = await start(client, queue, "getters", client.lease(queue))
        assert (await client.stats(queue))["getters"] == 1
        await client.put(queue, 0)
        assert body_of(await kept) == 0

    play(scenario)


def test_waiting_getters_are_served_in_the_order_in_which_they_came(play):
    async def scenario(client, queue):
        getters = [await start(client, queue, "getters", client.lease(queue)) for _ in range(5)]
        for n in range(5):
            await client.put(queue, n)
        assert [body_of(await getter) for getter in getters] == list(range(5))

    play(scenario)
