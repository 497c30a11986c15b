"""A JSON-RPC client over `websockets` that matches every answer with its one call."""

import asyncio
import contextlib
import itertools
import json

import websockets

from scale import seconds


class RpcError(Exception):
    """An error as the gateway named it."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.number = error["code"]
        self.name = error["data"]["code"]


class Rpc:
    """One connection to /v1/ws. An answer without an open call is a fault, so is a second one.
    Notifications are in `notices`."""

    def __init__(self, socket):
        self.socket = socket
        self._ids = itertools.count(1)
        self._open = {}
        self.notices = asyncio.Queue()
        self._fault = None
        self._reader = asyncio.ensure_future(self._read())

    async def _read(self):
        try:
            while True:
                answer = json.loads(await self.socket.recv())
                if "method" in answer:
                    self.notices.put_nowait(answer)
                    continue
                self._open.pop(answer["id"]).set_result(answer)
        except (KeyError, websockets.ConnectionClosed) as error:
            self._fault = error
            for future in self._open.values():
                if not future.done():
                    future.set_exception(ConnectionError(f"unanswered: {error!r}"))
                    future.exception()  # whoever waits gets it; that nobody does is no fault
            self._open.clear()

    async def submit(self, method, params=None):
        """Sends a call; gives the future of its whole answer."""
        number = next(self._ids)
        future = self._open[number] = asyncio.get_running_loop().create_future()
        future.id = number
        request = {"jsonrpc": "2.0", "id": number, "method": method}
        if params is not None:
            request["params"] = params
        await self.socket.send(json.dumps(request))
        return future

    async def call(self, method, params=None, timeout=60):
        """Calls and waits for the result; raises RpcError for an error."""
        future = await self.submit(method, params)
        return result_of(await asyncio.wait_for(future, seconds(timeout)))

    async def settle(self):
        """Everything that was sent before is read, and nothing was wrong with it."""
        await self.call("ping")
        assert not self._open, f"{len(self._open)} calls have no answer"

    async def closed(self, timeout=30):
        """Waits until the gateway has closed the connection; the close code."""
        await asyncio.wait_for(asyncio.shield(self._reader), seconds(timeout))
        if isinstance(self._fault, KeyError):
            raise AssertionError(f"an answer without a call: {self._fault}")
        return self.socket.close_code

    async def close(self):
        await self.socket.close()
        await self._reader
        if isinstance(self._fault, KeyError):
            raise AssertionError(f"an answer without a call: {self._fault}")


def result_of(answer):
    if "error" in answer:
        raise RpcError(answer["error"])
    return answer["result"]


def dial(url, **options):
    """A WebSocket that leaves timing to the test."""
    defaults = {
        "compression": None,
        "ping_interval": None,
        "max_size": None,
        "open_timeout": seconds(20),
        "close_timeout": seconds(10),
    }
    return websockets.connect(url, **{**defaults, **options})


@contextlib.asynccontextmanager
async def connect(gateway):
    """A connection to a gateway's /v1/ws."""
    async with dial(gateway.ws()) as socket:
        rpc = Rpc(socket)
        yield rpc
        await rpc.close()
