"""Jobs over HTTP and WebSocket, in queues that nobody runs: what they are, and how they end."""

import json
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from jobs import raw_get, refused_with
from queues import until

HUGE = "123456789012345678901234567890"


def test_a_job_is_submitted_leased_and_done(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("thing", {"a": [1, None]}, queue=queue)
        assert uuid.UUID(job["id"]).version == 7
        assert (job["queue"], job["kind"], job["state"]) == (queue, "thing", "ready")
        assert (job["priority"], job["attempt"], job["max_attempts"]) == (5, 0, 5)
        assert {"params", "result", "worker", "ended_at", "lease_until"}.isdisjoint(job)
        (item,) = await client.lease(queue)
        assert (item["job"], item["kind"], item["attempt"]) == (job["id"], "thing", 1)
        assert item["body"] == {"a": [1, None]}
        running = await client.get(job["id"])
        assert (running["state"], running["attempt"]) == ("leased", 1)
        assert running["started_at"] >= running["created_at"] == job["created_at"]
        assert running["lease_until"] > running["started_at"]
        await client.ack(item["lease"], result={"b": "c"})
        done = await client.get(job["id"])
        assert (done["state"], done["result"], done["params"]) == ("done", {"b": "c"}, {"a": [1, None]})
        assert done["expires_at"] > done["ended_at"] >= done["started_at"]
        assert done.get("attempts", []) == [] and "lease_until" not in done
        books = await client.stats(queue)
        assert (books["done"], books["unfinished"], books["ready"]) == (1, 0, 0)

    play_jobs(scenario)


def test_params_and_results_keep_their_text(gateway, play_jobs):
    async def scenario(client, queue):
        job = await client.submit("thing", {"n": int(HUGE)}, queue=queue)
        await client.run_next(queue, result=[int(HUGE)])
        assert (await raw_get(gateway, job["id"])).count(HUGE) == 2

    play_jobs(scenario)


def test_params_may_be_left_out_and_a_queue_is_made(play_jobs):
    async def scenario(client, queue):
        await client.delete(queue)
        job = await client.submit("thing", queue=queue)
        assert (await client.get(job["id"]))["params"] == {}
        assert (await client.stats(queue))["ready"] == 1
        assert await client.submit("thing", queue=queue, params={}) != job

    play_jobs(scenario)


def test_jobs_of_an_array_are_answered_in_order_all_or_none(play_jobs):
    async def scenario(client, queue):
        entries = [{"kind": f"k{n}", "params": {"n": n}, "queue": queue} for n in range(1_000)]
        jobs = await client.submit_all(entries)
        assert [job["kind"] for job in jobs] == [entry["kind"] for entry in entries]
        assert len({job["id"] for job in jobs}) == 1_000
        for wrong in ([], [*entries, entries[0]], [entries[0], {**entries[1], "queue": "other"}]):
            await refused_with("invalid_params", client.submit_all(wrong))
        await refused_with("invalid_params", client.submit_all([entries[0], {"queue": queue}]))
        assert (await client.stats(queue))["ready"] == 1_000

    play_jobs(scenario)


REFUSED = [
    ({"nonsense": 1}, "nonsense"),
    ({"priority": 10}, "priority"),
    ({"priority": "5"}, "priority"),
    ({"delay_ms": -1}, "delay_ms"),
    ({"run_at": "tomorrow"}, "run_at"),
    ({"delay_ms": 1, "run_at": "2030-01-01T00:00:00Z"}, "run_at"),
    ({"max_attempts": 0}, "max_attempts"),
    ({"queue": "a b"}, "queue"),
    ({"kind": ""}, "kind"),
    ({"kind": 7}, "kind"),
]


@pytest.mark.parametrize("options, named", REFUSED)
def test_what_is_refused_is_named(play_jobs, options, named):
    async def scenario(client, queue):
        entry = {"kind": "thing", "queue": queue, **options}
        kind = entry.pop("kind")
        assert named in await refused_with("invalid_params", client.submit(kind, **entry))
        assert (await client.stats(queue))["ready"] == 0

    play_jobs(scenario)


def test_higher_priorities_go_first_and_equal_ones_in_order(play_jobs):
    async def scenario(client, queue):
        jobs = [await client.submit("k", queue=queue, priority=p) for p in (5, 0, 9, 5, 9)]
        assert [job["priority"] for job in jobs] == [5, 0, 9, 5, 9]
        order = [(await client.run_next(queue))["job"] for _ in jobs]
        assert order == [jobs[n]["id"] for n in (2, 4, 0, 3, 1)]

    play_jobs(scenario)


def test_a_job_for_later_is_scheduled_until_its_time(play_jobs):
    async def scenario(client, queue):
        begin = time.time()
        soon = await client.submit("k", queue=queue, delay_ms=300)
        day = datetime.fromtimestamp(begin + 86_400, timezone(timedelta(hours=2)))
        later = await client.submit("k", queue=queue, run_at=day.isoformat(timespec="milliseconds"))
        assert (soon["state"], later["state"]) == ("scheduled", "scheduled")
        assert datetime.fromisoformat(later["run_at"]) - day < timedelta(milliseconds=1)
        assert soon["created_at"] < soon["run_at"] < later["run_at"]
        assert await client.lease(queue, timeout_ms=0) == []
        assert (await client.run_next(queue))["job"] == soon["id"]
        assert time.time() - begin >= 0.299
        assert "run_at" not in await client.get(soon["id"])
        assert (await client.get(later["id"]))["state"] == "scheduled"

    play_jobs(scenario)


def test_a_failed_job_comes_again_and_is_dead_after_its_last_attempt(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue, max_attempts=2)
        for n, state in ((1, "ready"), (2, "dead")):
            (item,) = await client.lease(queue)
            assert (item["job"], item["attempt"]) == (job["id"], n)
            await client.nack(item["lease"], error=f"no luck {n}")
            assert (await client.get(job["id"]))["state"] == state
        dead = await client.end_of(job["id"])
        assert [entry["error"] for entry in dead["attempts"]] == ["no luck 1", "no luck 2"]
        assert "ended_at" in dead and "expires_at" not in dead and "result" not in dead
        assert len(await client.put_back(queue)) == 1
        again = await client.get(job["id"])
        assert (again["state"], again["attempt"], again.get("attempts", [])) == ("ready", 0, [])
        await client.run_next(queue, result=1)
        assert await client.result_of(job["id"]) == 1

    play_jobs(scenario)


def test_a_job_whose_lease_runs_out_says_so(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue, max_attempts=1)
        await client.lease(queue, lease_ms=100)
        dead = await client.end_of(job["id"])
        assert dead["state"] == "dead" and "lease" in dead["attempts"][0]["error"]

    play_jobs(scenario)


def test_a_job_that_is_not_begun_in_time_is_dead(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue, ttl_ms=50)
        dead = await client.end_of(job["id"])
        assert (dead["state"], dead["attempt"]) == ("dead", 0)
        assert await client.lease(queue, timeout_ms=0) == []
        begun = await client.submit("k", queue=queue, ttl_ms=200)
        (item,) = await client.lease(queue)
        assert (await client.get(begun["id"], wait_ms=300))["state"] == "leased"
        await client.ack(item["lease"])
        assert (await client.end_of(begun["id"]))["state"] == "done"

    play_jobs(scenario)


def test_jobs_are_forgotten_when_their_results_time_is_over(play_jobs):
    async def scenario(client, queue):
        job = await client.submit("k", queue=queue, result_ttl_ms=300)
        await client.run_next(queue)
        assert (await client.get(job["id"]))["state"] == "done"
        await until(client, queue, done=0)
        await refused_with("not_found", client.get(job["id"]))

    play_jobs(scenario)


def test_jobs_are_cancelled_before_and_while_they_run_and_not_behind(play_jobs):
    async def scenario(client, queue):
        held = await client.submit("k", queue=queue)
        (item,) = await client.lease(queue)
        ready = await client.submit("k", queue=queue)
        scheduled = await client.submit("k", queue=queue, delay_ms=60_000)
        for job in (held, ready, scheduled):
            for _ in range(2):
                now = await client.cancel(job["id"])
                assert now["state"] == "cancelled", now
            assert "ended_at" in now and "expires_at" in now
        await refused_with("lease_lost", client.ack(item["lease"]))
        assert await client.lease(queue, timeout_ms=0) == []
        done = await client.submit("k", queue=queue)
        await client.run_next(queue, result="kept")
        now = await client.cancel(done["id"])
        assert (now["state"], await client.result_of(done["id"])) == ("done", "kept")
        books = await client.stats(queue)
        assert (books["cancelled"], books["done"], books["unfinished"]) == (3, 1, 0)

    play_jobs(scenario)


def test_items_and_jobs_share_a_queue(play_jobs):
    async def scenario(client, queue):
        await client.put(queue, "plain")
        job = await client.submit("k", {}, queue=queue)
        plain, item = await client.lease(queue, max=2)
        assert (plain["body"], "job" in plain) == ("plain", False)
        assert item["job"] == job["id"]
        for each in (plain, item):
            await client.ack(each["lease"])
        books = await client.stats(queue)
        assert (books["done"], books["total_acked"], books["unfinished"]) == (1, 2, 0)
        assert len((await client.page(queue=queue))["jobs"]) == 1

    play_jobs(scenario)


def test_documents_are_no_longer_than_what_they_say(play_jobs):
    """What does not apply is absent, rather than null."""

    async def scenario(client, queue):
        job = await client.submit("k", queue=queue)
        assert None not in job.values() and "" not in job.values(), json.dumps(job)
        await client.run_next(queue)
        done = await client.get(job["id"])
        assert done["result"] is None
        assert None not in [value for name, value in done.items() if name != "result"]

    play_jobs(scenario)
