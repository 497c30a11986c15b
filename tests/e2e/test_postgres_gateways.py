"""Two gateways on one database: what is done at one is seen by whoever is at the other."""

import asyncio
import collections
import contextlib
import itertools
import json
import statistics
import time

import pytest

from events import notices_until, open_events
from jobs import jobs_of, play_at
from queues import refused, start, until
from rpc import connect
from scale import count, seconds

CONSUMERS = 16  # at each gateway


@pytest.fixture
def pair(shared):
    return shared.gateway(), shared.beside().gateway()


def play_at_both(pair, scenario, patience=60):
    """Runs a scenario with a client of each gateway."""

    async def scene():
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(jobs_of(gateway)) for gateway in pair]
            return await asyncio.wait_for(scenario(*clients), seconds(patience))

    return asyncio.run(scene())


def serve_from(cluster, gateway, *pools):
    """A worker that has joined this gateway alone."""
    worker = cluster.worker(gateway, pools=pools, name="w")
    gateway.wait_for_workers("w")
    return worker


def test_both_see_the_same_queues(pair):
    async def scenario(here, there):
        await here.create("a", maxsize=7, max_attempts=1)
        assert await there.names() == ["a"]
        assert (await there.stats("a"))["maxsize"] == 7
        await there.put("a", "x", "y")
        (item,) = await here.lease("a")
        books = await there.stats("a")
        assert (books["ready"], books["leased"], books["unfinished"]) == (1, 1, 2)
        await here.nack(item["lease"])
        assert [dead["body"] for dead in await there.dead("a")] == ["x"]
        assert len(await there.put_back("a")) == 1
        assert {item["body"] for item in await here.lease("a", max=9)} == {"x", "y"}
        await there.delete("a")
        assert await refused(here.stats("a")) == "not_found"

    play_at_both(pair, scenario)


def test_a_lease_of_one_gateway_can_be_used_at_the_other(pair):
    async def scenario(here, there):
        await here.create("a")
        await here.put("a", "x", "y")
        first, second = await here.lease("a", max=2)
        assert await there.extend(first["lease"], lease_ms=60_000) == 60_000
        await there.ack(first["lease"])
        assert await refused(here.ack(first["lease"])) == "lease_lost"
        await there.nack(second["lease"], delay_ms=0)
        assert await refused(here.extend(second["lease"])) == "lease_lost"

    play_at_both(pair, scenario)


def test_a_get_is_woken_by_a_put_at_the_other_gateway(pair):
    async def scenario(here, there):
        await here.create("a")
        times = []
        for n in range(count(100)):
            getter = await start(here, "a", "getters", here.lease("a"))
            begin = time.monotonic()
            await there.put("a", n)
            (item,) = await getter
            times.append(time.monotonic() - begin)
            assert item["body"] == n
            await here.ack(item["lease"])
        times = sorted(1_000 * each for each in times)
        print(
            f"from a put to its get at the other gateway: {statistics.median(times):.1f} ms in the "
            f"median, {times[-len(times) // 10]:.1f} ms for one in ten, {times[-1]:.1f} ms at most"
        )
        assert statistics.median(times) < seconds(250)

    play_at_both(pair, scenario)


def test_whoever_waits_is_woken_by_what_is_done_at_the_other_gateway(pair):
    async def scenario(here, there):
        await here.create("full", maxsize=1)
        await here.put("full", 1)
        putter = await start(here, "full", "putters", here.put("full", 2))
        joiner = await start(here, "full", "joiners", here.join("full"))
        for n in (1, 2):
            (item,) = await there.lease("full")
            assert item["body"] == n
            assert not joiner.done()
            await there.ack(item["lease"])
        await putter
        await joiner
        getter = await start(here, "full", "getters", here.lease("full"))
        await there.put("full", 3, delay_ms=200)
        assert (await getter)[0]["body"] == 3
        await here.create("a")
        await here.pause("a")
        await here.put("a", 4)
        getter = await start(here, "a", "getters", here.lease("a"))
        await there.resume("a")
        assert (await getter)[0]["body"] == 4

    play_at_both(pair, scenario)


def test_items_whose_gateway_is_killed_come_back_at_the_other(pair):
    async def take(way):
        await way.create("a", lease_ms=seconds(1_000))
        await way.put("a", "x")
        await way.lease("a", detach=True)

    async def take_again(way):
        (item,) = await way.lease("a")
        assert (item["body"], item["attempt"]) == ("x", 2)

    play_at(pair[0], take)
    pair[0].kill()
    play_at(pair[1], take_again)


def test_no_item_is_leased_twice_at_once(pair):
    total = count(6_000)
    numbers = itertools.count()
    held, attempts, acked = set(), collections.Counter(), collections.Counter()
    turns = itertools.count(1)

    async def produce(way):
        while (first := 10 * next(numbers)) < total:
            await way.put("a", *range(first, first + 10))

    async def consume(way):
        while len(acked) < total:
            for item in await way.lease("a", max=5, timeout_ms=300, detach=True):
                body = item["body"]
                assert body not in held, f"{body} is leased twice"
                assert body not in acked, f"{body} is leased behind its ack"
                held.add(body)
                attempts[body] += 1
                assert item["attempt"] == attempts[body]
                if next(turns) % 4 == 0:
                    await asyncio.sleep(0)
                held.discard(body)  # before the gateway knows of it
                if next(turns) % 7 == 0:
                    await way.nack(item["lease"], error="again", delay_ms=next(turns) % 20)
                else:
                    acked[body] += 1
                    await way.ack(item["lease"])

    async def scenario(here, there):
        await here.create("a", lease_ms=seconds(60_000), max_attempts=1_000)
        async with contextlib.AsyncExitStack() as stack:
            each = [gateway for gateway in pair for _ in range(CONSUMERS)]
            ways = [await stack.enter_async_context(jobs_of(gateway)) for gateway in each]
            begin = time.monotonic()
            work = [consume(way) for way in ways] + [produce(way) for way in ways[::4]]
            await asyncio.gather(*work)
            took = time.monotonic() - begin
        books = await there.stats("a")
        print(f"{total} items, {books['total_leased']} leases at two gateways in {took:.1f} s")
        assert acked == collections.Counter(range(total))
        assert (books["total_put"], books["total_acked"], books["unfinished"]) == (total, total, 0)
        assert books["total_leased"] == sum(attempts.values())
        assert (books["dead"], books["total_expired"]) == (0, 0)

    play_at_both(pair, scenario, patience=120)


def test_a_job_put_at_one_gateway_runs_at_a_worker_of_the_other(cluster, pair):
    serve_from(cluster, pair[1], "prime=2")

    async def scenario(here, there):
        job = await here.submit("prime", {"n": 97})
        assert (await here.result_of(job["id"]))["prime"] is True
        assert (await there.get(job["id"]))["worker"] == "w"
        later = await here.submit("prime", {"n": 91}, delay_ms=300)
        assert (await there.result_of(later["id"]))["prime"] is False
        many = await here.submit_all([{"kind": "prime", "params": {"n": n}} for n in range(500)])
        for job in many:
            assert (await here.end_of(job["id"]))["state"] == "done"

    play_at_both(pair, scenario)


def test_waiting_for_a_job_at_the_other_gateway_ends_with_the_job(pair):
    async def scenario(here, there):
        times = []
        for _ in range(count(30)):
            job = await here.submit("k", queue="jobs")
            wait = asyncio.ensure_future(there.end_of(job["id"]))
            (item,) = await here.lease("jobs")
            begin = time.monotonic()
            await here.ack(item["lease"], result="kept")
            assert (await wait)["result"] == "kept"
            times.append(1_000 * (time.monotonic() - begin))
        print(f"from an ack to who waits at the other gateway: {statistics.median(times):.1f} ms")

    play_at_both(pair, scenario)


def test_a_job_is_watched_at_the_other_gateway(pair):
    async def scenario(here, there):
        job = await here.submit("k", {"n": 1}, queue="jobs")
        async with open_events(pair[1], job["id"]) as events, connect(pair[1]) as rpc:
            await rpc.call("jobs.subscribe", {"id": job["id"]})
            assert (await events.next())["state"] == "ready"
            (item,) = await here.lease("jobs")
            assert (await events.until("leased"))["attempt"] == 1
            await here.ack(item["lease"], result=[1])
            assert [each["result"] for each in await events.rest()] == [[1]]
            assert (await notices_until(rpc, 1))[job["id"]][-1] == "done"

    play_at_both(pair, scenario)


def test_a_running_job_is_stopped_from_the_other_gateway(cluster, pair):
    serve_from(cluster, pair[1], "sleep=1")

    async def scenario(here, there):
        long = await here.submit("sleep", {"ms": 600_000})
        await here.until_state(long["id"], "leased")
        await asyncio.to_thread(pair[1].wait_for_kind, "sleep", in_flight=1)
        wait = asyncio.ensure_future(there.end_of(long["id"]))
        assert (await here.cancel(long["id"]))["state"] == "cancelled"
        assert (await wait)["state"] == "cancelled"
        short = await here.submit("sleep", {"ms": 1})  # needs its slot
        assert (await here.end_of(short["id"]))["state"] == "done"

    play_at_both(pair, scenario)


def test_keys_hold_at_both_gateways(pair):
    async def scenario(*ways):
        for n in range(count(50)):
            jobs = await asyncio.gather(
                *(way.submit("k", {"n": n}, queue="keys", idempotency_key=f"k{n}") for way in ways)
            )
            assert jobs[0]["id"] == jobs[1]["id"]
            assert sorted(job.get("existed", False) for job in jobs) == [False, True]
            jobs = await asyncio.gather(
                *(way.submit("u", {"n": n}, queue="keys", unique_key=f"u{n}") for way in ways)
            )
            assert jobs[0]["id"] == jobs[1]["id"]
        assert (await ways[0].stats("keys"))["total_put"] == 2 * count(50)

    play_at_both(pair, scenario)


def test_limits_hold_for_both_gateways_together(pair):
    async def scenario(here, there):
        await here.create("few", max_running=3)
        await here.put("few", *range(20))
        asks = (way.lease("few", max=9, timeout_ms=0) for way in (here, there))
        taken = await asyncio.gather(*asks)
        leased = sum(taken, [])
        assert len(leased) == 3
        getter = await start(there, "few", "getters", there.lease("few", max=9))
        await here.ack(leased[0]["lease"])
        assert len(await getter) == 1

    play_at_both(pair, scenario)


def test_a_schedule_is_due_once_for_both_gateways_and_goes_on_at_the_other(pair):
    asked = {"every_ms": 100, "kind": "nobody", "queue": "often"}

    async def scenario(way):
        await way.create("often")
        begin = time.monotonic()
        assert pair[0].request("PUT", "/v1/schedules/often", json.dumps(asked)).status == 201
        await until(way, "often", ready=lambda ready: ready >= 20)
        pair[0].kill()
        ready = (await way.stats("often"))["ready"]
        async with asyncio.timeout(seconds(60)):
            while (await way.stats("often"))["ready"] < ready + 20:
                await asyncio.sleep(0.1)
        pair[1].request("DELETE", "/v1/schedules/often")
        jobs = (await way.page(queue="often", limit=1_000))["jobs"]
        assert len(jobs) <= (time.monotonic() - begin) / 0.1 + 2

    play_at(pair[1], scenario)
