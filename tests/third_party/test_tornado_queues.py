"""The example of Tornado's guide for queues, with Tornado's HTTP client, against Squall's queues."""

import asyncio
import json

from tornado import gen
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from scale import count, seconds

ONE_POLL = {"timeout_ms": 10_000}


class Queue:
    """`tornado.queues.Queue` as the example uses it; its items are in the gateway."""

    def __init__(self, gateway, name, maxsize=0):
        self._client = AsyncHTTPClient(force_instance=True, max_clients=100)
        self._base = f"{gateway.url}/v1"
        self._queue = f"{self._base}/queues/{name}"
        self._maxsize = maxsize
        self._leases = []

    async def _ask(self, method, url, document=None, **query):
        url += "?" + "&".join(f"{key}={value}" for key, value in query.items())
        body = None if method in ("GET", "DELETE") else json.dumps(document) if document else ""
        request = HTTPRequest(url, method, body=body, request_timeout=seconds(30))
        request.headers["Content-Type"] = "application/json"
        answer = await self._client.fetch(request)
        return json.loads(answer.body) if answer.body else None

    async def create(self):
        await self._ask("PUT", self._queue, {"maxsize": self._maxsize})
        return self

    async def put(self, item):
        await self._ask("POST", self._queue + "/items", {"body": item}, **ONE_POLL)

    async def get(self):
        while not (answer := await self._ask("POST", self._queue + "/lease", **ONE_POLL)):
            pass
        (item,) = answer["items"]
        self._leases.append(item["lease"])
        return item["body"]

    def __aiter__(self):
        return self

    __anext__ = get

    async def task_done(self):
        lease = self._leases.pop(0)
        await self._ask("POST", f"{self._base}/leases/{lease}/ack")

    async def join(self):
        await self._ask("POST", self._queue + "/join", **ONE_POLL)

    async def delete(self):
        await self._ask("DELETE", self._queue)


def test_the_guides_producer_and_consumer(gateway):
    said = []

    async def main():
        q = await Queue(gateway, "guide", maxsize=2).create()

        async def consumer():
            try:
                async for item in q:
                    try:
                        said.append(f"Doing work on {item}")
                        await gen.sleep(0.01)
                    finally:
                        await q.task_done()
            except HTTPClientError as error:
                said.append(error.code)  # the queue was deleted

        async def producer():
            for item in range(5):
                await q.put(item)
                said.append(f"Put {item}")

        consuming = asyncio.ensure_future(consumer())
        await producer()  # Wait for producer to put all tasks.
        await q.join()  # Wait for consumer to finish all tasks.
        said.append("Done")
        await q.delete()
        await consuming

    asyncio.run(asyncio.wait_for(main(), seconds(60)))
    assert [line for line in said if str(line).startswith("Doing")] == [
        f"Doing work on {n}" for n in range(5)
    ]
    assert [line for line in said if str(line).startswith("Put")] == [f"Put {n}" for n in range(5)]
    assert said[-2:] == ["Done", 404]


def test_many_producers_and_consumers(gateway):
    total = count(1_000)
    taken = []

    async def main():
        q = await Queue(gateway, "many", maxsize=10).create()

        async def consumer():
            mine = Queue(gateway, "many")
            try:
                async for item in mine:
                    taken.append(item)
                    await mine.task_done()
            except HTTPClientError as error:
                assert error.code == 404

        async def producer(numbers):
            for n in numbers:
                await q.put(n)

        consuming = [asyncio.ensure_future(consumer()) for _ in range(20)]
        await asyncio.gather(*(producer(range(start, total, 10)) for start in range(10)))
        await q.join()
        await q.delete()
        await asyncio.gather(*consuming)

    asyncio.run(asyncio.wait_for(main(), seconds(120)))
    assert sorted(taken) == list(range(total))
