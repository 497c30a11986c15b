"""Jobs that fail, and jobs whose worker or gateway ends before they do."""

import asyncio

import pytest

from jobs import FETCH_HERE, play_at, serve
from odd_server import OddServer
from scale import seconds


@pytest.fixture
def server():
    with OddServer() as running:
        yield running


def test_a_job_whose_worker_is_killed_runs_again_at_another(cluster, server):
    gateway, first = serve(cluster, "fetch=5", flags=FETCH_HERE)

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

    play_at(gateway, scenario)


def test_a_job_that_may_run_twice_goes_on_at_another_worker_at_once(cluster):
    gateway, first = serve(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 1_000})
        await client.until_state(job["id"], "leased")
        await asyncio.to_thread(gateway.wait_for_kind, "sleep", in_flight=1)
        cluster.worker(gateway, pools=["sleep=1"], name="second")
        await asyncio.to_thread(gateway.wait_for_workers, "second", "w")
        first.kill()
        done = await client.end_of(job["id"])
        assert (done["state"], done["worker"]) == ("done", "second")

    play_at(gateway, scenario)


def test_jobs_wait_for_the_last_worker_to_come_back(cluster):
    gateway, worker = serve(cluster, "sleep=1")

    async def scenario(client):
        worker.kill()
        await asyncio.to_thread(gateway.wait_for_workers)
        job = await client.submit("sleep", {"ms": 1})
        assert (await client.get(job["id"], wait_ms=500))["state"] == "ready"
        cluster.worker(gateway, pools=["sleep=1"], name="w")
        assert (await client.end_of(job["id"]))["attempt"] == 1

    play_at(gateway, scenario)


@pytest.mark.parametrize("params", [{"n": 1.5}, {}, [], "x", None])
def test_params_that_the_kind_refuses_make_a_job_dead_at_once(cluster, params):
    gateway, _ = serve(cluster, "prime=1")

    async def scenario(client):
        (job,) = await client.submit_all([{"kind": "prime", "params": params}])
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 1)
        (failed,) = dead["attempts"]
        assert "invalid_params" in failed["error"]

    play_at(gateway, scenario)


def test_a_job_that_fails_is_tried_again_then_dead_then_put_back(cluster, server):
    gateway, _ = serve(cluster, "fetch=5", flags=FETCH_HERE)
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

    play_at(gateway, scenario)


def test_an_attempt_that_takes_too_long_has_failed(cluster):
    gateway, _ = serve(cluster, "sleep=1")

    async def scenario(client):
        job = await client.submit("sleep", {"ms": 60_000}, timeout_ms=100, max_attempts=1)
        dead = await client.end_of(job["id"])
        assert dead["state"] == "dead" and "deadline_exceeded" in dead["attempts"][0]["error"]

    play_at(gateway, scenario)


def test_a_result_that_is_too_large_is_not_kept(cluster, server):
    gateway, _ = serve(cluster, "fetch=1", flags=FETCH_HERE)

    async def scenario(client):
        job = await client.submit("fetch", {"url": server.url("/length/2000000")})
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 1), dead["state"]
        assert "bytes" in dead["attempts"][0]["error"]

    play_at(gateway, scenario)


def test_a_gateway_that_drains_finishes_what_runs_and_starts_nothing_more(cluster, each_store):
    first = each_store.gateway()
    cluster.worker(first, pools=["sleep=2"], name="w")
    first.wait_for_workers("w")

    async def submit(client):
        jobs = [await client.submit("sleep", {"ms": 500}) for _ in range(2)]
        for job in jobs:
            await client.until_state(job["id"], "leased")
        await client.pause("default")  # else a free slot takes one of these before the drain
        return jobs, [await client.submit("sleep", {"ms": 1}) for _ in range(3)]

    running, waiting = play_at(first, submit)
    first.terminate()
    assert first.wait(seconds(20)) == 0
    second = each_store.gateway()

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

    play_at(second, look)


def test_results_and_waiting_jobs_survive_kill_9(cluster, each_store):
    first = each_store.gateway()
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

    play_at(first, shorten)
    done, running, later, cancelled = play_at(first, submit)
    first.kill()
    second = each_store.gateway()
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

    play_at(second, look)
