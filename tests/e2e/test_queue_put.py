"""Putters, and those that wait: Tornado's QueuePutTest, restated."""

import asyncio

from queue_scenes import bodies, body_of
from queues import refused, start


def test_a_put_goes_to_a_getter_that_waits(play):
    async def scenario(client, queue):
        getters = [await start(client, queue, "getters", client.lease(queue)) for _ in range(2)]
        await client.put(queue, 0, timeout_ms=0)
        assert body_of(await getters[0]) == 0
        assert not getters[1].done()
        await client.put(queue, 1, timeout_ms=0)
        assert body_of(await getters[1]) == 1

    play(scenario, maxsize=1)


def test_a_put_waits_for_room(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        putter = await start(client, queue, "putters", client.put(queue, 1))
        assert await bodies(client, queue, 1) == [0]
        await putter
        assert await bodies(client, queue, 1) == [1]

    play(scenario, maxsize=1)


def test_a_put_that_timed_out_never_enters_the_queue(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        assert await refused(client.put(queue, 1, timeout_ms=20)) == "queue_full"
        assert await bodies(client, queue, 2) == [0]
        assert (await client.stats(queue))["total_put"] == 1

    play(scenario, maxsize=1)


def test_waiting_putters_are_served_in_the_order_in_which_they_came(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        putters = [
            await start(client, queue, "putters", client.put(queue, n)) for n in range(1, 5)
        ]
        assert await refused(client.put(queue, "behind them", timeout_ms=0)) == "queue_full"
        taken = [body_of(await client.lease(queue)) for _ in range(5)]
        assert taken == list(range(5))
        await asyncio.gather(*putters)

    play(scenario, maxsize=1)


def test_an_array_is_put_as_a_whole_or_not_at_all(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        assert await refused(client.put(queue, 1, 2, 3, timeout_ms=0)) == "queue_full"
        assert (await client.stats(queue))["ready"] == 1
        assert await refused(client.put(queue, 1, 2, 3, 4)) == "invalid_params"  # for ever
        putter = await start(client, queue, "putters", client.put(queue, 1, 2, 3))
        assert await bodies(client, queue, 1) == [0]
        assert len(await putter) == 3

    play(scenario, maxsize=3)
