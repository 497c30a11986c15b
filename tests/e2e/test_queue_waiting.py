"""Clients that wait at queues, and what becomes of their items when they go."""

import asyncio
import json

import pytest

import raw
from queue_scenes import new_name, play_over
from queues import client_of, http_exchange, refused, start, until
from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    return module_cluster.gateway("--max-body-bytes", "1MiB")


@pytest.fixture(params=["http", "websocket"])
def play(request, gateway):
    """Runs a scenario with two clients of that way and the name of a new queue."""

    def run(scenario, **settings):
        async def scene():
            async with client_of(gateway, request.param) as one:
                async with client_of(gateway, request.param) as other:
                    queue = new_name()
                    await one.create(queue, **settings)
                    await asyncio.wait_for(scenario(one, other, queue), seconds(60))

        asyncio.run(scene())

    return run


async def cancelled(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_getters_that_disconnect_are_passed_over_and_lose_nothing(play):
    async def scenario(client, leaving, queue):
        lost = [await start(client, queue, "getters", leaving.lease(queue)) for _ in range(3)]
        kept = await start(client, queue, "getters", client.lease(queue))
        await leaving.vanish()
        await until(client, queue, getters=1)
        await client.put(queue, "x")
        (item,) = await kept
        assert (item["body"], item["attempt"]) == ("x", 1)
        for task in lost:
            await cancelled(task)

    play(scenario)


def test_putters_that_disconnect_are_passed_over_and_put_nothing(play):
    async def scenario(client, leaving, queue):
        await client.put(queue, 0)
        lost = [await start(client, queue, "putters", leaving.put(queue, "lost")) for _ in range(3)]
        kept = await start(client, queue, "putters", client.put(queue, 1))
        await leaving.vanish()
        await until(client, queue, putters=1)
        for expected in (0, 1):
            (item,) = await client.lease(queue)
            assert item["body"] == expected
        await kept
        assert await client.lease(queue, timeout_ms=0) == []
        for task in lost:
            await cancelled(task)

    play(scenario, maxsize=1)


def test_joiners_that_disconnect_are_forgotten(play):
    async def scenario(client, leaving, queue):
        await client.put(queue, 0)
        lost = await start(client, queue, "joiners", leaving.join(queue))
        await leaving.vanish()
        await until(client, queue, joiners=0)
        await cancelled(lost)

    play(scenario)


def test_a_greater_maxsize_lets_putters_in(play):
    async def scenario(client, _, queue):
        await client.put(queue, 0)
        putters = [await start(client, queue, "putters", client.put(queue, n)) for n in (1, 2, 3)]
        await client.create(queue, maxsize=3)
        await asyncio.gather(*putters[:2])
        books = await client.stats(queue)
        assert (books["ready"], books["putters"], books["maxsize"]) == (3, 1, 3)
        await client.create(queue, maxsize=0)
        await putters[2]
        await client.create(queue, maxsize=1)  # what is there stays
        assert (await client.stats(queue))["ready"] == 4
        assert await refused(client.put(queue, 4, timeout_ms=0)) == "queue_full"

    play(scenario, maxsize=1)


def test_whoever_waits_at_a_queue_that_is_deleted_is_told(play):
    async def scenario(client, _, queue):
        await client.put(queue, 0)
        putter = await start(client, queue, "putters", client.put(queue, 1))
        joiner = await start(client, queue, "joiners", client.join(queue))
        (item,) = await client.lease(queue)
        await putter
        await client.lease(queue)
        getter = await start(client, queue, "getters", client.lease(queue))
        await client.delete(queue)
        assert await refused(getter) == "not_found"
        assert await refused(joiner) == "not_found"
        assert await refused(client.ack(item["lease"])) == "lease_lost"
        assert await refused(client.stats(queue)) == "not_found"
        assert await refused(client.delete(queue)) == "not_found"
        assert await refused(client.put(queue, 1)) == "not_found"
        assert await refused(client.lease(queue)) == "not_found"

    play(scenario, maxsize=1)


def test_thousands_of_long_polls_get_each_item_once(play):
    async def scenario(getting, putting, queue):
        total = count(2_000)
        polling = [getting.lease(queue, timeout_ms=120_000) for _ in range(total)]
        polls = [asyncio.ensure_future(poll) for poll in polling]
        await until(putting, queue, getters=total)
        first = total // 2
        await asyncio.gather(*(putting.put(queue, n) for n in range(first)))
        for begin in range(first, total, 250):
            await putting.put(queue, *range(begin, min(begin + 250, total)))
        got = await asyncio.gather(*polls)
        assert sorted(item["body"] for items in got for item in items) == list(range(total))
        assert all(len(items) == 1 for items in got)
        books = await putting.stats(queue)
        assert (books["total_leased"], books["getters"], books["ready"]) == (total, 0, 0)
        await asyncio.gather(*(getting.ack(items[0]["lease"]) for items in got))
        await putting.join(queue, timeout_ms=0)

    play(scenario)


def test_an_item_for_a_client_that_went_before_it_was_sent_goes_back_at_once(gateway):
    async def scenario(client, queue):
        body = "x" * 900_000
        for _ in range(20):
            await client.put(queue, body)
        with raw.connect(gateway, receive_buffer=4096) as deaf:
            path = f"/v1/queues/{queue}/lease?max=20"
            deaf.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await until(client, queue, leased=lambda count: count > 5)
        books = await until(client, queue, leased=0)
        assert (books["ready"], books["total_expired"]) == (20, 0)
        (item,) = await client.lease(queue)
        assert item["attempt"] == 1

    play_over("http", gateway, scenario, patience=60)


@pytest.mark.parametrize("more", ["Connection: close\r\n", ""])
def test_an_item_in_the_last_answer_of_a_connection_stays_leased(gateway, more):
    async def scenario(client, queue):
        await client.put(queue, 1)
        path = f"/v1/queues/{queue}/lease"
        status, text = await http_exchange(gateway, "POST", path, more=more)
        assert status == 200
        await client.ack(json.loads(text)["items"][0]["lease"])
        await client.join(queue, timeout_ms=0)

    play_over("http", gateway, scenario, patience=60)


def test_a_client_of_http_1_0_keeps_its_lease(gateway):
    async def scenario(client, queue):
        await client.put(queue, 1)
        with raw.connect(gateway) as old:
            old.sendall(f"POST /v1/queues/{queue}/lease HTTP/1.0\r\n\r\n".encode())
            answer = await asyncio.to_thread(raw.receive_all, old)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert (await client.stats(queue))["leased"] == 1

    play_over("http", gateway, scenario, patience=60)


def test_leases_of_a_websocket_go_back_when_it_closes_unless_they_are_detached(gateway):
    async def scenario(client, queue):
        await client.put(queue, "held", "detached")
        async with client_of(gateway, "websocket") as holder:
            (held,) = await holder.lease(queue)
            (detached,) = await holder.lease(queue, detach=True)
            assert (await client.stats(queue))["leased"] == 2
        await until(client, queue, leased=1, ready=1)
        assert await refused(client.ack(held["lease"])) == "lease_lost"
        await client.ack(detached["lease"])
        (again,) = await client.lease(queue)
        assert (again["body"], again["attempt"]) == ("held", 2)

    play_over("http", gateway, scenario, patience=60)


def test_leases_of_a_websocket_that_is_reset_go_back(gateway):
    async def scenario(client, queue):
        await client.put(queue, "held")
        async with client_of(gateway, "websocket") as holder:
            await holder.lease(queue)
            await holder.vanish()
            await until(client, queue, leased=0, ready=1)

    play_over("http", gateway, scenario, patience=60)


def test_a_gateway_that_drains_lets_nobody_wait(cluster):
    gateway = cluster.gateway()

    async def scene():
        async with client_of(gateway, "http") as client, client_of(gateway, "websocket") as other:
            await client.create("q", maxsize=1)
            await client.create("full", maxsize=1)
            await client.put("full", 1)
            getters, others = [], []
            for who in (client, other):
                getters.append(await start(client, "q", "getters", who.lease("q")))
                others.append(await start(client, "full", "putters", who.put("full", 2)))
                others.append(await start(client, "full", "joiners", who.join("full")))
            gateway.terminate()
            for getter in getters:
                assert await asyncio.wait_for(getter, seconds(5)) == []
            for waiting in others:
                assert await refused(asyncio.wait_for(waiting, seconds(5))) == "unavailable"

    asyncio.run(scene())
    assert gateway.wait(seconds(10)) == 0
