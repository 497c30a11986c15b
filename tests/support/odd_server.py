"""An HTTP/1.1 server that answers as servers should not, on a thread and a free port of its own."""

import asyncio
import gzip
import json
import socket
import struct
import threading
from collections import namedtuple
from urllib.parse import parse_qsl, urlsplit

from cluster import eventually
from scale import seconds

Request = namedtuple("Request", "method path query headers body")

ROUTES = {}


def route(path):
    """The handler of a path and of everything below it: (server, request, reader, writer)."""

    def add(handler):
        ROUTES[path] = handler
        return handler

    return add


class OddServer:
    """Runs until it is left. `seen` are all requests, `gone` those whose client left too early."""

    def __init__(self, host="127.0.0.1", port=0):
        self.host = host
        self.seen = []
        self.gone = []
        self.connections = 0  # opened so far
        self.held = 0  # requests that wait in /hold
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(host, port), daemon=True)
        self._thread.start()
        assert self._ready.wait(seconds(10)), "the test's own server did not start"

    def _run(self, host, port):
        async def serve():
            self._stop = asyncio.Event()
            self.released = asyncio.Event()
            server = await asyncio.start_server(self._connection, host, port, backlog=4096)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)  # transports close in the loop's next turn

        self._loop.run_until_complete(serve())
        self._loop.close()

    @property
    def origin(self):
        return f"http://{self.host}:{self.port}"

    def url(self, path):
        return self.origin + path

    def release(self):
        """Answers everything that /hold holds, and from now on at once."""
        self._loop.call_soon_threadsafe(self.released.set)

    def paths(self):
        return [request.path for request in self.seen]

    def wait_for_held(self, count, timeout=15):
        eventually(lambda: self.held == count, seconds(timeout), f"{count} held requests")

    def wait_for_gone(self, path, timeout=10):
        """Until a client has left a request of this path before its answer was complete."""
        eventually(lambda: path in self.gone, seconds(timeout), f"{path} given up")

    def close(self):
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(seconds(10))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    async def _connection(self, reader, writer):
        self.connections += 1
        try:
            while request := await read_request(reader):
                self.seen.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # between requests a client may go as it likes
        finally:
            writer.close()

    async def _answer(self, request, reader, writer):
        """Whether the connection can be used again."""
        name = "/" + request.path.split("/")[1]
        try:
            await ROUTES.get(name, missing)(self, request, reader, writer)
        except ConnectionError:
            self.gone.append(request.path)
            return False
        if writer.is_closing():  # by the handler
            return False
        await writer.drain()
        return True


async def read_request(reader):
    first = (await reader.readline()).decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = []
    while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers.append((name.lower(), value.strip()))
    fields = dict(headers)
    body = b""
    if fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    elif "content-length" in fields:
        body = await reader.readexactly(int(fields["content-length"]))
    target = urlsplit(first[1])
    return Request(first[0], target.path, dict(parse_qsl(target.query)), headers, body)


def answer(writer, body=b"", status="200 OK", headers=(), length=None):
    """Writes an answer; `length` says another length than the body has."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    head += [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)


async def missing(server, request, reader, writer):
    answer(writer, b"there is nothing here", "404 Not Found")


@route("/plain")
async def plain(server, request, reader, writer):
    answer(writer, b"plain", headers=[("Content-Type", "text/plain")])


@route("/echo")
async def echo(server, request, reader, writer):
    """What arrived, as JSON."""
    text = json.dumps({"method": request.method, "headers": request.headers,
                       "query": request.query, "body": request.body.decode("latin-1")})
    answer(writer, text.encode())


@route("/redirect")
async def redirect(server, request, reader, writer):
    """/redirect/STATUS?to=LOCATION"""
    answer(writer, b"elsewhere", request.path.split("/")[2] + " Moved",
           [("Location", request.query["to"])])


@route("/loop")
async def loop(server, request, reader, writer):
    answer(writer, b"", "302 Found", [("Location", "/loop")])


@route("/count")
async def count_down(server, request, reader, writer):
    """/count/N redirects N times, relative to itself."""
    left = int(request.path.split("/")[2])
    if left:
        answer(writer, b"", "302 Found", [("Location", str(left - 1))])
    else:
        answer(writer, b"arrived")


@route("/chunked")
async def chunked(server, request, reader, writer):
    """Chunks of odd sizes, with an extension and a trailer."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in (b"a", b"bc", b"def" * 1000):
        writer.write(f"{len(piece):x};odd=1\r\n".encode() + piece + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\nX-Trailer: 1\r\n\r\n")


@route("/hold")
async def hold(server, request, reader, writer):
    """Says nothing before it is released."""
    await until_released(server, reader)
    answer(writer, b"released")


@route("/holdbody")
async def hold_body(server, request, reader, writer):
    """Its head and half of its body, then nothing before it is released."""
    answer(writer, b"first ", length=12)
    await writer.drain()
    await until_released(server, reader)
    writer.write(b"second")


async def until_released(server, reader):
    server.held += 1
    waiting = [asyncio.ensure_future(reader.read(1)),
               asyncio.ensure_future(server.released.wait())]
    try:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if waiting[0] in done:
            raise ConnectionResetError  # clients that wait say nothing
    finally:
        server.held -= 1
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@route("/slowhead")
async def slow_head(server, request, reader, writer):
    """A line of its head at a time, without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Slow: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


@route("/endless")
async def endless(server, request, reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


@route("/bomb")
async def bomb(server, request, reader, writer):
    """/bomb/N: N MiB of zeros, small as long as nobody inflates them."""
    data = gzip.compress(bytes(int(request.path.split("/")[2]) << 20))
    answer(writer, data, headers=[("Content-Encoding", "gzip")])


@route("/notgzip")
async def not_gzip(server, request, reader, writer):
    answer(writer, b"this was never compressed", headers=[("Content-Encoding", "gzip")])


@route("/length")
async def big(server, request, reader, writer):
    """/length/N: a body of N bytes."""
    answer(writer, b"y" * int(request.path.split("/")[2]))


@route("/reset")
async def reset(server, request, reader, writer):
    """Half an answer, then a TCP reset."""
    answer(writer, b"half", length=1000)
    await writer.drain()
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@route("/short")
async def short(server, request, reader, writer):
    """Half an answer, then the connection's orderly end."""
    answer(writer, b"half", length=1000)
    await writer.drain()
    writer.close()


@route("/garbage")
async def garbage(server, request, reader, writer):
    writer.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    await writer.drain()
    writer.close()
