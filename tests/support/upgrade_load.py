"""Clients of a deployment that is changed beneath them. They do what clients should: connect again
when a gateway closes with 1001 or 1012, ask again what was refused with `unavailable`."""

import asyncio
import json
import random
from collections import Counter

import websockets

from load import LIMIT, is_right
from queues import http_exchange
from rpc import Rpc, dial
from scale import seconds

GOING_AWAY = (1001, 1012)
PAUSE = 0.01  # of a client that was told to come again


class UpgradeLoad:
    """What became of everything is in `counts`."""

    def __init__(self, entrance, sockets=8, askers=2, submitters=2):
        self._entrance = entrance
        self._sockets = sockets
        self._askers = askers
        self._submitters = submitters
        self._done = asyncio.Event()
        self.counts = Counter()
        self.jobs = []

    async def _dial(self):
        """A connection; nothing when this must be tried again."""
        try:
            return Rpc(await dial(self._entrance.ws()))
        except ConnectionRefusedError:
            self.counts["refused connections"] += 1
        except websockets.InvalidHandshake:
            self.counts["handshakes tried again"] += 1
        except OSError:
            self.counts["broken connections"] += 1
        await asyncio.sleep(PAUSE)
        return None

    async def _ask_over_websocket(self):
        choice = random.Random(id(self))
        while not self._done.is_set():
            rpc = await self._dial()
            while rpc and not self._done.is_set():
                n = choice.randrange(LIMIT)
                try:
                    self._note(n, await (await rpc.submit("prime", {"n": n})))
                except (ConnectionError, websockets.ConnectionClosed):
                    break
            if not rpc:
                continue
            if self._done.is_set():
                await rpc.close()
            else:
                code = await rpc.closed()
                good = code in GOING_AWAY
                self.counts["closed with 1001 or 1012" if good else f"closed with {code}"] += 1

    def _note(self, n, answer):
        if is_right(n, answer):
            self.counts["calls answered"] += 1
        elif answer.get("error", {}).get("data", {}).get("code") == "unavailable":
            self.counts["calls asked again"] += 1
        else:
            self.counts["failed calls"] += 1
            print(f"failed: {n}: {answer}")

    async def _exchange(self, path, document):
        """The answer over HTTP, on a connection of its own; nothing when it is to be asked again."""
        try:
            status, text = await http_exchange(
                self._entrance, "POST", path, json.dumps(document),
                more="Content-Type: application/json\r\n",
            )
        except ConnectionRefusedError:
            self.counts["refused connections"] += 1
        except (OSError, asyncio.IncompleteReadError):
            self.counts["broken connections"] += 1
        else:
            if status in (200, 201, 202):
                return json.loads(text)
            self.counts["requests asked again" if status == 503 else "failed requests"] += 1
            if status != 503:
                print(f"failed: {path}: {status} {text}")
        await asyncio.sleep(PAUSE)
        return None

    async def _ask_over_http(self):
        while not self._done.is_set():
            if await self._exchange("/v1/call/prime", {"n": 97}):
                self.counts["requests answered"] += 1
            await asyncio.sleep(PAUSE)

    async def _submit(self):
        while not self._done.is_set():
            if job := await self._exchange("/v1/jobs", {"kind": "prime", "params": {"n": 97}}):
                self.jobs.append(job["id"])
            await asyncio.sleep(PAUSE)

    async def _ends(self):
        """Until every job that was taken has ended."""
        lost = []
        for job in self.jobs:
            status, text = await http_exchange(
                self._entrance, "GET", f"/v1/jobs/{job}?wait_ms={seconds(20) * 1000}")
            if status != 200 or json.loads(text)["state"] != "done":
                lost.append(text)
        self.counts["jobs"] = len(self.jobs)
        self.counts["lost jobs"] = len(lost)
        if lost:
            print(f"lost: {lost[0]}")

    async def run(self, change):
        """Asks while `change`, which blocks, is done; gives what it gave."""
        tasks = [self._ask_over_websocket() for _ in range(self._sockets)]
        tasks += [self._ask_over_http() for _ in range(self._askers)]
        tasks += [self._submit() for _ in range(self._submitters)]
        running = [asyncio.ensure_future(task) for task in tasks]
        try:
            async with asyncio.timeout(seconds(60)):
                while self.counts["calls answered"] < 200 or not self.jobs:
                    await asyncio.sleep(PAUSE)
            given = await asyncio.to_thread(change)
            goal = self.counts["calls answered"] + 200
            async with asyncio.timeout(seconds(60)):
                while self.counts["calls answered"] < goal:
                    await asyncio.sleep(PAUSE)
        finally:
            self._done.set()
            await asyncio.gather(*running)
        await self._ends()
        return given

    def check(self):
        """Nothing was refused, failed or lost."""
        print(", ".join(f"{count} {what}" for what, count in sorted(self.counts.items())))
        allowed = {
            "calls answered", "calls asked again", "requests answered", "requests asked again",
            "handshakes tried again", "closed with 1001 or 1012", "jobs",
        }
        bad = {what: count for what, count in self.counts.items() if count and what not in allowed}
        assert not bad, bad
