"""What only HTTP has of jobs: statuses, headers, `Prefer: wait`."""

import json
import threading
import time

import raw
from cluster import eventually
from jobs import UNKNOWN, post_jobs

JOB = {"kind": "thing", "params": {"n": 1}}


def of(queue, **more):
    return {**JOB, "queue": queue, **more}


def lease(gateway, queue):
    return gateway.request("POST", f"/v1/queues/{queue}/lease?timeout_ms=10000").json()["items"]


def ack(gateway, item, document=None):
    body = None if document is None else json.dumps(document)
    headers = {"Content-Type": "application/json"}
    return gateway.request("POST", f"/v1/leases/{item['lease']}/ack", body, headers)


def test_a_new_job_is_202_with_its_place(gateway):
    answer = post_jobs(gateway, of("places"))
    assert answer.status == 202
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"
    there = gateway.get(answer.headers["location"])
    assert (there.status, there.json()["params"]) == (200, {"n": 1})


def test_found_jobs_are_200(gateway):
    first = post_jobs(gateway, of("found"), Idempotency_Key="f")
    again = post_jobs(gateway, of("found"), Idempotency_Key="f")
    assert (first.status, again.status) == (202, 200)
    assert again.json()["existed"] is True
    assert again.headers["location"] == first.headers["location"]
    other = post_jobs(gateway, of("found", priority=9), Idempotency_Key="f")
    assert (other.status, other.json()["code"]) == (422, "invalid_params")


def test_a_key_of_an_array_is_one_for_each(gateway):
    entries = [of("array", params={"n": n}) for n in range(3)]
    first = post_jobs(gateway, entries, Idempotency_Key="a")
    assert first.status == 202
    again = post_jobs(gateway, entries, Idempotency_Key="a")
    assert again.status == 200
    ids = [[job["id"] for job in answer.json()["jobs"]] for answer in (first, again)]
    assert ids[0] == ids[1] and len(set(ids[0])) == 3
    # One more behind them, after an answer that was lost: only that one is made.
    more = post_jobs(gateway, [*entries, of("array", params={"n": 3})], Idempotency_Key="a")
    assert more.status == 202
    assert [job.get("existed", False) for job in more.json()["jobs"]] == [True] * 3 + [False]


def test_prefer_wait_gives_the_job_that_has_ended(gateway):
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(post_jobs(gateway, of("prefer"), Prefer="wait=30"))
    )
    asking.start()
    eventually(lambda: gateway.get("/v1/queues/prefer").status == 200, 10, "the queue")
    (item,) = lease(gateway, "prefer")
    assert ack(gateway, item, {"result": [1]}).status == 204
    asking.join()
    assert answers[0].status == 200
    assert (answers[0].json()["state"], answers[0].json()["result"]) == ("done", [1])


def test_prefer_wait_is_202_when_the_time_is_over(gateway):
    begin = time.monotonic()
    answer = post_jobs(gateway, of("late"), Prefer="respond-async, wait=1")
    assert (answer.status, answer.json()["state"]) == (202, "ready")
    assert 0.99 <= time.monotonic() - begin < 10
    assert "location" in answer.headers


def test_a_wait_of_a_client_that_leaves_costs_nothing(gateway):
    job = post_jobs(gateway, of("left")).json()
    for _ in range(3):
        connection = raw.connect(gateway)
        head = f"GET /v1/jobs/{job['id']}?wait_ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n"
        connection.sendall(head.encode())
        connection.close()
    assert gateway.request("DELETE", f"/v1/jobs/{job['id']}").json()["state"] == "cancelled"
    assert gateway.get("/livez").status == 200


def test_statuses_of_what_is_wrong(gateway):
    for text, status in (("{", 400), ("7", 422), ('"x"', 422), ("{}", 422), ("[]", 422)):
        assert post_jobs(gateway, text).status == status, text
    assert gateway.get(f"/v1/jobs/{UNKNOWN}").status == 404
    assert gateway.get("/v1/jobs/nonsense").json()["code"] == "not_found"
    assert gateway.request("PUT", f"/v1/jobs/{UNKNOWN}").status == 405
    assert gateway.get("/v1/jobs?nonsense=1").status == 422


def test_states_may_be_given_several_times(gateway):
    first, second = [post_jobs(gateway, of("states")).json()["id"] for _ in range(2)]
    gateway.request("DELETE", f"/v1/jobs/{first}")
    target = "/v1/jobs?queue=states&state=cancelled&state=ready"
    assert [job["id"] for job in gateway.get(target).json()["jobs"]] == [second, first]


def test_an_ack_may_have_a_result_or_none(gateway):
    jobs = [post_jobs(gateway, of("acks")).json()["id"] for _ in range(3)]
    for document, result in ((None, None), ({}, None), ({"result": {"a": 1}}, {"a": 1})):
        (item,) = lease(gateway, "acks")
        assert ack(gateway, item, document).status == 204
        done = gateway.get(f"/v1/jobs/{item['job']}").json()
        assert (done["state"], done.get("result")) == ("done", result)
        assert done["id"] == jobs.pop(0)
    post_jobs(gateway, of("acks"))
    (item,) = lease(gateway, "acks")
    assert ack(gateway, item, {"nonsense": 1}).status == 422
    assert ack(gateway, item).status == 204


def test_the_paths_are_in_the_description(gateway):
    paths = gateway.get("/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths["/v1/jobs"])
    assert {"get", "delete"} <= set(paths["/v1/jobs/{id}"])
