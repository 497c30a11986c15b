"""Jobs that workers run: which worker gets which, and what becomes of those that fail."""

import asyncio

import pytest

from jobs import jobs_of
from odd_server import OddServer

from scale import SANITIZED, count, seconds

FETCH_HERE = ("--fetch-allow", "127.0.0.1")


@pytest.fixture
def server():
    with OddServer() as running:
        yield running


def play(gateway, scenario, patience=60):
    """Runs a scenario with a client of the gateway's."""

    async def scene():
        async with jobs_of(gateway) as client:
            return await asyncio.wait_for(scenario(client), seconds(patience))

    return asyncio.run(scene())


def start(cluster, *pools, flags=(), gateway_flags=()):
    """A gateway, and a worker "w" with these pools."""
    gateway = cluster.gateway(*gateway_flags)
    worker = cluster.worker(gateway, pools=pools, name="w", flags=flags)
    gateway.wait_for_workers("w")
    return gateway, worker


def test_jobs_of_every_kind_are_run_and_say_who_did_it(cluster, server):
    gateway, _ = start(cluster, "prime=2", "sleep=10", "fetch=5", flags=FETCH_HERE)

    async def scenario(client):
        prime = await client.submit("prime", {"n": "97"})
        sleep = await client.submit("sleep", {"ms": 20})
        fetch = await client.submit("fetch", {"url": server.url("/plain")})
        assert (await client.result_of(prime["id"]))["prime"] is True
        assert (await client.result_of(fetch["id"]))["status"] == 200
        done = await client.end_of(sleep["id"])
        assert (done["state"], done["worker"], done["attempt"]) == ("done", "w", 1)
        assert done["created_at"] <= done["started_at"] < done["ended_at"] < done["expires_at"]

    play(gateway, scenario)


def test_thousands_of_jobs_have_each_its_own_result(cluster):
    gateway, _ = start(cluster, "prime=2")

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

    play(gateway, scenario)


def test_a_job_of_a_kind_that_nobody_offers_waits_and_holds_up_no_other(cluster):
    gateway, _ = start(cluster, "prime=1")

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

    play(gateway, scenario)


def test_a_job_whose_worker_is_killed_runs_again_at_another(cluster, server):
    gateway, first = start(cluster, "fetch=5", flags=FETCH_HERE)

    async def scenario(client):
        # A fetch that may not be sent twice is not given to another worker by the router itself.
        job = await client.submit("fetch", {"url": server.url("/hold"), "method": "POST"})
        await asyncio.to_thread(server.wait_for_held, 1)
        first.kill()
        cluster.worker(gateway, pools=["fetch=5"], name="second", flags=FETCH_HERE)
        await asyncio.to_thread(server.wait_for_held, 1)
        server.release()
        done = await client.end_of(job["id"])
        assert (done["state"], done["worker"], done["attempt"]) == ("done", "second", 2), done
        (lost,) = done["attempts"]
        assert (lost["attempt"], lost["worker"]) == (1, "w")
        assert "worker_lost" in lost["error"]
        assert server.paths() == ["/hold", "/hold"]

    play(gateway, scenario)


def test_a_job_that_may_run_twice_goes_on_at_another_worker_at_once(cluster):
    gateway, first = start(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 1_000})
        await client.until_state(job["id"], "leased")
        await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
        cluster.worker(gateway, pools=["sleep=1"], name="second")
        await asyncio.to_thread(gateway.wait_for_workers, "second", "w")
        first.kill()
        done = await client.end_of(job["id"])
        assert (done["state"], done["worker"]) == ("done", "second")

    play(gateway, scenario)


def test_jobs_wait_for_the_last_worker_to_come_back(cluster):
    gateway, worker = start(cluster, "sleep=1")

    async def scenario(client):
        worker.kill()
        await asyncio.to_thread(gateway.wait_for_workers)
        job = await client.submit("sleep", {"ms": 1})
        assert (await client.get(job["id"], wait_ms=500))["state"] == "ready"
        cluster.worker(gateway, pools=["sleep=1"], name="w")
        assert (await client.end_of(job["id"]))["attempt"] == 1

    play(gateway, scenario)


@pytest.mark.parametrize("params", [{"n": 1.5}, {}, [], "x", None])
def test_params_that_the_kind_refuses_make_a_job_dead_at_once(cluster, params):
    gateway, _ = start(cluster, "prime=1")

    async def scenario(client):
        (job,) = await client.submit_all([{"kind": "prime", "params": params}])
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 1)
        (failed,) = dead["attempts"]
        assert "invalid_params" in failed["error"]

    play(gateway, scenario)


def test_a_job_that_fails_is_tried_again_then_dead_then_put_back(cluster, server):
    gateway, _ = start(cluster, "fetch=5", flags=FETCH_HERE)
    port = server.port
    server.close()

    async def scenario(client):
        await client.create("default", backoff_ms=200, max_attempts=3)
        job = await client.submit("fetch", {"url": f"http://127.0.0.1:{port}/plain"})
        assert (await client.until_state(job["id"], "scheduled"))["run_at"]
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 3)
        assert [entry["attempt"] for entry in dead["attempts"]] == [1, 2, 3]
        assert all("task_failed" in entry["error"] for entry in dead["attempts"])
        assert all(entry["worker"] == "w" for entry in dead["attempts"])
        with OddServer(port=port):
            (item,) = await client.dead("default")
            assert await client.put_back("default", ids=[item["id"]]) == [item["id"]]
            done = await client.end_of(job["id"])
            assert (done["state"], done["attempt"]) == ("done", 1)
        assert (await client.stats("default"))["dead"] == 0

    play(gateway, scenario)


def test_an_attempt_that_takes_too_long_has_failed(cluster):
    gateway, _ = start(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 60_000}, timeout_ms=100, max_attempts=1)
        dead = await client.end_of(job["id"])
        assert dead["state"] == "dead" and "deadline_exceeded" in dead["attempts"][0]["error"]

    play(gateway, scenario)


def test_a_running_job_that_is_cancelled_leaves_its_slot(cluster):
    gateway, _ = start(cluster, "sleep=1")

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

    play(gateway, scenario)


def test_more_urgent_jobs_run_first(cluster):
    gateway, _ = start(cluster, "sleep=1")

    async def scenario(client):
        await client.create("default")
        await client.pause("default")
        jobs = [await client.submit("sleep", {"ms": 20}, priority=p) for p in (5, 0, 9, 5)]
        await client.resume("default")
        ends = [await client.end_of(job["id"]) for job in jobs]
        order = sorted(range(4), key=lambda n: ends[n]["ended_at"])
        assert order == [2, 0, 3, 1]

    play(gateway, scenario)


def test_calls_go_before_jobs(cluster):
    gateway, _ = start(cluster, "sleep=1")

    async def scenario(client):
        total = count(200)
        await client.submit_all([{"kind": "sleep", "params": {"ms": 20}}] * total)
        await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
        answer = await asyncio.to_thread(gateway.call, "sleep", {"ms": 1})
        assert answer.status == 200
        books = await client.stats("default")
        assert books["done"] < total // 2, books

    play(gateway, scenario)


def test_jobs_for_later_run_at_their_time(cluster):
    gateway, _ = start(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 1}, delay_ms=300)
        done = await client.end_of(job["id"])
        assert done["state"] == "done" and done["started_at"] > done["created_at"]

    play(gateway, scenario)


def test_a_gateway_runs_the_queues_it_is_told(cluster):
    flags = ("--consume", "mail,news")
    gateway, _ = start(cluster, "sleep=5", gateway_flags=flags)

    async def scenario(client):
        jobs = [await client.submit("sleep", {"ms": 1}, queue=q) for q in ("mail", "news", "default")]
        other = await client.submit("sleep", {"ms": 1}, queue="other")
        for job in jobs:
            assert (await client.end_of(job["id"]))["state"] == "done"
        assert (await client.get(other["id"]))["state"] == "ready"

    play(gateway, scenario)


def test_plain_items_of_the_default_queue_are_left_to_consumers(cluster):
    gateway, _ = start(cluster, "sleep=5")

    async def scenario(client):
        await client.create("default")
        (number,) = await client.put("default", {"ms": 1})
        job = await client.submit("sleep", {"ms": 1})
        await client.end_of(job["id"])
        (item,) = await client.lease("default", timeout_ms=0)
        assert (item["id"], item["attempt"]) == (number, 1)
        await client.ack(item["lease"])

    play(gateway, scenario)


def test_a_slow_job_keeps_its_lease(cluster):
    gateway, _ = start(cluster, "sleep=1")

    async def scenario(client):
        lease_ms = 1_000 if SANITIZED else 300
        await client.create("default", lease_ms=lease_ms)
        job = await client.submit("sleep", {"ms": 5 * lease_ms})
        done = await client.end_of(job["id"])
        assert (done["state"], done["attempt"], done.get("attempts", [])) == ("done", 1, [])
        assert (await client.stats("default"))["total_expired"] == 0

    play(gateway, scenario)


def test_a_result_that_is_too_large_is_not_kept(cluster, server):
    gateway, _ = start(cluster, "fetch=1", flags=FETCH_HERE)

    async def scenario(client):
        job = await client.submit("fetch", {"url": server.url("/length/2000000")})
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 1), dead["state"]
        assert "bytes" in dead["attempts"][0]["error"]

    play(gateway, scenario)


def test_a_gateway_that_drains_finishes_what_runs_and_starts_nothing_more(cluster, store):
    first = store.gateway()
    cluster.worker(first, pools=["sleep=2"], name="w")
    first.wait_for_workers("w")

    async def submit(client):
        jobs = [await client.submit("sleep", {"ms": 500}) for _ in range(2)]
        for job in jobs:
            await client.until_state(job["id"], "leased")
        await client.pause("default")  # else a free slot takes one of these before the drain
        return jobs, [await client.submit("sleep", {"ms": 1}) for _ in range(3)]

    running, waiting = play(first, submit)
    first.terminate()
    assert first.wait(seconds(20)) == 0
    second = store.gateway()

    async def look(client):
        for job in running:
            done = await client.get(job["id"])
            assert (done["state"], done["attempt"]) == ("done", 1)
        for job in waiting:
            now = await client.get(job["id"])
            assert (now["state"], now["attempt"]) == ("ready", 0)
        await client.resume("default")
        for job in waiting:
            assert (await client.end_of(job["id"]))["state"] == "done"

    play(second, look)


def test_results_and_waiting_jobs_survive_kill_9(cluster, store):
    first = store.gateway()
    cluster.worker(first, pools=["sleep=1", "prime=1"], name="w")
    first.wait_for_workers("w")

    async def submit(client):
        done = await client.submit("prime", {"n": 97}, idempotency_key="k")
        await client.end_of(done["id"])
        running = await client.submit("sleep", {"ms": 1_000})
        await client.until_state(running["id"], "leased")
        later = await client.submit("sleep", {"ms": 1}, delay_ms=2_000)
        cancelled = await client.submit("sleep", {"ms": 1}, delay_ms=60_000)
        await client.cancel(cancelled["id"])
        jobs = (done, running, later, cancelled)
        return [await client.get(job["id"]) for job in jobs]

    async def shorten(client):
        await client.create("default", lease_ms=2_000)

    play(first, shorten)
    done, running, later, cancelled = play(first, submit)
    first.kill()
    second = store.gateway()
    second.wait_for_workers("w")

    async def look(client):
        for job in (done, cancelled, later):
            assert await client.get(job["id"]) == job
        again = await client.submit("prime", {"n": 97}, idempotency_key="k")
        assert (again["id"], again["existed"]) == (done["id"], True)
        for job in (running, later):
            assert (await client.end_of(job["id"]))["state"] == "done"
        assert (await client.get(running["id"]))["attempt"] == 2
        assert (await client.stats("default"))["unfinished"] == 0

    play(second, look)
