"""Work that is done, and who waits for it: Tornado's QueueJoinTest and ProducerConsumerTest,
restated."""

import asyncio

import pytest

from queues import refused, start, until


def test_one_ack_too_many_is_refused(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        (item,) = await client.lease(queue)
        await client.ack(item["lease"])
        assert await refused(client.ack(item["lease"])) == "lease_lost"
        assert await refused(client.nack(item["lease"])) == "lease_lost"
        assert await refused(client.extend(item["lease"])) == "lease_lost"
        assert await refused(client.ack("no-such-lease")) == "lease_lost"

    play(scenario)


def test_a_join_waits_until_every_item_is_acked(play):
    async def scenario(client, queue):
        await client.put(queue, *range(10))
        joiner = await start(client, queue, "joiners", client.join(queue))
        for left in range(10, 0, -1):
            assert not joiner.done()
            assert (await client.stats(queue))["unfinished"] == left
            (item,) = await client.lease(queue, timeout_ms=0)
            await client.ack(item["lease"])
        await joiner

    play(scenario)


def test_an_item_that_is_leased_is_not_finished(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        (item,) = await client.lease(queue)
        assert await refused(client.join(queue, timeout_ms=20)) == "deadline_exceeded"
        joiner = await start(client, queue, "joiners", client.join(queue))
        await client.put(queue, 1)  # what comes later holds it up, too
        await client.ack(item["lease"])
        (later,) = await client.lease(queue)
        assert not joiner.done()
        await client.ack(later["lease"])
        await joiner

    play(scenario)


def test_a_join_of_an_empty_queue_ends_at_once(play):
    async def scenario(client, queue):
        await client.join(queue, timeout_ms=0)

    play(scenario)


def test_a_join_that_timed_out_says_so(play):
    async def scenario(client, queue):
        await client.put(queue, 0)
        assert await refused(client.join(queue, timeout_ms=20)) == "deadline_exceeded"

    play(scenario)


def test_a_producer_and_a_consumer(play):
    async def scenario(client, queue):
        history = []

        async def consume():
            while True:
                (item,) = await client.lease(queue)
                history.append(item["body"])
                await client.ack(item["lease"])

        async def produce():
            for n in range(10):
                await client.put(queue, n)

        consumer = asyncio.ensure_future(consume())
        await produce()
        await client.join(queue)
        assert history == list(range(10))
        await until(client, queue, getters=1)
        await client.delete(queue)
        with pytest.raises(Exception, match="not_found"):
            await consumer

    play(scenario, maxsize=3)
