"""Clients of jobs over HTTP and over WebSocket, with the same methods; they know queues, too."""

import asyncio
import contextlib
import functools
import json

import pytest

from queue_scenes import new_name
from queues import PATIENCE_MS, HttpClient, QueueError, WebSocketClient, given, http_exchange
from rpc import Rpc, dial
from scale import seconds

ENDED = ("done", "dead", "cancelled")
FETCH_HERE = ("--fetch-allow", "127.0.0.1")
UNKNOWN = "0198e5a1-5c2e-7000-8000-000000000001"  # an id that no job has


class Waits:
    """What both kinds of clients can do with what they have."""

    async def end_of(self, number):
        """The job when it has ended."""
        job = await self.get(number, wait_ms=PATIENCE_MS)
        assert job["state"] in ENDED, job
        return job

    async def result_of(self, number):
        job = await self.end_of(number)
        assert job["state"] == "done", job
        return job["result"]

    async def until_state(self, number, state):
        """Waits until the job is in this state, which may pass by; gives the job."""
        async with asyncio.timeout(seconds(10)):
            while (job := await self.get(number))["state"] != state:
                await asyncio.sleep(0.01)
        return job

    async def run_next(self, queue, result=None, **more):
        """Takes the next job, as a worker would, and finishes it; gives it as it was leased."""
        (item,) = await self.lease(queue, **more)
        await self.ack(item["lease"], result=result)
        return item


class HttpJobs(HttpClient, Waits):
    async def submit(self, kind, params=None, **options):
        return await self._ask("POST", ("jobs",), given(kind=kind, params=params, **options))

    async def submit_all(self, jobs):
        return (await self._ask("POST", ("jobs",), jobs))["jobs"]

    async def get(self, number, **more):
        return await self._ask("GET", ("jobs", number), **more)

    async def cancel(self, number):
        return await self._ask("DELETE", ("jobs", number))

    async def page(self, **more):
        return await self._ask("GET", ("jobs",), **more)


class WebSocketJobs(WebSocketClient, Waits):
    async def submit(self, kind, params=None, **options):
        return await self._ask("submit", "jobs", **given(kind=kind, params=params, **options))

    async def submit_all(self, jobs):
        return (await self._ask("submit", "jobs", jobs=jobs))["jobs"]

    async def get(self, number, **more):
        return await self._ask("get", "jobs", id=number, **more)

    async def cancel(self, number):
        return await self._ask("cancel", "jobs", id=number)

    async def page(self, **more):
        return await self._ask("list", "jobs", **more)


@contextlib.asynccontextmanager
async def jobs_of(gateway, way="websocket"):
    """A client over `way`: "http" or "websocket"."""
    if way == "http":
        client = HttpJobs(gateway)
    else:
        client = WebSocketJobs(Rpc(await dial(gateway.ws())))
    try:
        yield client
    finally:
        await client.close()


def play_jobs_over(way, gateway, scenario, patience=60):
    """Runs a scenario with a client of that way, and the name of a new queue, whose jobs nobody
    runs."""

    async def scene():
        async with jobs_of(gateway, way) as client:
            queue = new_name()
            await client.create(queue)
            await asyncio.wait_for(scenario(client, queue), seconds(patience))

    asyncio.run(scene())


def play_at(gateway, scenario, patience=60):
    """Runs a scenario with a client of the gateway; what it gives."""

    async def scene():
        async with jobs_of(gateway) as client:
            return await asyncio.wait_for(scenario(client), seconds(patience))

    return asyncio.run(scene())


def serve(cluster, *pools, flags=(), gateway_flags=()):
    """A gateway, and a worker "w" with these pools."""
    gateway = cluster.gateway(*gateway_flags)
    worker = cluster.worker(gateway, pools=pools, name="w", flags=flags)
    gateway.wait_for_workers("w")
    return gateway, worker


@pytest.fixture(params=["http", "websocket"])
def play_jobs(request, gateway):
    """Plays a scenario over HTTP, and in another run of the test over WebSocket."""
    return functools.partial(play_jobs_over, request.param, gateway)


def post_jobs(gateway, document, **headers):
    """One POST of /v1/jobs; names of headers have _ for -."""
    names = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    names["Content-Type"] = "application/json"
    text = document if isinstance(document, str) else json.dumps(document)
    return gateway.request("POST", "/v1/jobs", text, names)


async def raw_get(gateway, number):
    """The text of a job, as it came."""
    status, text = await http_exchange(gateway, "GET", f"/v1/jobs/{number}")
    assert status == 200, text
    return text


async def refused_with(name, work):
    """The work must end with this error; gives what it says."""
    try:
        await work
    except QueueError as error:
        assert error.name == name, error
        return str(error)
    raise AssertionError("it was done")
