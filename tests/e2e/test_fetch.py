"""The kind `fetch` against real servers: what they answer, and what can go wrong with them."""

import base64
import gzip
import json
import time
import zlib
from types import SimpleNamespace

import brotli
import pytest

from certificates import Authority
from fetching import fault, fetch, reason, refusal, sent_headers, start
from nginx import Nginx
from odd_server import OddServer
from scale import seconds

TEXT = "a line that is worth compressing, äöü\n" * 500
BYTES = bytes(range(256)) * 10

PAGES = """
  charset utf-8;
  location = /hello { return 200 "hello over $server_protocol\\n"; }
  location = /twice { add_header Set-Cookie a=1; add_header Set-Cookie b=2; return 200 "x"; }
  location = /missing { return 404 "nothing here"; }
  location = /broken { return 500 "broken"; }
  location = /none { return 204; }
  location = /text { gzip on; gzip_min_length 1; gzip_types text/plain; try_files /text.txt =404; }
  location = /br { add_header Content-Encoding br; try_files /text.br =404; }
  location = /deflate { add_header Content-Encoding deflate; try_files /text.zlib =404; }
  location = /bytes { try_files /bytes.bin =404; }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What nginx serves."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "text.br").write_bytes(brotli.compress(TEXT.encode()))
    (folder / "text.zlib").write_bytes(zlib.compress(TEXT.encode()))
    (folder / "bytes.bin").write_bytes(BYTES)
    return folder


@pytest.fixture(scope="module")
def nginx(folder):
    authority = Authority(folder)
    certificates = {
        "good": authority.sign("good", "good.test"),
        "wrong": authority.sign("wrong", "other.test"),
        "expired": authority.sign("expired", "good.test", "20200101000000Z", "20200201000000Z"),
        "own": authority.self_signed("own", "good.test"),
    }
    servers = [PAGES, (PAGES, None), *((PAGES, pair) for pair in certificates.values())]
    with Nginx(folder, servers) as server:
        yield SimpleNamespace(plain=f"http://127.0.0.1:{server.ports[0]}",
                              http2=f"http://127.0.0.1:{server.ports[1]}", authority=authority,
                              tls=dict(zip(certificates, server.ports[2:])))


@pytest.fixture(scope="module")
def odd():
    with OddServer() as server:
        yield server


@pytest.fixture(scope="module")
def gateway(module_cluster, nginx):
    flags = ["--fetch-allow", "127.0.0.1", "--fetch-ca", str(nginx.authority.certificate)]
    for port in nginx.tls.values():
        flags += ["--fetch-resolve", f"good.test:{port}:127.0.0.1"]
    return start(module_cluster, *flags)[0]


def secure(nginx, name, path="/hello"):
    return f"https://good.test:{nginx.tls[name]}{path}"


def test_a_page_comes_with_everything_about_it(gateway, nginx):
    answer = fetch(gateway, nginx.plain + "/hello")
    assert (answer["status"], answer["reason"]) == (200, "OK")
    assert answer["body"] == "hello over HTTP/1.1\n"
    assert (answer["http_version"], answer["redirects"]) == ("1.1", 0)
    assert answer["url"] == nginx.plain + "/hello"
    assert set(answer["timing"]) >= {"dns", "connect", "tls", "first_byte", "total"}
    assert 0 < answer["timing"]["total"] < seconds(5_000)


def test_a_browser_can_call_it(gateway, nginx):
    answer = gateway.get(f"/v1/call/fetch?url={nginx.plain}/hello")
    assert (answer.status, answer.json()["body"]) == (200, "hello over HTTP/1.1\n")


def test_a_link_cannot_make_a_request_that_changes_something(gateway, nginx):
    answer = gateway.get(f"/v1/call/fetch?url={nginx.plain}/hello&method=POST&body=x")
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_tls_brings_http_2_and_an_authority_of_the_operators_counts(gateway, nginx):
    answer = fetch(gateway, secure(nginx, "good"))
    assert (answer["http_version"], answer["body"]) == ("2", "hello over HTTP/2.0\n")
    older = fetch(gateway, secure(nginx, "good"), http_version="1.1")
    assert (older["http_version"], older["body"]) == ("1.1", "hello over HTTP/1.1\n")


def test_http_2_is_spoken_without_tls_when_asked_for(gateway, nginx):
    requests = [{"url": nginx.http2 + "/hello", "http_version": "2"}] * 20
    answers = gateway.call("fetch", {"requests": requests}).json()["answers"]
    answers += [fetch(gateway, **requests[0]) for _ in range(3)]
    assert {answer.get("http_version") for answer in answers} == {"2"}, answers


@pytest.mark.parametrize("certificate", ["wrong", "expired", "own"])
def test_a_bad_certificate_is_refused(gateway, nginx, certificate):
    assert reason(gateway, secure(nginx, certificate)) == "tls"


def test_an_unknown_authority_is_refused(cluster, nginx):
    port = nginx.tls["good"]
    gateway, _ = start(cluster, "--fetch-allow", "127.0.0.1",
                       "--fetch-resolve", f"good.test:{port}:127.0.0.1")
    assert reason(gateway, secure(nginx, "good")) == "tls"


@pytest.mark.parametrize("coding", ["text", "br", "deflate"])
def test_compressed_bodies_are_inflated(gateway, nginx, coding):
    answer = fetch(gateway, f"{nginx.plain}/{coding}")
    assert answer["body"] == TEXT
    # It really came compressed: without inflation it is something else.
    raw = fetch(gateway, f"{nginx.plain}/{coding}", decompress=False,
                headers={"Accept-Encoding": "gzip"})
    data = base64.b64decode(raw["body_base64"])
    inflate = {"text": gzip.decompress, "br": brotli.decompress, "deflate": zlib.decompress}
    assert inflate[coding](data) == TEXT.encode()


def test_a_body_that_is_not_what_its_coding_says_is_a_fault(gateway, odd):
    assert reason(gateway, odd.url("/notgzip")) == "protocol"


def test_bytes_come_as_base64(gateway, nginx):
    answer = fetch(gateway, nginx.plain + "/bytes")
    assert "body" not in answer
    assert base64.b64decode(answer["body_base64"]) == BYTES


def test_a_field_that_comes_twice_is_kept_twice(gateway, nginx):
    headers = fetch(gateway, nginx.plain + "/twice")["headers"]
    named = {name.lower(): value for name, value in headers.items()}
    assert named["set-cookie"] == ["a=1", "b=2"]


@pytest.mark.parametrize("path,status", [("/missing", 404), ("/broken", 500), ("/none", 204)])
def test_every_status_is_an_answer(gateway, nginx, path, status):
    assert fetch(gateway, nginx.plain + path)["status"] == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_and_bodies_arrive(gateway, odd, method):
    body = {"body": "with a body"} if method in ("POST", "PUT", "PATCH") else {}
    answer = fetch(gateway, odd.url("/echo"), method=method, headers={"X-Mine": "1"}, **body)
    request = odd.seen[-1]
    assert (request.method, request.body) == (method, body.get("body", "").encode())
    assert ("x-mine", "1") in request.headers
    assert answer["status"] == 200 and bool(answer["body"]) == (method != "HEAD")


def test_json_and_base64_bodies_and_credentials_arrive(gateway, odd):
    fetch(gateway, odd.url("/echo"), method="POST", json={"a": [1, "ä"]})
    assert json.loads(odd.seen[-1].body) == {"a": [1, "ä"]}
    assert dict(odd.seen[-1].headers)["content-type"].startswith("application/json")
    fetch(gateway, odd.url("/echo"), method="POST", json=10**30)
    assert odd.seen[-1].body == b"1" + b"0" * 30
    fetch(gateway, odd.url("/echo"), method="PUT", body_base64=base64.b64encode(BYTES).decode())
    assert odd.seen[-1].body == BYTES
    answer = fetch(gateway, odd.url("/echo"), auth={"username": "ann", "password": "s:ä"})
    expected = base64.b64encode("ann:s:ä".encode()).decode()
    assert sent_headers(answer)["authorization"] == f"Basic {expected}"


def test_a_header_cannot_bring_another_along(gateway, odd):
    before = len(odd.seen)
    for headers in ({"X-A": "1\r\nX-B: 2"}, {"X-A": "1\n2"}, {"X-A\r\nX-B": "1"}, {"X A": "1"},
                    {"X-A": "a\u0000b"}, {"": "1"}):
        refusal(gateway, {"url": odd.url("/echo"), "headers": headers})
    refusal(gateway, {"url": odd.url("/echo"), "method": "GET / HTTP/1.1\r\nX-B: 2\r\n\r\nGET"})
    answer = gateway.call("fetch", {"url": odd.url("/echo") + "?a=1 HTTP/1.1\r\nX-B: 2"})
    assert answer.status in (200, 422)
    assert not any("x-b" in dict(request.headers) for request in odd.seen[before:])


def test_a_chunked_body_is_put_together(gateway, odd):
    assert fetch(gateway, odd.url("/chunked"))["body"] == "abc" + "def" * 1000


def test_connections_are_used_again(gateway, odd):
    fetch(gateway, odd.url("/plain"))
    before = odd.connections
    for _ in range(20):
        assert fetch(gateway, odd.url("/plain"))["body"] == "plain"
    assert odd.connections - before <= 1


@pytest.mark.parametrize("path", ["/slowhead", "/hold", "/holdbody"])
def test_a_slow_server_is_given_up_in_time(gateway, odd, path):
    odd.gone.clear()
    begin = time.monotonic()
    assert reason(gateway, odd.url(path), timeout_ms=seconds(300)) == "timeout"
    assert time.monotonic() - begin < seconds(3)
    odd.wait_for_gone(path)


def test_a_body_without_end_stops_at_the_limit(gateway, odd):
    odd.gone.clear()
    assert reason(gateway, odd.url("/endless")) == "too_large"
    odd.wait_for_gone("/endless")


def test_the_limit_counts_what_is_inflated(gateway, odd):
    assert reason(gateway, odd.url("/bomb/100")) == "too_large"
    assert len(fetch(gateway, odd.url("/bomb/1"))["body"]) == 1 << 20
    assert reason(gateway, odd.url("/length/1001"), max_body_bytes=1000) == "too_large"
    assert len(fetch(gateway, odd.url("/length/1000"), max_body_bytes=1000)["body"]) == 1000


def test_answers_that_break_off_or_are_no_http_are_faults(gateway, odd):
    for path in ("/reset", "/short", "/garbage"):
        assert reason(gateway, odd.url(path)) == "protocol", path


def test_where_nobody_listens_there_is_no_connection(gateway):
    with OddServer() as gone:
        url = gone.url("/plain")
    problem = fault(gateway, url)
    assert (problem["reason"], problem["url"]) == ("connect", url)
    assert reason(gateway, "http://no-such-name.invalid/") == "dns"


def test_a_proxy_is_asked_for_names_and_not_for_what_is_inside(cluster, odd):
    gateway, _ = start(cluster, "--fetch-proxy", odd.origin)
    assert fetch(gateway, "http://far.test/plain")["body"] == "plain"
    assert ("host", "far.test") in odd.seen[-1].headers
    before = len(odd.seen)
    assert reason(gateway, "http://10.0.0.1/plain") == "blocked"
    assert len(odd.seen) == before


def test_params_that_cannot_be_used_are_refused_by_name(gateway, odd):
    url = odd.url("/plain")
    assert "url" in refusal(gateway, {})
    for name, value in [("timeout_ms", -1), ("max_redirects", "many"), ("headers", 7),
                        ("body_base64", "*"), ("follow_redirects", 3), ("http_version", "9"),
                        ("surprise", 1)]:
        assert name in refusal(gateway, {"url": url, name: value})
    assert "body" in refusal(gateway, {"url": url, "method": "POST", "body": "a", "json": 1})
