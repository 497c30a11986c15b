"""What is open under a token, and what nobody has shown one for: when it ends."""

import asyncio
import datetime
import json
import time

import raw
from events import open_events
from processes import run
from rpc import Rpc, dial
from scale import seconds
from tokens import new_token


def scene_of(scene):
    asyncio.run(asyncio.wait_for(scene(), seconds(60)))


async def open_things(own, token):
    """A stream of events, two WebSockets and a request that waits, all under one token."""
    job = own.ask("POST", "/v1/jobs", None, {"kind": "sleep", "delay_ms": 600000}, token).json()["id"]
    assert own.ask("PUT", "/v1/queues/empty", None, {}, token).status < 300
    events = open_events(own.gateway, job, token=token)
    stream = await events.__aenter__()
    assert stream.status == 200
    await stream.next()
    offers = [f"bearer.{token}"]
    rpc = Rpc(await dial(own.gateway.ws(), subprotocols=offers))
    assert (await rpc.call("prime", {"n": "97"}))["prime"]
    await rpc.call("jobs.subscribe", {"id": job})
    chat = await dial(own.gateway.ws("/ws/prime"), subprotocols=offers)
    poll = asyncio.get_running_loop().run_in_executor(
        None, lambda: own.ask("POST", "/v1/queues/empty/lease?timeout_ms=60000", token=token))
    return events, stream, rpc, chat, poll


async def all_ends(events, stream, rpc, chat, poll, why):
    """What was open has ended, each in its way, and says why."""
    await asyncio.wait_for(stream.rest(), seconds(10))
    assert await rpc.closed(timeout=10) == 1008
    await asyncio.wait_for(chat.wait_closed(), seconds(10))
    assert chat.close_code == 1008
    assert why in rpc.socket.close_reason and why in chat.close_reason
    answer = await asyncio.wait_for(poll, seconds(10))
    assert answer.status == 401 and why in answer.json()["detail"]
    await events.__aexit__(None, None, None)


def test_what_is_open_under_a_token_that_is_revoked_ends_and_nothing_else(own):
    async def scene():
        token = new_token(own.file, "gone", "admin")
        own.reload()
        opened = await open_things(own, token)
        async with dial(own.gateway.ws(), subprotocols=[f"bearer.{own.tokens['admin']}"]) as socket:
            staying = Rpc(socket)
            assert run("token", "rm", "gone", "--file", str(own.file)).returncode == 0
            assert (await opened[2].call("prime", {"n": "97"}))["prime"]  # until the gateway is told
            await asyncio.to_thread(own.reload)
            await all_ends(*opened, "not known")
            assert (await staying.call("prime", {"n": "97"}))["prime"]
        assert own.ask("GET", "/v1/jobs", token=token).status == 401
        assert own.ask("GET", "/v1/jobs", "jobs:read").status == 200

    scene_of(scene)


def test_what_is_open_under_a_token_that_expires_ends_at_its_time(own):
    async def scene():
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds(5))
        token = new_token(own.file, "short", "admin", more=("--expires", end.isoformat()))
        own.reload()
        opened = await open_things(own, token)
        assert datetime.datetime.now(datetime.timezone.utc) < end
        assert opened[2].socket.open and not opened[4].done()
        await all_ends(*opened, "expired")
        assert datetime.datetime.now(datetime.timezone.utc) >= end

    scene_of(scene)


def test_an_upload_that_nobody_may_make_is_answered_before_its_body(guarded):
    for more in ("", "Expect: 100-continue\r\n"):
        with raw.connect(guarded.gateway) as connection:
            connection.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n"
                               + more.encode() + b"Authorization: Bearer sq_wrong\r\n\r\n")
            answer = raw.receive_all(connection)
        assert answer.startswith(b"HTTP/1.1 401 ") and b"\r\nConnection: close\r\n" in answer


def test_whoever_shows_no_token_is_closed_soon_and_may_send_little(guarded):
    async def scene():
        async with dial(guarded.gateway.ws()) as socket, dial(guarded.gateway.ws()) as talker:
            begin = time.monotonic()
            await talker.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "x" * 5000}))
            await asyncio.wait_for(talker.wait_closed(), seconds(10))
            assert talker.close_code == 1009
            await Rpc(socket).call("ping")
            await asyncio.wait_for(socket.wait_closed(), seconds(30))
            assert (socket.close_code, socket.close_reason) == (1008, "no token was shown in time")
            assert 9 < time.monotonic() - begin < seconds(20)

    scene_of(scene)


def test_who_tries_tokens_is_in_the_log_once_and_no_token_is(guarded):
    for number in range(20):
        assert guarded.ask("GET", "/v1/cluster", token=f"sq_guess{number}").status == 401
    log = guarded.gateway.err.text()
    assert 1 <= log.count("a token that 127.0.0.1 has shown was refused: it is not known here") <= 4
    assert "sq_" not in log
