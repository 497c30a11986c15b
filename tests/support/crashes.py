"""Gateways that are killed and started again under load, and clients that go on."""

import asyncio
import contextlib
import os

import websockets

from queues import QueueError, WebSocketClient
from rpc import Rpc, dial

CRASH_SECONDS = int(os.environ.get("SQUALL_CRASH_SECONDS", "20"))
GONE = (OSError, EOFError, asyncio.TimeoutError, websockets.WebSocketException)


class Place:
    """Where a gateway is, and is again after it was killed. `clients` makes those of its users, who
    go on when they were refused for a reason that is `expected`."""

    def __init__(self, store, clients=WebSocketClient, expected=()):
        self._store = store
        self._clients = clients
        self._expected = expected
        self.gateway = store.gateway()

    def crash(self):
        self.gateway.kill()
        self.gateway = self._store.gateway()

    async def use(self, step, ended):
        """Does `step` with a client again and again, on a new connection when the old one broke."""
        while not ended.is_set():
            with contextlib.suppress(*GONE):
                user = self._clients(Rpc(await dial(self.gateway.ws())))
                while not ended.is_set():
                    await self._try(step, user)
                await user.close()

    async def _try(self, step, user):
        try:
            await step(user)
        except QueueError as error:
            if error.name not in self._expected:
                raise
            await asyncio.sleep(0.01)
