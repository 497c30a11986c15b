"""Tornado's own tests of its queues, restated, over HTTP and over WebSocket."""

import asyncio
import itertools

import pytest

from queues import client_of, refused, start, until
from scale import seconds

NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def gateway(module_cluster):
    return module_cluster.gateway()


@pytest.fixture(params=["http", "websocket"])
def play(request, gateway):
    """Runs a scenario with a client of that way and the name of a new queue."""

    def run(scenario, **settings):
        async def scene():
            async with client_of(gateway, request.param) as client:
                queue = f"q{next(NAMES)}"
                await client.create(queue, **settings)
                await asyncio.wait_for(scenario(client, queue), seconds(30))

        asyncio.run(scene())

    return run


async def bodies(client, queue, count):
    """The bodies of the next items, at once, each acked."""
    taken = []
    while len(taken) < count and (items := await client.lease(queue, timeout_ms=0)):
        await client.ack(items[0]["lease"])
        taken.append(items[0]["body"])
    return taken


def body_of(items):
    (item,) = items
    return item["body"]


# QueueBasicTest


def test_a_queue_shows_what_it_holds(play):
    async def scenario(client, queue):
        books = await client.stats(queue)
        assert (books["name"], books["maxsize"], books["order"]) == (queue, 2, "fifo")
        assert (books["ready"], books["unfinished"]) == (0, 0)
        assert len(set(await client.put(queue, 1, 2))) == 2
        books = await client.stats(queue)
        assert (books["ready"], books["unfinished"], books["total_put"]) == (2, 2, 2)
        assert books["bytes"] == 2
        assert queue in await client.names()

    play(scenario, maxsize=2)


def test_items_come_in_the_order_in_which_they_were_put(play):
    async def scenario(client, queue):
        for n in range(10):
            await client.put(queue, n)
        await client.put(queue, *range(10, 20))
        assert await bodies(client, queue, 20) == list(range(20))

    play(scenario)


@pytest.mark.parametrize("maxsize", [-1, 1.3, "1", None])
def test_a_maxsize_that_is_no_count_is_refused(play, maxsize):
    async def scenario(client, queue):
        assert await refused(client.create(queue, maxsize=maxsize)) == "invalid_params"

    play(scenario)


def test_maxsize_0_has_no_bound(play):
    async def scenario(client, queue):
        for _ in range(5):
            assert len(await client.put(queue, *range(1000), timeout_ms=0)) == 1000
        assert (await client.stats(queue))["ready"] == 5000

    play(scenario, maxsize=0)


def test_a_full_queue_takes_nothing_at_once(play):
    async def scenario(client, queue):
        await client.put(queue, 0, timeout_ms=0)
        await client.put(queue, 1, timeout_ms=0)
        assert await refused(client.put(queue, 2, timeout_ms=0)) == "queue_full"
        assert await bodies(client, queue, 1) == [0]
        await client.put(queue, 3, timeout_ms=0)
        assert await bodies(client, queue, 3) == [1, 3]

    play(scenario, maxsize=2)


# QueueGetTest


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


# QueuePutTest


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


# QueueJoinTest


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


# PriorityQueueJoinTest, LifoQueueJoinTest


def test_the_highest_priority_comes_first_and_among_equals_the_one_put_first(play):
    async def scenario(client, queue):
        for name, priority in [("a", 0), ("b", 5), ("c", 9), ("d", 5), ("e", None), ("f", 9)]:
            await client.put(queue, name, priority=priority)
        assert await bodies(client, queue, 9) == ["c", "f", "b", "d", "e", "a"]
        await client.join(queue, timeout_ms=0)

    play(scenario, order="priority")


def test_the_last_in_comes_first(play):
    async def scenario(client, queue):
        await client.put(queue, 1)
        await client.put(queue, 3, 2)
        await client.put(queue, 0)
        assert await bodies(client, queue, 9) == [0, 2, 3, 1]
        await client.join(queue, timeout_ms=0)

    play(scenario, order="lifo")


# ProducerConsumerTest


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
