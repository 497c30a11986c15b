"""Clients of queues over HTTP and over WebSocket, with the same methods: what holds for one holds
for the other."""

import asyncio
import contextlib
import json
import time
from urllib.parse import quote, urlencode

from rpc import Rpc, RpcError, dial
from scale import seconds

PATIENCE_MS = 30_000  # of waits that are expected to end; a lost wake-up fails its test instead


class QueueError(Exception):
    """An error by its one name."""

    def __init__(self, name, detail):
        super().__init__(f"{name}: {detail}")
        self.name = name


def given(**members):
    """Those that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def new_items(bodies, **options):
    return [given(body=body, **options) for body in bodies]


async def http_exchange(gateway, method, path, text=None, opened=None, more=""):
    """One request on a connection of its own; status, and the body as it is. `opened` keeps its
    transport for as long as it lasts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    if opened is not None:
        opened.add(writer.transport)
    try:
        body = b"" if text is None else text.encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}{more}\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        answer = await reader.readexactly(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), answer.decode()
    finally:
        if opened is not None:
            opened.discard(writer.transport)
        writer.close()


class HttpClient:
    """Asks each thing on a connection of its own."""

    def __init__(self, gateway):
        self._gateway = gateway
        self._opened = set()

    async def _ask(self, method, path, document=None, **query):
        target = "/v1/" + "/".join(quote(part, safe="") for part in path)
        target += f"?{urlencode(query)}" if query else ""
        text = None if document is None else json.dumps(document)
        status, answer = await http_exchange(
            self._gateway, method, target, text, opened=self._opened
        )
        known = json.loads(answer) if answer else None
        if status >= 400:
            raise QueueError(known["code"], known["detail"])
        assert (status == 204) == (known is None)
        return known

    async def create(self, queue, **settings):
        return await self._ask("PUT", ("queues", queue), settings)

    async def names(self):
        return [entry["name"] for entry in (await self._ask("GET", ("queues",)))["queues"]]

    async def stats(self, queue):
        return await self._ask("GET", ("queues", queue))

    async def delete(self, queue):
        await self._ask("DELETE", ("queues", queue))

    async def put(self, queue, *bodies, timeout_ms=PATIENCE_MS, **options):
        items = new_items(bodies, **options)
        document = items[0] if len(items) == 1 else items
        path = ("queues", queue, "items")
        return (await self._ask("POST", path, document, timeout_ms=timeout_ms))["ids"]

    async def lease(self, queue, timeout_ms=PATIENCE_MS, **more):
        got = await self._ask("POST", ("queues", queue, "lease"), timeout_ms=timeout_ms, **more)
        return got["items"] if got else []

    async def ack(self, lease, **more):
        await self._ask("POST", ("leases", lease, "ack"), more or None)

    async def nack(self, lease, **more):
        await self._ask("POST", ("leases", lease, "nack"), more or None)

    async def extend(self, lease, **more):
        return (await self._ask("POST", ("leases", lease, "extend"), more or None))["lease_ms"]

    async def join(self, queue, timeout_ms=PATIENCE_MS):
        await self._ask("POST", ("queues", queue, "join"), timeout_ms=timeout_ms)

    async def dead(self, queue, **more):
        return (await self._ask("GET", ("queues", queue, "dead"), **more))["items"]

    async def put_back(self, queue, **more):
        return (await self._ask("POST", ("queues", queue, "dead", "put_back"), more or None))["ids"]

    async def pause(self, queue):
        return await self._ask("POST", ("queues", queue, "pause"))

    async def resume(self, queue):
        return await self._ask("POST", ("queues", queue, "resume"))

    async def purge(self, queue, dead=False):
        path = ("queues", queue, "dead" if dead else "items")
        return (await self._ask("DELETE", path))["purged"]

    async def vanish(self):
        """Ends every connection without a word."""
        for transport in list(self._opened):
            transport.abort()

    async def close(self):
        await self.vanish()


class WebSocketClient:
    """Asks everything on one connection."""

    def __init__(self, rpc):
        self._rpc = rpc

    async def _ask(self, method, of="queue", **params):
        try:
            return await self._rpc.call(f"{of}.{method}", params)
        except RpcError as error:
            raise QueueError(error.name, str(error)) from None

    async def create(self, queue, **settings):
        return await self._ask("create", queue=queue, **settings)

    async def names(self):
        return [entry["name"] for entry in (await self._ask("list"))["queues"]]

    async def stats(self, queue):
        return await self._ask("stats", queue=queue)

    async def delete(self, queue):
        assert await self._ask("delete", queue=queue) is True

    async def put(self, queue, *bodies, timeout_ms=PATIENCE_MS, **options):
        items = new_items(bodies, **options)
        what = {"item": items[0]} if len(items) == 1 else {"items": items}
        return (await self._ask("put", queue=queue, timeout_ms=timeout_ms, **what))["ids"]

    async def lease(self, queue, timeout_ms=PATIENCE_MS, **more):
        got = await self._ask("lease", queue=queue, timeout_ms=timeout_ms, **more)
        return got["items"] if got else []

    async def ack(self, lease, **more):
        assert await self._ask("ack", lease=lease, **more) is True

    async def nack(self, lease, **more):
        assert await self._ask("nack", lease=lease, **more) is True

    async def extend(self, lease, **more):
        return (await self._ask("extend", lease=lease, **more))["lease_ms"]

    async def join(self, queue, timeout_ms=PATIENCE_MS):
        assert await self._ask("join", queue=queue, timeout_ms=timeout_ms) is True

    async def dead(self, queue, **more):
        return (await self._ask("dead", queue=queue, **more))["items"]

    async def put_back(self, queue, **more):
        return (await self._ask("put_back", queue=queue, **more))["ids"]

    async def pause(self, queue):
        return await self._ask("pause", queue=queue)

    async def resume(self, queue):
        return await self._ask("resume", queue=queue)

    async def purge(self, queue, **more):
        return (await self._ask("purge", queue=queue, **more))["purged"]

    async def vanish(self):
        """Ends the connection without a word."""
        self._rpc.socket.transport.abort()

    async def close(self):
        await self._rpc.close()


@contextlib.asynccontextmanager
async def client_of(gateway, way):
    """A client over `way`: "http" or "websocket"."""
    if way == "http":
        client = HttpClient(gateway)
    else:
        client = WebSocketClient(Rpc(await dial(gateway.ws())))
    try:
        yield client
    finally:
        await client.close()


async def until(client, queue, **values):
    """Waits until the queue's books have these values, each a number or a predicate; gives the
    books."""
    deadline = time.monotonic() + seconds(10)
    while True:
        books = await client.stats(queue)
        if all(v(books[k]) if callable(v) else books[k] == v for k, v in values.items()):
            return books
        assert time.monotonic() < deadline, f"{values} not in time: {books}"
        await asyncio.sleep(0.01)


async def start(client, queue, waiting, work):
    """Starts `work`, and waits until one more is `waiting` at the queue; its task."""
    before = (await client.stats(queue))[waiting]
    task = asyncio.ensure_future(work)
    await until(client, queue, **{waiting: before + 1})
    return task


async def refused(work):
    """The name of the error that the work ends with."""
    try:
        await work
    except QueueError as error:
        return error.name
    raise AssertionError("it was done")
