"""Garbage and half-sent input of every kind: answered or closed, never fatal."""

import random

import pytest

import raw
from cluster import eventually
from scale import count, seconds

TIMEOUTS = [f"--{name}-timeout=500ms" for name in ("header", "body", "idle", "close")]


@pytest.fixture(scope="module")
def gateway(module_cluster):
    return module_cluster.gateway("--pool", "prime=2", "--echo", *TIMEOUTS)


@pytest.fixture(autouse=True)
def unharmed(gateway):
    """After each test the gateway answers, and no connection is left behind."""
    yield
    assert gateway.call("prime", {"n": 97}).json()["prime"] is True
    eventually(
        lambda: (gateway.connections("http"), gateway.connections("websocket")) == (1, 0),
        seconds(10),
        "only the connection that asks is open",
    )


GET = b"GET /hello HTTP/1.1\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

MALFORMED = {
    "no request line": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "words": b"hello world, how are you\r\n\r\n",
    "lower case version": b"GET / http/1.1\r\nHost: x\r\n\r\n",
    "no host": GET + b"\r\n",
    "two hosts": GET + b"Host: a\r\nHost: b\r\n\r\n",
    "space before colon": GET + b"Host: x\r\nA : b\r\n\r\n",
    "folded header": GET + b"Host: x\r\nA: b\r\n c\r\n\r\n",
    "zero byte": GET + b"Host: x\r\nA: \x00\r\n\r\n",
    "bare line feed in a value": GET + b"Host: x\r\nA: b\rc\r\n\r\n",
    "negative length": POST + b"Content-Length: -1\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": POST + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "bad chunk": POST + CHUNKED + b"\r\nzz\r\n",
    "huge chunk": POST + CHUNKED + b"\r\nffffffffffffffffff\r\n",
    "bad escape": b"GET /v1/call/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_answered_with_4xx_and_closed(gateway, request_):
    answer = raw.answer_to(gateway, request_)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ")), answer


HALF_SENT = {
    "nothing": b"",
    "half a line": b"GET /hel",
    "half a header": GET + b"Host: x\r\nAccept: text",
    "no blank line": GET + b"Host: x\r\n",
    "half a body": POST + b"Content-Length: 10\r\n\r\nabc",
    "half a chunk": POST + CHUNKED + b"\r\na\r\nabc",
    "half a handshake": b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgr",
}


@pytest.mark.parametrize("request_", HALF_SENT.values(), ids=HALF_SENT.keys())
def test_a_half_sent_request_is_closed_when_its_time_has_passed(gateway, request_):
    answer = raw.answer_to(gateway, request_)
    assert not answer or answer.startswith(b"HTTP/1.1 408 "), answer


@pytest.mark.parametrize("request_", HALF_SENT.values(), ids=HALF_SENT.keys())
def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(gateway, request_):
    for _ in range(20):
        with raw.connect(gateway) as connection:
            connection.sendall(request_)


HANDSHAKES = {
    "no key": ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
    "short key": ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 400),
    "version 12": ("Version: 13", "Version: 12", 426),
    "foreign origin": ("\r\n\r\n", "\r\nOrigin: http://evil.example\r\n\r\n", 403),
    "no endpoint": ("/v1/ws", "/v1/no", 404),
}


@pytest.mark.parametrize("old, new, status", HANDSHAKES.values(), ids=HANDSHAKES.keys())
def test_a_bad_handshake_is_refused(gateway, old, new, status):
    request = raw.handshake(gateway).decode().replace(old, new).encode()
    with raw.connect(gateway) as connection:
        connection.sendall(request)
        connection.shutdown(1)
        assert raw.receive_all(connection).startswith(b"HTTP/1.1 %d " % status)


FRAMES = {
    "unmasked": (raw.frame(raw.TEXT, b"97", mask=False), 1002),
    "reserved bits": (raw.frame(raw.TEXT, b"97", reserved=3), 1002),
    "reserved opcode": (raw.frame(3, b"97"), 1002),
    "long ping": (raw.frame(raw.PING, b"x" * 126), 1002),
    "fragmented ping": (raw.frame(raw.PING, b"x", fin=False), 1002),
    "continuation of nothing": (raw.frame(0, b"97"), 1002),
    "text in a message": (raw.frame(raw.TEXT, b"9", fin=False) + raw.frame(raw.TEXT, b"7"), 1002),
    "bad UTF-8": (raw.frame(raw.TEXT, b"\xc3\x28"), 1007),
    "half a character": (raw.frame(raw.TEXT, b"\xe2\x82"), 1007),
    "close code 1005": (raw.frame(raw.CLOSE, b"\x03\xed"), 1002),
    "close of one byte": (raw.frame(raw.CLOSE, b"\x03"), 1002),
}


@pytest.mark.parametrize("path", ["/v1/ws", "/ws/prime"])
@pytest.mark.parametrize("frames, code", FRAMES.values(), ids=FRAMES.keys())
def test_a_bad_frame_closes_with_its_code(gateway, path, frames, code):
    with raw.open_websocket(gateway, path) as connection:
        connection.sendall(frames)
        assert raw.receive_close(connection) == code


def test_a_client_that_leaves_inside_a_frame_leaves_nothing_behind(gateway):
    whole = raw.frame(raw.TEXT, b'{"jsonrpc":"2.0","id":1,"method":"prime","params":{"n":97}}')
    for size in range(1, len(whole)):
        with raw.open_websocket(gateway) as connection:
            connection.sendall(whole[:size])


def test_random_bytes_do_no_harm(gateway):
    choice = random.Random(7)
    for _ in range(count(200)):
        noise = choice.randbytes(choice.randrange(1, 2_000))
        with raw.connect(gateway) as connection:
            connection.sendall(choice.choice((b"", GET, GET + b"Host: x\r\n")) + noise)
            connection.shutdown(1)
            raw.receive_all(connection)
        with raw.open_websocket(gateway, choice.choice(("/v1/ws", "/ws/prime"))) as connection:
            connection.sendall(noise if choice.random() < 0.5 else raw.frame(raw.TEXT, noise))
            connection.shutdown(1)
            raw.receive_all(connection)
