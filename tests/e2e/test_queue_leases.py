"""Leases, failed attempts, and what queues refuse."""

import asyncio
import itertools
import json

import pytest

from queues import client_of, http_exchange, refused, until
from rpc import connect, dial
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
                queue = f"leases{next(NAMES)}"
                await client.create(queue, **settings)
                await asyncio.wait_for(scenario(client, queue), seconds(30))

        asyncio.run(scene())

    return run


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


def test_wrong_requests_are_refused_by_name(play):
    async def scenario(client, queue):
        for wrong in (
            client.create(queue, maxsiez=1),
            client.create("a b"),
            client.create("x" * 129),
            client.create(queue, order="random"),
            client.lease(queue, max=0),
            client.lease(queue, max=1001),
            client.lease(queue, timeout_ms=-1),
            client.lease(queue, timeout_ms=86_400_001),
            client.put(queue, 1, priority=10),
            client.put(queue, *range(1001)),
            client.put(queue),
            client.put_back(queue, ids=[]),
            client.put_back(queue, ids=["x"]),
        ):
            assert await refused(wrong) == "invalid_params"
        nowhere = "no-such-queue"
        for missing in (
            client.stats(nowhere),
            client.put(nowhere, 1),
            client.lease(nowhere),
            client.join(nowhere),
            client.dead(nowhere),
            client.put_back(nowhere),
        ):
            assert await refused(missing) == "not_found"

    play(scenario)


BODY = '{"b":123456789012345678901234567890.10,"a":[1e999,-0, "\\u00e4ä"],"b":{"z":0,"y":1}}'


def test_a_body_comes_out_as_it_went_in(gateway):
    async def scene():
        path = f"/v1/queues/exact{next(NAMES)}"
        await http_exchange(gateway, "PUT", path)
        item = f'{{"body": {BODY} }}'
        status, _ = await http_exchange(gateway, "POST", f"{path}/items", f"[{item}, {item}]")
        assert status == 201
        _, over_http = await http_exchange(gateway, "POST", f"{path}/lease")
        assert f'"body":{BODY},' in over_http
        async with dial(gateway.ws()) as socket:
            params = {"queue": path.split("/")[-1]}
            request = {"jsonrpc": "2.0", "id": 1, "method": "queue.lease", "params": params}
            await socket.send(json.dumps(request))
            assert f'"body":{BODY},' in await asyncio.wait_for(socket.recv(), seconds(10))

    asyncio.run(scene())


def test_statuses_of_http(gateway):
    async def scene():
        path = f"/v1/queues/statuses{next(NAMES)}"

        async def status(method, more="", text=None, base=path):
            return (await http_exchange(gateway, method, base + more, text))[0]

        assert await status("PUT") == 201
        assert await status("PUT", text='{"maxsize":1}') == 200
        assert await status("GET") == 200
        assert await status("GET", base="/v1/queues") == 200
        assert await status("POST", "/items", '{"body":1}') == 201
        assert await status("POST", "/items?timeout_ms=0", '{"body":1}') == 503
        assert await status("POST", "/items", "{") == 400
        assert await status("POST", "/items", "1") == 422
        assert await status("POST", "/items", '{"body":"%s"}' % ("x" * (1 << 20))) == 413
        assert await status("POST", "/join?timeout_ms=1") == 504
        _, text = await http_exchange(gateway, "POST", f"{path}/lease")
        lease = "/v1/leases/" + json.loads(text)["items"][0]["lease"]
        assert await status("POST", "/lease?timeout_ms=0") == 204
        assert await status("POST", "/extend", base=lease) == 200
        assert await status("POST", "/ack", base=lease) == 204
        assert await status("POST", "/ack", base=lease) == 409
        assert await status("GET", "/ack", base=lease) == 405
        assert await status("POST", "/join") == 204
        assert await status("GET", "/dead") == 200
        assert await status("POST", "/dead/put_back") == 200
        assert await status("POST", "/dead/put_back/x") == 404
        assert await status("POST") == 405
        assert await status("PUT", base="/v1/queues/a%2Fb") == 422
        assert await status("DELETE") == 204
        assert await status("DELETE") == 404

    asyncio.run(scene())


def test_batches_notifications_and_cancels_of_queue_methods(gateway):
    queue = f"batch{next(NAMES)}"

    def request(method, number=None, **params):
        head = {"jsonrpc": "2.0", "method": method, "params": {"queue": queue, **params}}
        return head if number is None else {**head, "id": number}

    async def scene():
        async with dial(gateway.ws()) as socket:
            batch = [
                request("queue.create", 1),
                request("queue.put", None, item={"body": "x"}),
                request("queue.lease", 2),
                request("queue.get", 3),
            ]
            await socket.send(json.dumps(batch))
            answers = json.loads(await asyncio.wait_for(socket.recv(), seconds(10)))
            by_id = {answer["id"]: answer for answer in answers}
            assert by_id[1]["result"]["name"] == queue
            assert by_id[2]["result"]["items"][0]["body"] == "x"
            assert "queue.lease" in by_id[3]["error"]["message"]
        async with connect(gateway) as rpc:
            async with client_of(gateway, "http") as client:
                await until(client, queue, ready=1)
                (item,) = (await rpc.call("queue.lease", {"queue": queue}))["items"]
                assert await rpc.call("queue.ack", {"lease": item["lease"]}) is True
                waiting = await rpc.submit("queue.lease", {"queue": queue})
                await until(client, queue, getters=1)
                assert await rpc.call("cancel", {"id": waiting.id}) == {"cancelled": True}
                assert (await waiting)["error"]["data"]["code"] == "cancelled"
                await until(client, queue, getters=0)

    asyncio.run(scene())


def test_the_memory_of_all_queues_is_bounded(cluster):
    gateway = cluster.gateway("--queue-memory", "1MiB")

    async def scene():
        async with client_of(gateway, "http") as client:
            await client.create("a")
            await client.create("b")
            for _ in range(9):
                await client.put("a", "x" * 100_000, timeout_ms=0)
            assert await refused(client.put("b", "x" * 200_000, timeout_ms=0)) == "queue_full"
            (item,) = await client.lease("a")
            putter = asyncio.ensure_future(client.put("b", "x" * 150_000))
            await until(client, "b", putters=1)
            await client.ack(item["lease"])
            assert len(await putter) == 1

    asyncio.run(scene())


def test_metrics_show_queues_without_their_names(cluster):
    gateway = cluster.gateway()

    async def scene():
        async with client_of(gateway, "http") as client:
            await client.create("secret")
            await client.put("secret", *range(3))
            await client.lease("secret")

    asyncio.run(scene())
    text = gateway.get("/metrics").body.decode()
    assert "squall_queues 1\n" in text
    assert 'squall_queue_items{state="ready"} 2\n' in text
    assert 'squall_queue_items{state="leased"} 1\n' in text
    assert 'squall_queue_events_total{event="put"} 3\n' in text
    assert "secret" not in text
    assert gateway.request("DELETE", "/v1/queues/secret").status == 204
    text = gateway.get("/metrics").body.decode()
    assert "squall_queues 0\n" in text
    assert 'squall_queue_events_total{event="put"} 3\n' in text
