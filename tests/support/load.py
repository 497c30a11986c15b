"""Prime questions from many connections, every answer checked."""

import asyncio
import contextlib
import random

from rpc import connect

LIMIT = 1 << 17


def _sieve():
    prime = bytearray([1]) * LIMIT
    prime[0] = prime[1] = 0
    for n in range(2, int(LIMIT**0.5) + 1):
        if prime[n]:
            prime[n * n :: n] = bytes(len(range(n * n, LIMIT, n)))
    return prime


IS_PRIME = _sieve()


def is_right(n, answer):
    result = answer.get("result")
    return result and result["n"] == str(n) and result["prime"] == bool(IS_PRIME[n])


class Load:
    """Connections that ask without a pause, each with `window` questions open."""

    def __init__(self, gateway, connections=16, window=16, seed=1):
        self._gateway = gateway
        self._connections = connections
        self._window = window
        self._seed = seed
        self.answered = 0
        self.wrong = []

    async def _ask(self, rpc, choice):
        n = choice.randrange(LIMIT)
        answer = await (await rpc.submit("prime", {"n": n}))
        if not is_right(n, answer):
            self.wrong.append((n, answer))
        self.answered += 1

    async def run(self, total):
        """Asks `total` questions, then makes sure that none is answered twice."""
        goal = self.answered + total
        left = iter(range(total))

        async def lane(rpc, choice):
            for _ in left:
                await self._ask(rpc, choice)

        await self._with_connections(lane)
        assert self.answered == goal

    async def run_until(self, done):
        """Asks until the event `done` is set, and waits for every answer."""

        async def lane(rpc, choice):
            while not done.is_set():
                await self._ask(rpc, choice)

        await self._with_connections(lane)

    async def _with_connections(self, lane):
        choice = random.Random(self._seed)
        async with contextlib.AsyncExitStack() as stack:
            opened = [connect(self._gateway) for _ in range(self._connections)]
            clients = [await stack.enter_async_context(client) for client in opened]
            lanes = [lane(rpc, choice) for rpc in clients for _ in range(self._window)]
            await asyncio.gather(*lanes)
            for rpc in clients:
                await rpc.settle()
        assert not self.wrong, f"{len(self.wrong)} wrong answers, one of them: {self.wrong[0]}"


@contextlib.asynccontextmanager
async def under_load(load, enough=500):
    """Runs the block once `enough` questions are answered; goes on asking as many again after it,
    and then waits for every answer."""
    done = asyncio.Event()
    task = asyncio.ensure_future(load.run_until(done))

    async def answers(more):
        goal = load.answered + more
        while load.answered < goal and not task.done():
            await asyncio.sleep(0.01)

    try:
        await answers(enough)
        yield
        await answers(enough)
    finally:
        done.set()
        await task
