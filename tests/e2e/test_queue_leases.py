"""Leases that run out, and attempts that failed."""

from queues import refused, until
from scale import seconds


def test_an_item_whose_lease_ran_out_goes_back_with_its_attempt_counted(play):
    async def scenario(client, queue):
        await client.put(queue, "x", "y")
        (item,) = await client.lease(queue, lease_ms=50)
        assert (item["lease_ms"], item["attempt"]) == (50, 1)
        await until(client, queue, ready=2)
        assert await refused(client.ack(item["lease"])) == "lease_lost"
        (again,) = await client.lease(queue)  # it kept its place
        assert (again["id"], again["attempt"]) == (item["id"], 2)
        assert again["lease"] != item["lease"]
        assert (await client.stats(queue))["total_expired"] == 1

    play(scenario, backoff_ms=0)


def test_a_waiting_getter_gets_an_item_whose_lease_ran_out(play):
    async def scenario(client, queue):
        await client.put(queue, "x")
        await client.lease(queue, lease_ms=50)
        (item,) = await client.lease(queue)
        assert item["attempt"] == 2

    play(scenario, backoff_ms=0)


def test_a_lease_that_is_extended_does_not_run_out(play):
    async def scenario(client, queue):
        await client.put(queue, "x")
        (item,) = await client.lease(queue, lease_ms=seconds(400))
        assert await client.extend(item["lease"], lease_ms=60_000) == 60_000
        assert await client.lease(queue, timeout_ms=seconds(600)) == []
        assert await client.extend(item["lease"]) == 700
        await client.ack(item["lease"])

    play(scenario, lease_ms=700)


def test_several_items_are_leased_at_a_time(play):
    async def scenario(client, queue):
        await client.put(queue, *range(5))
        items = await client.lease(queue, max=3)
        assert [item["body"] for item in items] == [0, 1, 2]
        assert len({item["lease"] for item in items}) == 3
        items += await client.lease(queue, max=1000)
        assert [item["body"] for item in items] == [0, 1, 2, 3, 4]

    play(scenario)


def test_an_item_that_is_nacked_goes_back_to_its_place(play):
    async def scenario(client, queue):
        await client.put(queue, "x", "y")
        (item,) = await client.lease(queue)
        await client.nack(item["lease"])
        (again,) = await client.lease(queue)
        assert (again["body"], again["attempt"]) == ("x", 2)

    play(scenario)


def test_an_item_can_be_nacked_with_a_pause(play):
    async def scenario(client, queue):
        await client.put(queue, "x")
        (item,) = await client.lease(queue)
        await client.nack(item["lease"], delay_ms=100)
        assert await client.lease(queue, timeout_ms=0) == []
        books = await client.stats(queue)
        assert (books["delayed"], books["ready"], books["unfinished"]) == (1, 0, 1)
        (again,) = await client.lease(queue)
        assert again["attempt"] == 2

    play(scenario)


def test_an_item_that_failed_too_often_is_dead_until_it_is_put_back(play):
    async def scenario(client, queue):
        (number,) = await client.put(queue, {"b": 1, "a": 2}, priority=7)
        for attempt in (1, 2):
            (item,) = await client.lease(queue)
            await client.nack(item["lease"], error=f"reason {attempt}")
        assert await client.lease(queue, timeout_ms=0) == []
        await client.join(queue, timeout_ms=0)  # the dead hold nobody up
        books = await client.stats(queue)
        assert (books["dead"], books["unfinished"], books["total_nacked"]) == (1, 0, 2)
        (dead,) = await client.dead(queue)
        assert (dead["id"], dead["body"], dead["priority"]) == (number, {"b": 1, "a": 2}, 7)
        assert [entry["error"] for entry in dead["attempts"]] == ["reason 1", "reason 2"]
        assert [entry["attempt"] for entry in dead["attempts"]] == [1, 2]
        assert dead["attempts"][0]["at"].endswith("Z")
        assert await client.put_back(queue, ids=["4711"]) == []
        assert await client.put_back(queue, ids=[number]) == [number]
        (item,) = await client.lease(queue)
        assert (item["id"], item["attempt"]) == (number, 1)
        assert await client.dead(queue) == []

    play(scenario, max_attempts=2)


def test_all_dead_items_are_put_back_at_once(play):
    async def scenario(client, queue):
        await client.put(queue, *range(3))
        for item in await client.lease(queue, max=3):
            await client.nack(item["lease"])
        assert [item["body"] for item in await client.dead(queue, max=2)] == [0, 1]
        assert len(await client.put_back(queue)) == 3
        assert (await client.stats(queue))["ready"] == 3

    play(scenario, max_attempts=1)
