"""Repeated jobs: one for each due time, whatever dies, and how schedules are kept."""

import asyncio
import contextlib
import json
import time
from datetime import datetime

from cluster import eventually
from processes import run
from rpc import Rpc, RpcError, dial
from scale import seconds

EVERY = {"every_ms": 100, "kind": "nobody"}
WHOLE = {
    "cron": "*/5 9-17 * * mon-fri",
    "time_zone": "Europe/Berlin",
    "kind": "prime",
    "params": {"n": 97},
    "queue": "mail",
    "priority": 7,
    "max_attempts": 3,
    "timeout_ms": 1000,
    "ttl_ms": 2000,
    "result_ttl_ms": 3000,
    "catch_up": True,
    "paused": False,
}


def ask(gateway, method, path="", document=None):
    """Status and answer; of an error its detail."""
    text = None if document is None else json.dumps(document)
    answer = gateway.request(method, "/v1/schedules" + path, text)
    if answer.status >= 400:
        return answer.status, answer.json()["detail"]
    return answer.status, answer.json() if answer.body else None


def jobs(gateway, queue):
    listed = gateway.get(f"/v1/jobs?limit=1000&queue={queue}").json()
    return listed["jobs"]


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def wait_for_jobs(gateway, queue, count):
    eventually(lambda: len(jobs(gateway, queue)) >= count, seconds(20), f"{count} jobs")


def test_a_schedule_is_made_told_replaced_and_removed(gateway):
    status, made = ask(gateway, "PUT", "/report", WHOLE)
    assert status == 201
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert made["name"] == "report" and moment(made["next_at"]) > time.time()
    assert "last_at" not in made
    assert ask(gateway, "GET", "/report") == (200, made)
    status, replaced = ask(gateway, "PUT", "/report", {"every_ms": 3_600_000, "kind": "sleep"})
    assert (status, replaced["every_ms"], replaced["queue"]) == (200, 3_600_000, "default")
    assert replaced["params"] == {} and "cron" not in replaced
    ask(gateway, "PUT", "/a", WHOLE)
    listed = ask(gateway, "GET")[1]["schedules"]
    assert [each["name"] for each in listed] == ["a", "report"]
    assert all("params" not in each for each in listed)
    for name in ("a", "report"):
        assert ask(gateway, "DELETE", "/" + name) == (204, None)
        assert ask(gateway, "DELETE", "/" + name)[0] == 404
        assert ask(gateway, "GET", "/" + name)[0] == 404
    assert ask(gateway, "GET") == (200, {"schedules": []})


def test_the_gateways_own_queue_is_seen_nowhere(gateway):
    ask(gateway, "PUT", "/hidden", WHOLE)
    names = [each["name"] for each in gateway.get("/v1/queues").json()["queues"]]
    assert not [name for name in names if name.startswith("squall.")]
    listed = gateway.get("/v1/jobs").json()["jobs"]
    assert not [job for job in listed if job["queue"].startswith("squall.")]
    for path in ("/v1/queues/squall.schedules", "/v1/jobs?queue=squall.schedules"):
        assert gateway.get(path).json()["code"] == "invalid_params"
    body = json.dumps({"kind": "prime", "queue": "squall.x"})
    assert gateway.request("POST", "/v1/jobs", body).json()["code"] == "invalid_params"
    ask(gateway, "DELETE", "/hidden")


def test_every_due_time_has_one_job(gateway):
    ask(gateway, "PUT", "/often", {**EVERY, "queue": "often"})
    wait_for_jobs(gateway, "often", 20)
    schedule = ask(gateway, "GET", "/often")[1]
    assert ask(gateway, "DELETE", "/often")[0] == 204
    found = jobs(gateway, "often")
    times = sorted(moment(job["created_at"]) for job in found)
    passed = round((times[-1] - times[0]) / 0.1)
    assert abs(len(found) - 1 - passed) <= 1
    assert moment(schedule["last_at"]) <= times[-1] + 0.001
    time.sleep(0.3)  # three periods in which nothing may come
    assert len(jobs(gateway, "often")) == len(found)


def test_a_paused_schedule_puts_nothing_until_it_goes_on(gateway):
    status, made = ask(gateway, "PUT", "/held", {**EVERY, "queue": "held", "paused": True})
    assert (status, made["paused"], "next_at" in made) == (201, True, False)
    time.sleep(0.3)  # three periods in which nothing may come
    assert jobs(gateway, "held") == []
    status, resumed = ask(gateway, "POST", "/held/resume")
    assert (status, resumed["paused"], "next_at" in resumed) == (200, False, True)
    wait_for_jobs(gateway, "held", 2)
    assert ask(gateway, "POST", "/held/pause")[1]["paused"]
    assert ask(gateway, "GET", "/held")[1]["paused"]
    count = len(jobs(gateway, "held"))
    time.sleep(0.3)  # three periods in which nothing may come
    assert len(jobs(gateway, "held")) == count
    assert ask(gateway, "POST", "/unknown/pause")[0] == 404
    ask(gateway, "DELETE", "/held")


def test_what_is_wrong_is_said_with_its_field(gateway):
    def refused(**members):
        status, detail = ask(gateway, "PUT", "/wrong", {"kind": "prime", **members})
        assert status == 422, detail
        return detail

    assert refused(cron="60 * * * *").startswith("cron: minute: ")
    assert refused(cron="* * * * mun").startswith("cron: day of the week: ")
    assert refused(cron="0 0 30 2 *").startswith("cron: day of the month: ")
    assert refused(cron="* * *").startswith("cron: five fields are needed")
    assert refused(cron="* * * * *", time_zone="Berlin").startswith("time_zone: ")
    assert refused(every_ms=10).startswith("every_ms: ")
    assert refused(every_ms=1000, time_zone="UTC").startswith("time_zone: ")
    assert refused(every_ms=1000, cron="* * * * *").startswith("cron: ")
    assert refused().startswith("cron: ")
    assert refused(every_ms=1000, delay_ms=5).startswith("unknown field")
    assert refused(every_ms=1000, priority=10).startswith("priority: ")
    assert ask(gateway, "PUT", "/wrong", {"every_ms": 1000})[1].startswith("kind: ")
    assert ask(gateway, "PUT", "/squall.x", EVERY)[0] == 422
    assert ask(gateway, "GET", "/wrong")[0] == 404


def test_schedules_over_a_websocket(gateway):
    async def scenario():
        client = Rpc(await dial(gateway.ws()))
        made = await client.call("schedules.set", {"name": "ws", **WHOLE})
        assert made["name"] == "ws"
        assert await client.call("schedules.get", {"name": "ws"}) == made
        assert [each["name"] for each in (await client.call("schedules.list"))["schedules"]] == ["ws"]
        assert (await client.call("schedules.pause", {"name": "ws"}))["paused"]
        assert not (await client.call("schedules.resume", {"name": "ws"}))["paused"]
        assert await client.call("schedules.delete", {"name": "ws"}) is True
        with contextlib.suppress(RpcError):
            await client.call("schedules.get", {"name": "ws"})
            raise AssertionError("it is still there")
        await client.close()

    asyncio.run(scenario())


def test_kills_neither_lose_nor_double_a_due_time(each_store):
    gateway = each_store.gateway()
    ask(gateway, "PUT", "/often", {**EVERY, "queue": "often"})
    for kill in range(1, 4):
        wait_for_jobs(gateway, "often", 10 * kill)
        gateway.kill()
        gateway = each_store.gateway()
    wait_for_jobs(gateway, "often", 40)
    ask(gateway, "DELETE", "/often")
    times = sorted(moment(job["created_at"]) for job in jobs(gateway, "often"))
    assert len(times) <= (times[-1] - times[0]) / 0.1 + 2


def test_gateways_that_share_a_store_put_one_job_for_each_due_time(shared):
    first, second = shared.gateway(), shared.beside().gateway()
    ask(first, "PUT", "/often", {**EVERY, "queue": "often"})
    wait_for_jobs(second, "often", 20)
    first.kill()
    before = len(jobs(second, "often"))
    wait_for_jobs(second, "often", before + 20)
    assert ask(second, "DELETE", "/often")[0] == 204
    times = sorted(moment(job["created_at"]) for job in jobs(second, "often"))
    assert len(times) <= (times[-1] - times[0]) / 0.1 + 2


def test_what_was_missed_runs_once_or_not_at_all(each_store):
    gateway = each_store.gateway()
    for name, catch_up in (("kept", True), ("skipped", False)):
        ask(gateway, "PUT", "/" + name, {**EVERY, "every_ms": 1500, "queue": name, "catch_up": catch_up})
    wait_for_jobs(gateway, "kept", 1)
    wait_for_jobs(gateway, "skipped", 1)
    before = {name: len(jobs(gateway, name)) for name in ("kept", "skipped")}
    gateway.kill()
    time.sleep(6)  # of which four periods are missed
    gateway = each_store.gateway()
    wait_for_jobs(gateway, "kept", before["kept"] + 1)
    wait_for_jobs(gateway, "skipped", before["skipped"] + 1)
    assert len(jobs(gateway, "kept")) <= before["kept"] + 2
    assert len(jobs(gateway, "skipped")) <= before["skipped"] + 2


def test_schedules_on_the_command_line(gateway):
    def squall(command, *arguments):
        return run("schedule", command, "--url", gateway.url, *arguments)

    line = ("line", "prime", '{"n": 12345678901234567890123}', "--cron", "0 9 * * 1-5")
    assert squall("set", *line, "--zone", "Europe/Berlin").stdout == "created line\n"
    assert squall("set", "period", "sleep", "--every", "90s", "--paused").stdout == "created period\n"
    assert squall("set", *line, "--priority", "9").stdout == "changed line\n"
    assert "12345678901234567890123" in gateway.get("/v1/schedules/line").body.decode()
    table = squall("ls").stdout
    assert "0 9 * * 1-5 UTC" in table and "paused" in table
    listed = [json.loads(each) for each in squall("ls", "--json").stdout.splitlines()]
    assert [(each["name"], each["priority"]) for each in listed] == [("line", 9), ("period", 5)]
    assert squall("resume", "period").returncode == 0
    assert not ask(gateway, "GET", "/period")[1]["paused"]
    assert squall("pause", "period").returncode == 0
    assert ask(gateway, "GET", "/period")[1]["paused"]
    for name in ("line", "period"):
        assert squall("rm", name).returncode == 0
        assert squall("rm", name).returncode == 1
    assert squall("ls").stdout == "No schedules.\n"
    wrong = squall("set", "x", "prime", "--cron", "61 * * * *")
    assert wrong.returncode == 1 and "minute" in wrong.stderr
    assert squall("set", "x", "prime", "--cron", "* * * * *", "--every", "1m").returncode == 2
