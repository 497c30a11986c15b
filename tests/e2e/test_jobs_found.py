"""Jobs that are found again: by keys, by waiting for their ends, in lists."""

import asyncio
import time

from jobs import UNKNOWN, refused_with
from scale import count


def test_jobs_that_are_not_there_are_not_found(play_jobs):
    async def scenario(client, _):
        for number in (UNKNOWN, "nonsense", "7"):
            await refused_with("not_found", client.get(number))
            await refused_with("not_found", client.get(number, wait_ms=1_000))
            await refused_with("not_found", client.cancel(number))

    play_jobs(scenario)


def test_a_key_finds_the_job_again_and_no_other(play_jobs):
    async def scenario(client, queue):
        options = {"queue": queue, "idempotency_key": f"key of {queue}"}
        first = await client.submit("k", {"n": 1}, **options)
        assert not first.get("existed")
        again = await client.submit("k", {"n": 1}, **options)
        assert (again["id"], again["existed"]) == (first["id"], True)
        await refused_with("invalid_params", client.submit("k", {"n": 2}, **options))
        await client.run_next(queue, result=7)
        again = await client.submit("k", {"n": 1}, **options)
        assert (again["id"], again["state"]) == (first["id"], "done")
        assert (await client.stats(queue))["ready"] == 0

    play_jobs(scenario)


def test_a_queue_has_one_job_of_a_unique_key_that_has_not_ended(play_jobs):
    async def scenario(client, queue):
        options = {"queue": queue, "unique_key": "report"}
        first = await client.submit("k", {"n": 1}, **options)
        second = await client.submit("k", {"n": 2}, **options)
        assert (second["id"], second["existed"]) == (first["id"], True)
        (item,) = await client.lease(queue)
        assert (await client.submit("k", **options))["id"] == first["id"]
        await client.ack(item["lease"])
        third = await client.submit("k", **options)
        assert third["id"] != first["id"] and not third.get("existed")
        await client.cancel(third["id"])
        assert (await client.submit("k", **options))["id"] not in (first["id"], third["id"])

    play_jobs(scenario)


def test_hundreds_wait_for_ends_of_jobs(play_jobs):
    async def scenario(client, queue):
        total = count(300)
        jobs = await client.submit_all([{"kind": "k", "queue": queue}] * total)
        waits = [asyncio.ensure_future(client.end_of(job["id"])) for job in jobs for _ in "ab"]
        await client.get(jobs[0]["id"], wait_ms=100)  # by now they wait
        begin = time.monotonic()
        while items := await client.lease(queue, timeout_ms=0, max=100):
            for item in items:
                await client.ack(item["lease"], result=item["job"])
        ends = await asyncio.gather(*waits)
        print(f"{len(waits)} waits ended within {time.monotonic() - begin:.3f} s")
        assert all(job["result"] == job["id"] for job in ends)

    play_jobs(scenario)


def test_a_wait_ends_at_its_time_with_what_is(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue)
        begin = time.monotonic()
        assert (await client.get(job["id"], wait_ms=200))["state"] == "ready"
        assert 0.195 <= time.monotonic() - begin < 5
        waits = [client.get(job["id"], wait_ms=30_000) for _ in range(2)]
        waits = [asyncio.ensure_future(each) for each in waits]
        await client.get(job["id"], wait_ms=50)
        await client.cancel(job["id"])
        assert [(await each)["state"] for each in waits] == ["cancelled"] * 2
        for wrong in (-1, 86_400_001, "x"):
            await refused_with("invalid_params", client.get(job["id"], wait_ms=wrong))

    play_jobs(scenario)


def test_lists_are_newest_first_and_stable_while_jobs_come(play_jobs):
    async def scenario(client, queue):
        ids = [(await client.submit("k", queue=queue))["id"] for _ in range(25)]
        found, cursor = [], {}
        while True:
            page = await client.page(queue=queue, limit=10, **cursor)
            assert all({"params", "result"}.isdisjoint(job) for job in page["jobs"])
            found += [job["id"] for job in page["jobs"]]
            if "cursor" not in page:
                break
            cursor = {"cursor": page["cursor"]}
            await client.submit("k", queue=queue)
        assert found == ids[::-1]

    play_jobs(scenario)


def test_lists_are_of_a_queue_a_kind_and_states(play_jobs):
    async def scenario(client, queue):
        first, second, third = [await client.submit(k, queue=queue) for k in ("a", "b", "a")]
        await client.cancel(first["id"])
        assert (await client.run_next(queue))["job"] == second["id"]

        async def ids(**query):
            return [job["id"] for job in (await client.page(queue=queue, **query))["jobs"]]

        assert await ids() == [third["id"], second["id"], first["id"]]
        assert await ids(kind="a") == [third["id"], first["id"]]
        assert await ids(state="done") == [second["id"]]
        assert await ids(state="done,cancelled") == [second["id"], first["id"]]
        assert await ids(state="ready", kind="b") == []
        assert (await client.page(queue="no-such-queue"))["jobs"] == []
        for wrong in ({"state": "lost"}, {"limit": 0}, {"limit": 1_001}, {"cursor": "x y"}):
            await refused_with("invalid_params", client.page(**wrong))

    play_jobs(scenario)


def test_who_waits_for_a_job_whose_queue_is_deleted_is_told(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue)
        wait = asyncio.ensure_future(client.get(job["id"], wait_ms=30_000))
        await client.get(job["id"], wait_ms=50)
        await client.delete(queue)
        await refused_with("not_found", wait)
        await refused_with("not_found", client.get(job["id"]))

    play_jobs(scenario)
