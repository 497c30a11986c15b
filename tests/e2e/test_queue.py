"""What queues hold, and in which order it comes out: Tornado's QueueBasicTest, PriorityQueueJoinTest
and LifoQueueJoinTest, restated."""

import pytest

from queue_scenes import bodies
from queues import refused


def test_a_queue_shows_what_it_holds(play):
    async def scenario(client, queue):
        books = await client.stats(queue)
        assert (books["name"], books["maxsize"], books["order"]) == (queue, 2, "priority")
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
