"""Scenarios that are played at a new queue, over HTTP or over WebSocket."""

import asyncio
import functools
import itertools

import pytest

from queues import client_of
from scale import seconds

NUMBERS = itertools.count(1)


def new_name():
    """A name that no other queue of these tests has."""
    return f"q{next(NUMBERS)}"


def play_over(way, gateway, scenario, patience=30, **settings):
    """Runs a scenario with a client of that way and the name of a new queue with these settings;
    for `patience` seconds at most."""

    async def scene():
        async with client_of(gateway, way) as client:
            queue = new_name()
            await client.create(queue, **settings)
            await asyncio.wait_for(scenario(client, queue), seconds(patience))

    asyncio.run(scene())


@pytest.fixture(params=["http", "websocket"])
def play(request, gateway):
    """Plays a scenario over HTTP, and in another run of the test over WebSocket."""
    return functools.partial(play_over, request.param, gateway)


async def bodies(client, queue, count):
    """The bodies of the next items, at once, each acked."""
    taken = []
    while len(taken) < count and (items := await client.lease(queue, timeout_ms=0)):
        await client.ack(items[0]["lease"])
        taken.append(items[0]["body"])
    return taken


def body_of(items):
    (item,) = items
    return item["body"]
