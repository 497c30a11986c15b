"""What a running job tells of its progress: from a handler in a worker's process to whoever looks."""

import asyncio

from events import next_notice, open_events
from jobs import FETCH_HERE, play_at, serve
from odd_server import OddServer
from rpc import connect
from scale import seconds


async def told(next_job):
    """The words of progress that come, up to the end."""
    words = []
    while (job := await next_job()) and job["state"] != "done":
        if "progress" in job and job["progress"] not in words:
            words.append(job["progress"])
    return words


async def looked_up(client, number):
    """The same, for one who only looks again and again."""

    async def next_job():
        await asyncio.sleep(0.05)
        return await client.get(number)

    return await told(next_job)


def check_sleep(words, of_ms):
    done = [word["done_ms"] for word in words]
    assert len(done) >= 2, "a sleep tells about every second"
    assert done == sorted(done) and 900 <= done[0] and done[-1] <= of_ms
    assert {word["of_ms"] for word in words} == {of_ms}


def test_a_sleep_shows_rising_progress_to_everybody_who_looks(cluster):
    gateway, _ = serve(cluster, "sleep=2")
    of_ms = seconds(3) * 1_000

    async def scenario(client):
        async with connect(gateway) as rpc:
            await rpc.call("jobs.subscribe", {"mine": True})
            number = (await rpc.call("jobs.submit", {"kind": "sleep", "params": {"ms": of_ms}}))["id"]
            async with open_events(gateway, number) as events:
                seen = await asyncio.gather(
                    told(events.next), told(lambda: next_notice(rpc)), looked_up(client, number)
                )
        for words in seen:
            check_sleep(words, of_ms)
        assert (await client.get(number))["result"] == {"ms": of_ms}

    play_at(gateway, scenario)


def test_a_list_tells_how_much_of_it_is_done(cluster):
    gateway, _ = serve(cluster, "prime=1")
    numbers = [10**2_499 + n for n in range(1, 600, 2)]

    async def scenario(client):
        number = (await client.submit("prime", {"numbers": numbers}))["id"]
        async with open_events(gateway, number) as events:
            while True:
                job = await events.next()
                if "progress" in job:
                    break
        assert job["state"] == "leased"
        assert 0 < job["progress"]["done"] < job["progress"]["of"] == len(numbers)
        await client.cancel(number)

    play_at(gateway, scenario)


def test_fetches_of_a_list_are_counted_while_one_of_them_lasts(cluster):
    with OddServer() as server:
        gateway, _ = serve(cluster, "fetch=1", flags=FETCH_HERE)
        requests = [{"url": server.url(path)} for path in ("/hold", "/plain", "/plain")]

        async def scenario(client):
            number = (await client.submit("fetch", {"requests": requests}))["id"]
            async with open_events(gateway, number) as events:
                while (await events.next()).get("progress") != {"done": 2, "of": 3}:
                    pass
            await client.cancel(number)

        play_at(gateway, scenario)
