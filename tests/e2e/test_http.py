"""HTTP as clients use it, against a gateway with a pool of its own."""

import re
import shutil
import subprocess

import pytest

import raw
from scale import seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    flags = ("--pool", "prime=2", "--pool", "sleep=10", "--require", "prime", "--echo")
    return module_cluster.gateway(*flags, "--origin", "https://app.example")


def test_hello(gateway):
    answer = gateway.get("/hello")
    assert answer.status == 200
    assert b"ello" in answer.body


def test_a_call_by_get_and_by_post(gateway):
    by_get = gateway.get("/v1/call/prime?n=97")
    by_post = gateway.call("prime", {"n": "97"})
    assert by_get.status == by_post.status == 200
    assert by_get.headers["content-type"] == "application/json"
    assert by_get.json() == by_post.json()
    assert (by_get.json()["n"], by_get.json()["prime"]) == ("97", True)


def test_a_query_string_brings_integers_too(gateway):
    assert gateway.get("/v1/call/sleep?ms=1").json() == {"ms": 1}


def test_an_integer_of_any_length_is_taken_exactly(gateway):
    mersenne = 2**521 - 1
    for params in ({"n": str(mersenne)}, {"n": mersenne}):
        answer = gateway.call("prime", params).json()
        assert (answer["n"], answer["prime"]) == (str(mersenne), True)


def test_10_000_numbers_in_one_call(gateway):
    answer = gateway.call("prime", {"numbers": list(range(10_000))})
    assert answer.status == 200
    assert sum(entry["prime"] for entry in answer.json()["results"]) == 1229


PROBLEMS = [
    ("GET", "/nothing", None, 404, "not_found"),
    ("GET", "/v1/call/nothing?n=1", None, 404, "unknown_kind"),
    ("POST", "/v1/call/prime", "{", 400, "parse_error"),
    ("POST", "/v1/call/prime", '{"n":"1.5"}', 422, "invalid_params"),
    ("POST", "/v1/call/prime", '{"n":"x"}', 422, "invalid_params"),
    ("POST", "/v1/call/prime", "{}", 422, "invalid_params"),
]


@pytest.mark.parametrize("method, path, body, status, code", PROBLEMS)
def test_errors_are_problem_details(gateway, method, path, body, status, code):
    headers = {"X-Request-Id": "my-id-1", "Content-Type": "application/json"}
    answer = gateway.request(method, path, body, headers)
    problem = answer.json()
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["request_id"]) == (status, code, "my-id-1")
    assert problem["title"] and problem["detail"]
    assert answer.headers["x-request-id"] == "my-id-1"


def test_a_call_whose_time_passes(gateway):
    answer = gateway.call("sleep", {"ms": 20_000}, {"X-Timeout-Ms": "100"})
    assert (answer.status, answer.json()["code"]) == (504, "deadline_exceeded")


def test_a_method_that_a_path_has_not(gateway):
    answer = gateway.request("DELETE", "/v1/kinds")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


def test_cors_for_a_listed_origin_alone(gateway):
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    answer = gateway.request("OPTIONS", "/v1/call/prime", None, asked)
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    foreign = gateway.request("GET", "/v1/kinds", None, {"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in foreign.headers


def test_kinds_say_what_they_take(gateway):
    kinds = {kind["kind"] if "kind" in kind else kind["name"]: kind for kind in list_kinds(gateway)}
    assert {"prime", "sleep"} <= set(kinds)
    assert kinds["prime"]["description"]


def list_kinds(gateway):
    document = gateway.get("/v1/kinds").json()
    return document["kinds"] if isinstance(document, dict) else document


def test_pipelined_requests_are_answered_in_order(gateway):
    requests = b"".join(
        b"GET /v1/call/prime?n=%d HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
        % (n, b"Connection: close\r\n" if n == 99 else b"")
        for n in range(100)
    )
    data = raw.answer_to(gateway, requests)
    assert re.findall(rb'"n":"(\d+)"', data) == [b"%d" % n for n in range(100)]


def test_head_has_the_headers_of_get_and_no_body(gateway):
    head, get = gateway.request("HEAD", "/hello"), gateway.get("/hello")
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_chunks_come_back_whole(gateway):
    pieces = [b"x" * size for size in (1, 1_000, 100_000)]
    answer = gateway.request("POST", "/echo", iter(pieces))
    assert answer.body == b"".join(pieces)


def test_metrics_satisfy_promtool(gateway):
    gateway.call("prime", {"n": 97})
    answer = gateway.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'squall_calls_total{kind="prime",outcome="ok"}' in answer.body.decode()
    promtool = shutil.which("promtool")
    assert promtool, "promtool is not on PATH"
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=answer.body, capture_output=True, timeout=seconds(30)
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_readiness_needs_the_required_kinds_and_liveness_nothing(cluster):
    gateway = cluster.gateway("--require", "prime", "--require", "sleep")
    assert gateway.get("/livez").status == gateway.get("/healthz").status == 200
    before = gateway.get("/readyz")
    assert before.status == 503
    assert "prime" in before.json()["detail"] and "sleep" in before.json()["detail"]

    cluster.worker(gateway, name="half")
    gateway.wait_for_workers("half")
    half = gateway.get("/readyz")
    assert half.status == 503 and "prime" not in half.json()["detail"]

    worker = cluster.worker(gateway, pools=["sleep=1"], name="rest")
    gateway.wait_for_workers("half", "rest")
    assert gateway.get("/readyz").status == 200

    worker.kill()
    gateway.wait_for_workers("half")
    assert gateway.get("/readyz").status == 503
