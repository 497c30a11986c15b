"""Jobs that workers run: which run when, and who runs them."""

import asyncio

import pytest

from jobs import FETCH_HERE, play_at, serve
from odd_server import OddServer
from scale import SANITIZED, count


@pytest.fixture
def server():
    with OddServer() as running:
        yield running


def test_jobs_of_every_kind_are_run_and_say_who_did_it(cluster, server):
    gateway, _ = serve(cluster, "prime=2", "sleep=10", "fetch=5", flags=FETCH_HERE)

    async def scenario(client):
        prime = await client.submit("prime", {"n": "97"})
        sleep = await client.submit("sleep", {"ms": 20})
        fetch = await client.submit("fetch", {"url": server.url("/plain")})
        assert (await client.result_of(prime["id"]))["prime"] is True
        assert (await client.result_of(fetch["id"]))["status"] == 200
        done = await client.end_of(sleep["id"])
        assert (done["state"], done["worker"], done["attempt"]) == ("done", "w", 1)
        assert done["created_at"] <= done["started_at"] < done["ended_at"] < done["expires_at"]

    play_at(gateway, scenario)


def test_thousands_of_jobs_have_each_its_own_result(cluster):
    gateway, _ = serve(cluster, "prime=2")

    async def scenario(client):
        total = count(5_000)
        jobs = []
        for begin in range(0, total, 1_000):
            some = range(begin, min(begin + 1_000, total))
            jobs += await client.submit_all([{"kind": "prime", "params": {"n": n}} for n in some])
        await client.join("default")
        ends = await asyncio.gather(*(client.end_of(job["id"]) for job in jobs))
        assert [int(job["result"]["n"]) for job in ends] == list(range(total))
        assert {job["attempt"] for job in ends} == {1}
        assert (await client.stats("default"))["done"] == total

    play_at(gateway, scenario)


def test_a_job_of_a_kind_that_nobody_offers_waits_and_holds_up_no_other(cluster):
    gateway, _ = serve(cluster, "prime=1")

    async def scenario(client):
        first = await client.submit_all([{"kind": "sleep", "params": {"ms": 1}, "priority": 9}] * 50)
        unknown = await client.submit("no-such-kind")
        prime = await client.submit("prime", {"n": 7})
        assert (await client.result_of(prime["id"]))["prime"] is True
        for job in (*first, unknown):
            now = await client.get(job["id"])
            assert (now["state"], now["attempt"], now.get("attempts", [])) == ("ready", 0, [])
        cluster.worker(gateway, pools=["sleep=10"], name="late")
        for job in first:
            done = await client.end_of(job["id"])
            assert (done["state"], done["worker"], done["attempt"]) == ("done", "late", 1)
        now = await client.get(unknown["id"])
        assert (now["state"], now["attempt"]) == ("ready", 0)

    play_at(gateway, scenario)


def test_a_running_job_that_is_cancelled_leaves_its_slot(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        long = await client.submit("sleep", {"ms": 600_000})
        await client.until_state(long["id"], "leased")
        await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
        wait = asyncio.ensure_future(client.end_of(long["id"]))
        assert (await client.cancel(long["id"]))["state"] == "cancelled"
        assert (await wait)["state"] == "cancelled"
        short = await client.submit("sleep", {"ms": 1})
        assert (await client.end_of(short["id"]))["state"] == "done"
        assert (await client.get(long["id"]))["state"] == "cancelled"

    play_at(gateway, scenario)


def test_more_urgent_jobs_run_first(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        await client.create("default")
        await client.pause("default")
        jobs = [await client.submit("sleep", {"ms": 20}, priority=p) for p in (5, 0, 9, 5)]
        await client.resume("default")
        ends = [await client.end_of(job["id"]) for job in jobs]
        order = sorted(range(4), key=lambda n: ends[n]["ended_at"])
        assert order == [2, 0, 3, 1]

    play_at(gateway, scenario)


def test_calls_go_before_jobs(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        total = count(200)
        await client.submit_all([{"kind": "sleep", "params": {"ms": 20}}] * total)
        await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
        answer = await asyncio.to_thread(gateway.call, "sleep", {"ms": 1})
        assert answer.status == 200
        books = await client.stats("default")
        assert books["done"] < total // 2, books

    play_at(gateway, scenario)


def test_jobs_for_later_run_at_their_time(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 1}, delay_ms=300)
        done = await client.end_of(job["id"])
        assert done["state"] == "done" and done["started_at"] > done["created_at"]

    play_at(gateway, scenario)


def test_a_gateway_runs_the_queues_it_is_told(cluster):
    flags = ("--consume", "mail,news")
    gateway, _ = serve(cluster, "sleep=5", gateway_flags=flags)

    async def scenario(client):
        jobs = [await client.submit("sleep", {"ms": 1}, queue=q) for q in ("mail", "news", "default")]
        other = await client.submit("sleep", {"ms": 1}, queue="other")
        for job in jobs:
            assert (await client.end_of(job["id"]))["state"] == "done"
        assert (await client.get(other["id"]))["state"] == "ready"

    play_at(gateway, scenario)


def test_plain_items_of_the_default_queue_are_left_to_consumers(cluster):
    gateway, _ = serve(cluster, "sleep=5")

    async def scenario(client):
        await client.create("default")
        (number,) = await client.put("default", {"ms": 1})
        job = await client.submit("sleep", {"ms": 1})
        await client.end_of(job["id"])
        (item,) = await client.lease("default", timeout_ms=0)
        assert (item["id"], item["attempt"]) == (number, 1)
        await client.ack(item["lease"])

    play_at(gateway, scenario)


def test_a_slow_job_keeps_its_lease(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        lease_ms = 1_000 if SANITIZED else 300
        await client.create("default", lease_ms=lease_ms)
        job = await client.submit("sleep", {"ms": 5 * lease_ms})
        done = await client.end_of(job["id"])
        assert (done["state"], done["attempt"], done.get("attempts", [])) == ("done", 1, [])
        assert (await client.stats("default"))["total_expired"] == 0

    play_at(gateway, scenario)
