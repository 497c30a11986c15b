"""What the API of queues takes, refuses and gives, to the letter."""

import asyncio
import json

from queue_scenes import new_name
from queues import client_of, http_exchange, refused, until
from rpc import connect, dial
from scale import seconds


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
        path = f"/v1/queues/{new_name()}"
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
        path = f"/v1/queues/{new_name()}"

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
        assert await status("POST", "/pause") == 200
        assert await status("POST", "/resume") == 200
        assert await status("GET", "/pause") == 405
        assert await status("DELETE", "/items") == 200
        assert await status("DELETE", "/dead") == 200
        assert await status("DELETE") == 204
        assert await status("DELETE") == 404

    asyncio.run(scene())


def test_batches_notifications_and_cancels_of_queue_methods(gateway):
    queue = new_name()

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
