"""The disk is full: queues are unavailable for as long, and everything else goes on."""

import asyncio
import resource
import time

from cluster import eventually
from queues import QueueError, refused, start
from scale import seconds
from stores import client

BIG = "x" * 100_000


def fill_disk(store, gateway):
    """The gateway's files may grow by a bit more, as when a disk is nearly full."""
    largest = max(file.stat().st_size for file in store.file.parent.iterdir())
    limit(gateway, largest + 200_000)


def limit(gateway, size):
    _, hard = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (size, hard))


def free_disk(gateway):
    limit(gateway, resource.RLIM_INFINITY)


def is_ready(gateway):
    return gateway.get("/readyz").status == 200


async def put_until_it_fails(way, body):
    """How many puts were answered, and what the first one that failed was told."""
    for done in range(10_000):
        try:
            await way.put("a", body, timeout_ms=0)
        except QueueError as error:
            return done, error
    raise AssertionError("the disk never was full")


async def fill_up(way):
    """Until nothing at all can be written; how many puts were answered."""
    done, _ = await put_until_it_fails(way, BIG)
    for _ in range(100):
        more, error = await put_until_it_fails(way, "x")
        assert error.name == "unavailable", error
        done += more
        try:
            await way.names()  # behind a failure the store finds out whether it can write at all
        except QueueError:
            print(f"refused with: {error}")
            return done
    raise AssertionError("something can be written again and again")


def test_a_full_disk_makes_queues_unavailable_until_there_is_room(store):
    gateway = store.gateway("--pool", "prime=1")

    async def fill():
        async with client(gateway) as way:
            await way.create("a")
            await way.put("a", "first")
            (held,) = await way.lease("a", lease_ms=seconds(60_000))
            fill_disk(store, gateway)
            return await fill_up(way), held["lease"]

    async def check(done, lease):
        async with client(gateway) as way:
            books = await way.stats("a")
            assert (books["total_put"], books["ready"], books["leased"]) == (done + 1, done, 1)
            await way.put("a", BIG)
            await way.ack(lease)

    done, lease = asyncio.run(fill())
    # For longer than until the next try; who looks at queues meanwhile writes nothing, so that this
    # going well says nothing of the disk.
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        gateway.get("/v1/queues")
        assert not is_ready(gateway)
        assert gateway.call("prime", {"n": 97}).status == 200
    assert gateway.get("/livez").status == 200
    free_disk(gateway)
    eventually(lambda: is_ready(gateway), seconds(10), "/readyz says 200 by itself")
    asyncio.run(check(done, lease))


def test_who_waits_for_an_item_gets_it_when_the_disk_has_room_again(store):
    gateway = store.gateway()

    async def scene():
        async with client(gateway) as way:
            await way.create("a")
            await way.create("b")
            getter = await start(way, "b", "getters", way.lease("b"))
            fill_disk(store, gateway)
            await fill_up(way)
            assert await refused(way.put("b", BIG, timeout_ms=0)) == "unavailable"
            assert not getter.done()
            free_disk(gateway)
            while True:
                try:
                    await way.put("b", "x", timeout_ms=0)
                    break
                except QueueError as error:
                    assert error.name == "unavailable", error
            (item,) = await getter
            assert (item["body"], item["attempt"]) == ("x", 1)
            await way.ack(item["lease"])

    asyncio.run(asyncio.wait_for(scene(), seconds(30)))
