"""Nothing that was answered is lost or done twice, while the gateway is killed every two seconds.
SQUALL_CRASH_SECONDS says for how long."""

import asyncio
import contextlib
import itertools

from crashes import CRASH_SECONDS, GONE, Place
from queues import QueueError, client_of
from scale import seconds
from stores import client

PRODUCERS = 32
CONSUMERS = 8


class Work:
    """What was put and taken, as far as it was answered. Items of the queue "naps" are for a worker,
    those of "held" for `consume`."""

    def __init__(self):
        self._numbers = itertools.count(1)
        self._bodies = {}
        self.put = {"naps": set(), "held": set()}
        self.acked = {}  # id -> the attempt that was acked
        self.asked = set()  # ids whose ack was sent, and maybe answered
        self.lease_lost = 0
        self.wrong = []

    async def produce(self, user):
        for queue, ids in self.put.items():
            n = next(self._numbers)
            body = {"ms": n % 50} if queue == "naps" else {"n": n}
            (number,) = await user.put(queue, body)
            ids.add(number)
            self._bodies[number] = body

    async def consume(self, user):
        for item in await user.lease("held", timeout_ms=500, max=4, detach=True):
            number, attempt = item["id"], item["attempt"]
            if attempt > self.acked.get(number, attempt):
                self.wrong.append(f"{number} was handed out again after its ack was answered")
            if item["body"] != self._bodies.get(number, item["body"]):
                self.wrong.append(f"{number} came with the body {item['body']}")
            self.asked.add(number)
            try:
                await user.ack(item["lease"])
            except QueueError as error:
                assert error.name == "lease_lost", error
                self.lease_lost += 1
            else:
                if number in self.acked:
                    self.wrong.append(f"{number} was acked twice")
                self.acked[number] = attempt


async def make_queues(gateway):
    async with client(gateway) as way:
        for queue in ("naps", "held"):
            # Short leases, so that what a killed gateway handed out comes back soon.
            await way.create(queue, lease_ms=seconds(2_000), max_attempts=1_000, maxsize=500)


async def books(gateway):
    async with client(gateway) as way:
        return {queue: await way.stats(queue) for queue in ("naps", "held")}


def test_every_answered_put_is_acked_once_while_the_gateway_is_killed(cluster, each_store):
    work = Work()
    kills = max(1, CRASH_SECONDS // 2)

    async def scene():
        place = Place(each_store)
        await make_queues(place.gateway)
        cluster.worker(place.gateway, pools=(), flags=("--consume", "naps=sleep:500"))
        all_put, all_done = asyncio.Event(), asyncio.Event()
        producers = [place.use(work.produce, all_put) for _ in range(PRODUCERS)]
        consumers = [place.use(work.consume, all_done) for _ in range(CONSUMERS)]
        producers = [asyncio.ensure_future(each) for each in producers]
        consumers = [asyncio.ensure_future(each) for each in consumers]
        for _ in range(kills):
            await asyncio.sleep(2)
            place.crash()
        all_put.set()
        await asyncio.wait_for(asyncio.gather(*producers), seconds(40))
        async with client(place.gateway) as way:
            for queue in ("naps", "held"):
                await way.join(queue, timeout_ms=seconds(60_000))
        all_done.set()
        await asyncio.wait_for(asyncio.gather(*consumers), seconds(20))
        return await books(place.gateway)

    end = asyncio.run(scene())
    for queue, ids in work.put.items():
        now = end[queue]
        print(
            f"{queue}: {kills} kills, {len(ids)} puts answered, {now['total_put']} kept, "
            f"{now['total_acked']} acked, {now['total_expired']} leases ran out"
        )
        assert len(ids) <= now["total_put"] <= len(ids) + PRODUCERS * kills
        assert (now["total_acked"], now["unfinished"], now["dead"]) == (now["total_put"], 0, 0)
    print(f"held: {len(work.acked)} acks answered, {work.lease_lost} refused as lease_lost")
    assert not work.wrong
    assert work.put["held"] <= work.asked


def test_a_gateway_that_is_terminated_under_load_loses_nothing(each_store):
    work = Work()

    async def produce_until_the_end(gateway):
        async with client_of(gateway, "websocket") as user:
            with contextlib.suppress(*GONE):
                while True:
                    await work.produce(user)

    async def scene(gateway):
        await make_queues(gateway)
        async with client(gateway) as way:
            for queue in ("naps", "held"):
                await way.create(queue, maxsize=0)
        producers = [asyncio.ensure_future(produce_until_the_end(gateway)) for _ in range(PRODUCERS)]
        while len(work.put["held"]) < 200:
            await asyncio.sleep(0)
        gateway.terminate()
        ends = await asyncio.wait_for(
            asyncio.gather(*producers, return_exceptions=True), seconds(20)
        )
        # Who asked of a gateway that drains is told so, or its connection closes first.
        for end in ends:
            assert end is None or end.name == "unavailable", end

    async def ids(gateway, queue):
        async with client(gateway) as way:
            found = set()
            while items := await way.lease(queue, timeout_ms=0, max=1_000):
                found.update(item["id"] for item in items)
            return found

    first = each_store.gateway()
    asyncio.run(scene(first))
    assert first.wait() == 0
    again = each_store.gateway()
    for queue, answered in work.put.items():
        there = asyncio.run(ids(again, queue))
        print(f"{queue}: {len(answered)} puts answered, {len(there)} kept")
        assert answered <= there
