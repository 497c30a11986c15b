"""/v1/ws and /ws/prime from process to process."""

import asyncio
import json

import pytest

from rpc import RpcError, connect, dial
from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name="w")
    gateway.wait_for_workers("w")
    return gateway


async def exchange(gateway, *messages, path="/v1/ws", answers=None):
    """Sends texts; gives the first `answers` messages that come back, one a text by default."""
    async with dial(gateway.ws(path)) as socket:
        for message in messages:
            await socket.send(message)
        wanted = len(messages) if answers is None else answers
        return [await asyncio.wait_for(socket.recv(), seconds(10)) for _ in range(wanted)]


def ask(gateway, request):
    (answer,) = asyncio.run(exchange(gateway, json.dumps(request)))
    return json.loads(answer)


def request(method, params=None, **more):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}, **more}


def test_a_kind_is_a_method(gateway):
    answer = ask(gateway, request("prime", {"n": "97"}))
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", 1)
    assert (answer["result"]["n"], answer["result"]["prime"]) == ("97", True)


def test_a_batch_is_answered_as_one(gateway):
    notification = {"jsonrpc": "2.0", "method": "prime", "params": {"n": 4}}
    batch = [request("prime", {"n": n}, id=str(n)) for n in range(50)] + [notification, 7]
    answers = ask(gateway, batch)
    by_id = {answer["id"]: answer for answer in answers}
    assert len(answers) == 51
    assert [n for n in range(50) if by_id[str(n)]["result"]["prime"]][:6] == [2, 3, 5, 7, 11, 13]
    assert by_id[None]["error"]["code"] == -32600


def test_notifications_are_never_answered(gateway):
    silent = json.dumps({"jsonrpc": "2.0", "method": "no-such-method"})
    answers = asyncio.run(
        exchange(gateway, silent, f"[{silent}]", json.dumps(request("ping")), answers=1)
    )
    assert json.loads(answers[0])["result"] == "pong"


ERRORS = [
    ("not json", -32700, "parse_error"),
    ("[]", -32600, "invalid_request"),
    ('{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, "invalid_request"),
    (json.dumps(request("no-such-kind")), -32601, "unknown_kind"),
    (json.dumps(request("call", {"kind": "no-such-kind"})), -32601, "unknown_kind"),
    (json.dumps(request("prime", {"n": "1e3"})), -32602, "invalid_params"),
    (json.dumps(request("prime", {"n": "9" * 10_001})), -32602, "invalid_params"),
    (json.dumps(request("call", {"kind": "prime", "priority": 10})), -32602, "invalid_params"),
]


@pytest.mark.parametrize("text, number, name", ERRORS)
def test_errors_have_their_codes(gateway, text, number, name):
    (answer,) = asyncio.run(exchange(gateway, text))
    answer = json.loads(answer)
    assert (answer["error"]["code"], answer["error"]["data"]["code"]) == (number, name)
    assert answer["id"] == (None if number in (-32700, -32600) else 1)


def test_a_fast_call_overtakes_a_slow_one(gateway):
    slow = json.dumps(request("sleep", {"ms": seconds(300)}, id="slow"))
    fast = json.dumps(request("prime", {"n": 97}, id="fast"))
    answers = asyncio.run(exchange(gateway, slow, fast))
    assert [json.loads(answer)["id"] for answer in answers] == ["fast", "slow"]


def test_status_is_the_cluster(gateway):
    status = ask(gateway, request("status"))["result"]
    assert status["workers"][0]["name"] == "w"
    assert {kind["kind"] for kind in status["kinds"]} == {"prime", "sleep"}


def test_a_timeout_of_its_own(gateway):
    async def time_out():
        async with connect(gateway) as rpc:
            with pytest.raises(RpcError) as error:
                await rpc.call("call", {"kind": "sleep", "params": {"ms": 9_000}, "timeout_ms": 50})
            return error.value

    assert asyncio.run(time_out()).number == -32001


def test_the_guides_question(gateway):
    answers = asyncio.run(exchange(gateway, "97", "98", path="/ws/prime"))
    assert answers == ["97 is a prime number", "98 is not a prime number"]


def test_many_numbers_are_answered_in_the_order_of_the_questions(gateway):
    total = count(10_000)
    text = "\n".join(str(n) for n in range(total))
    answers = asyncio.run(exchange(gateway, text, path="/ws/prime", answers=total))
    assert [answer.split()[0] for answer in answers] == [str(n) for n in range(total)]
    assert [n for n in range(30) if "not" not in answers[n]] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


def test_bad_input_is_answered_in_its_place_and_the_connection_stays(gateway):
    messages = ("97 x 98", "", "1.5", "-7", "3")
    answers = asyncio.run(exchange(gateway, *messages, path="/ws/prime", answers=7))
    errors = [answer.startswith("error: ") for answer in answers]
    assert errors == [False, True, False, True, True, False, False]
    assert answers[5:] == ["-7 is not a prime number", "3 is a prime number"]


def test_a_number_of_thousands_of_digits_delays_no_small_one(gateway):
    # A Mersenne prime of 3,376 digits: its check takes most of a second.
    big = json.dumps(request("prime", {"n": str(2**11_213 - 1)}, id="big"))
    small = [json.dumps(request("prime", {"n": n}, id=n)) for n in range(20)]
    answers = [json.loads(answer) for answer in asyncio.run(exchange(gateway, big, *small))]
    assert answers[-1]["id"] == "big" and answers[-1]["result"]["prime"]
    assert {answer["id"] for answer in answers[:-1]} == set(range(20))
