"""Who may do what: tokens over HTTP and WebSocket, read again at SIGHUP, and the commands."""

import asyncio
import datetime
import re
import stat

import pytest
import websockets

from cluster import command, eventually
from processes import run
from rpc import Rpc, RpcError, dial
from scale import seconds
from tokens import SCOPES, new_token

REQUESTS = [
    ("POST", "/v1/call/prime", {"n": "97"}, "call:prime"),
    ("POST", "/v1/call/sleep", {"ms": 1}, "call:*"),
    ("GET", "/v1/kinds", None, "cluster:read"),
    ("GET", "/v1/cluster", None, "cluster:read"),
    ("GET", "/metrics", None, "cluster:read"),
    ("PUT", "/v1/queues/q", {}, "queues:q"),
    ("PUT", "/v1/queues/r", {}, "queues:*"),
    ("GET", "/v1/queues", None, "queues:*"),
    ("POST", "/v1/jobs", {"kind": "prime", "params": {"n": "97"}}, "jobs:write"),
    ("GET", "/v1/jobs", None, "jobs:read"),
    ("PUT", "/v1/schedules/s", {"kind": "sleep", "every_ms": 3600000}, "schedules:*"),
    ("GET", "/v1/schedules", None, "schedules:*"),
]


@pytest.mark.parametrize("method, path, body, scope", REQUESTS)
def test_each_route_wants_its_scope(guarded, method, path, body, scope):
    assert guarded.ask(method, path, None, body).status == 401
    assert guarded.ask(method, path, None, body, token="sq_wrong").status == 401
    wider = {"call:prime": {"call:*"}, "queues:q": {"queues:*"}}.get(scope, set()) | {scope, "admin"}
    for each in SCOPES:
        answer = guarded.ask(method, path, each, body)
        if each in wider:
            assert answer.status < 300, (each, answer)
        else:
            assert answer.status == 403, (each, answer)
            assert answer.json()["code"] == "forbidden"
            narrowest = {"/v1/call/sleep": "call:sleep", "/v1/queues/r": "queues:r"}.get(path, scope)
            assert f'scope="{narrowest}"' in answer.headers["www-authenticate"]


def test_what_probes_and_pages_ask_is_open(guarded):
    for path in ("/hello", "/livez", "/healthz", "/readyz", "/openapi.json", "/", "/app.js"):
        assert guarded.ask("GET", path).status == 200, path
    document = guarded.ask("GET", "/openapi.json").json()
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_refusals_are_counted_and_no_token_is_logged(guarded):
    guarded.ask("GET", "/v1/cluster", token="sq_of_nobody")
    text = guarded.ask("GET", "/metrics", "cluster:read").body.decode()
    assert re.search(r'squall_auth_refused_total\{reason="invalid"\} [1-9]', text)
    log = guarded.gateway.err.text() + guarded.gateway.out.text() + text
    assert "sq_" not in log
    assert all(token not in guarded.file.read_text() for token in guarded.tokens.values())


def play(scene):
    asyncio.run(asyncio.wait_for(scene(), seconds(60)))


def test_websocket_shows_its_token_in_the_header_as_a_subprotocol_or_with_authenticate(guarded):
    async def scene():
        token = guarded.tokens["call:prime"]
        url = guarded.gateway.ws()
        async with dial(url, extra_headers={"Authorization": f"Bearer {token}"}) as socket:
            assert (await Rpc(socket).call("prime", {"n": "97"}))["prime"]
        async with dial(url, subprotocols=["squall.v1", f"bearer.{token}"]) as socket:
            assert socket.subprotocol == "squall.v1"
            rpc = Rpc(socket)
            assert (await rpc.call("prime", {"n": "97"}))["prime"]
            with pytest.raises(RpcError) as refused:
                await rpc.call("sleep", {"ms": 1})
            assert refused.value.number == -32006 and "call:sleep" in str(refused.value)
        async with dial(url, subprotocols=[f"bearer.{token}"]) as socket:
            assert socket.subprotocol == f"bearer.{token}"
        async with dial(url) as socket:
            rpc = Rpc(socket)
            for method in ("prime", "status", "queue.list", "jobs.list", "schedules.list"):
                with pytest.raises(RpcError) as refused:
                    await rpc.call(method, {"n": "97"} if method == "prime" else {})
                assert (refused.value.number, refused.value.name) == (-32005, "unauthorized")
            with pytest.raises(RpcError):
                await rpc.call("authenticate", {"token": "sq_wrong"})
            assert await rpc.call("authenticate", {"token": token}) == {
                "name": "t0", "scopes": ["call:prime"]}
            assert (await rpc.call("prime", {"n": "97"}))["prime"]

    play(scene)


def test_a_socket_of_integers_needs_its_token_to_open(guarded):
    async def scene():
        url = guarded.gateway.ws("/ws/prime")
        for token, status in ((None, 401), ("jobs:read", 403)):
            offers = [f"bearer.{guarded.tokens[token]}"] if token else None
            with pytest.raises(websockets.InvalidStatusCode) as refused:
                await dial(url, subprotocols=offers)
            assert refused.value.status_code == status
        offers = ["squall.v1", f"bearer.{guarded.tokens['call:prime']}"]
        async with dial(url, subprotocols=offers) as socket:
            await socket.send("97")
            assert await socket.recv() == "97 is a prime number"

    play(scene)


def test_a_token_that_is_added_counts_after_a_reload_and_a_bad_file_changes_nothing(own):
    added = new_token(own.file, "late", "admin")
    assert own.ask("GET", "/v1/cluster", token=added).status == 401
    own.reload()
    assert own.ask("GET", "/v1/cluster", token=added).status == 200
    good = own.file.read_text()
    own.file.write_text("nonsense\n")
    own.reload()
    own.gateway.err.wait_for(r"line 1: 1 words.*the tokens from before still count")
    assert own.ask("GET", "/v1/cluster", token=added).status == 200
    own.file.unlink()
    own.reload()
    assert own.ask("GET", "/v1/cluster", token=added).status == 200
    own.file.write_text(good)
    own.reload()
    assert own.ask("GET", "/v1/cluster", token=added).status == 200


def test_a_token_expires_by_itself(own):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
    short = new_token(own.file, "short", "admin", more=("--expires", end.isoformat()))
    own.reload()
    if datetime.datetime.now(datetime.timezone.utc) < end - datetime.timedelta(seconds=1):
        assert own.ask("GET", "/v1/cluster", token=short).status == 200
    eventually(lambda: own.ask("GET", "/v1/cluster", token=short).status == 401, seconds(10),
               "the token has expired")
    assert "expired" in own.ask("GET", "/v1/cluster", token=short).json()["detail"]


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_an_address_that_others_reach_needs_tokens_or_open(address, tmp_path):
    flags = ("gateway", "--listen", address, "--cluster", "", "--store", "memory:")
    refused = run(*flags)
    assert refused.returncode == 2
    assert "--tokens" in refused.stderr and "--open" in refused.stderr


def test_a_file_that_cannot_be_used_is_misuse_with_every_mistake(tmp_path):
    file = tmp_path / "tokens"
    flags = ("gateway", "--listen", "127.0.0.1:0", "--cluster", "", "--store", "memory:",
             "--tokens", str(file))
    missing = run(*flags)
    assert missing.returncode == 2 and "--tokens" in missing.stderr
    file.write_text("a b\n\nc d call:\n")
    wrong = run(*flags)
    assert wrong.returncode == 2
    assert "line 1:" in wrong.stderr and "line 3:" in wrong.stderr


def test_open_lets_anybody_in(cluster):
    gateway = cluster.squall("gateway", "--listen", "0.0.0.0:0", "--cluster", "", "--store",
                             "memory:", "--open")
    gateway.out.wait_for(r"listening on 0\.0\.0\.0:\d+")


def test_tokens_are_made_listed_and_taken_out(tmp_path):
    file = tmp_path / "tokens"
    first = new_token(file, "ci", "jobs:read", "jobs:write", more=("--expires", "90d"))
    assert first != new_token(file, "web", "call:prime")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run("token", "new", "ci", "--scope", "admin", "--file", str(file))
    assert again.returncode == 1 and "ci" in again.stderr and again.stdout == ""
    listed = run("token", "ls", str(file)).stdout
    assert re.search(r"ci +jobs:read,jobs:write +20\d\d-", listed)
    assert re.search(r"web +call:prime +never", listed)
    assert run("token", "rm", "ci", "--file", str(file)).returncode == 0
    assert run("token", "rm", "ci", "--file", str(file)).returncode == 1
    assert "ci" not in run("token", "ls", str(file)).stdout
    for wrong in (("a b", "--scope", "admin"), ("x", "--scope", "all"), ("x",),
                  ("x", "--scope", "admin", "--expires", "never")):
        assert run("token", "new", *wrong, "--file", str(file)).returncode == 2, wrong
    loose = run("token", "new", "x", "--scope", "admin")
    assert re.search(r"^x [0-9a-f]{64} admin$", loose.stderr, re.MULTILINE)


COMMANDS = [
    (("call", "prime", "97"), "", "call:prime"),
    (("call", "prime", "-"), "97\n", "call:prime"),
    (("status",), "", "cluster:read"),
    (("queue", "create", "q"), "", "queues:q"),
    (("job", "submit", "prime", '{"n":"97"}'), "", "jobs:write"),
    (("schedule", "ls"), "", "schedules:*"),
    (("bench", "http", "--seconds", "100ms", "--warmup", "0", "--connections", "2"), "", "call:prime"),
    (("bench", "ws", "--seconds", "100ms", "--warmup", "0", "--connections", "2"), "", "call:prime"),
]


@pytest.mark.parametrize("arguments, text, scope", COMMANDS)
def test_commands_show_their_token(guarded, arguments, text, scope):
    token = guarded.tokens[scope]
    flagged = command(guarded.gateway, *arguments, "--token", token, text=text)
    assert flagged.returncode == 0, flagged.stderr
    set_by_variable = command(guarded.gateway, *arguments, text=text,
                              environment={"SQUALL_TOKEN": token})
    assert set_by_variable.returncode == 0, set_by_variable.stderr
    for other in ((), ("--token", "sq_wrong")):
        refused = command(guarded.gateway, *arguments, *other, text=text)
        assert refused.returncode != 0
        if arguments[0] != "bench":
            assert "unauthorized" in refused.stderr + refused.stdout, refused
        assert "sq_wrong" not in refused.stderr
