"""Queues and schedules that a gateway sees to: from a file, at its start and at SIGHUP."""

import json
import signal

import pytest

from cluster import eventually
from processes import run
from scale import seconds

QUEUE = {"name": "mail", "order": "fifo", "maxsize": 7}
SCHEDULE = {"name": "nightly", "cron": "0 3 * * *", "kind": "prime", "params": {"n": 97}}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "declared.yaml"


def declare(file, queues=(), schedules=(), **rest):
    file.write_text(json.dumps({"queues": list(queues), "schedules": list(schedules), **rest}))


def ready(gateway):
    eventually(lambda: gateway.get("/readyz").status == 200, seconds(20), "ready")


def reload(gateway, times):
    """Has it read its file once more, and waits until all is as it says there."""
    gateway.send_signal(signal.SIGHUP)
    done = lambda: gateway.err.text().count("all that is declared is there") > times
    eventually(done, seconds(20), "it was read again")


def queue_of(gateway, name):
    answer = gateway.get(f"/v1/queues/{name}")
    return answer.json() if answer.status == 200 else None


def schedule_of(gateway, name="nightly"):
    return gateway.get(f"/v1/schedules/{name}").json()


def test_what_is_declared_is_there_when_the_gateway_is_ready(cluster, file):
    file.write_text(
        "apiVersion: squall/v1\n"
        "gateways: {main: {store: '${NOBODY_SETS_THIS}'}}\n"
        "queues:\n- name: mail\n  order: fifo\n  maxsize: 7\n"
        "schedules:\n- name: nightly\n  cron: 0 3 * * *\n  kind: prime\n  params: {n: 97}\n"
    )
    gateway = cluster.gateway("--declare", str(file))
    ready(gateway)
    assert QUEUE.items() <= queue_of(gateway, "mail").items()
    assert SCHEDULE.items() <= schedule_of(gateway).items()


def test_what_differs_is_changed_at_sighup_and_what_is_not_named_stays(cluster, file):
    declare(file, [QUEUE, {"name": "old"}], [SCHEDULE])
    gateway = cluster.gateway("--declare", str(file))
    ready(gateway)
    gateway.request("POST", "/v1/queues/mail/items", '{"body":1}')
    gateway.request("POST", "/v1/queues/mail/pause")
    gateway.request("POST", "/v1/schedules/nightly/pause")
    declare(file, [{**QUEUE, "maxsize": 9}, {"name": "new"}], [{**SCHEDULE, "params": {"n": 5}}])
    reload(gateway, 1)
    mail = queue_of(gateway, "mail")
    assert (mail["maxsize"], mail["ready"], mail["paused"]) == (9, 1, True)
    assert queue_of(gateway, "new") and queue_of(gateway, "old")
    assert schedule_of(gateway)["params"] == {"n": 5} and schedule_of(gateway)["paused"] is True
    gateway.err.wait_for("queue old is not declared any more; it stays as it is")


def test_what_is_the_same_is_left_alone(cluster, file, tmp_path):
    every = {"name": "nightly", "every_ms": 3_600_000, "kind": "prime", "params": {"n": 97}}
    declare(file, [QUEUE], [every])
    store = ("--store", f"sqlite:{tmp_path}/queues.db")
    first = cluster.gateway("--declare", str(file), *store)
    ready(first)
    made = schedule_of(first)
    first.terminate()
    assert first.wait() == 0
    second = cluster.gateway("--declare", str(file), *store)
    ready(second)
    reload(second, 1)
    assert schedule_of(second) == made
    assert "as it is declared" not in second.err.text()


def test_a_bad_file_ends_the_start_with_all_its_mistakes(file):
    declare(file, [{**QUEUE, "maxsize": -1}, {"name": "a b"}], [{"name": "s", "kind": "k"}])
    told = run("gateway", "--store", "memory:", "--declare", str(file))
    assert told.returncode == 2
    for mistake in ("maxsize: an integer", "a queue's name is", "cron: a line"):
        assert mistake in told.stderr
    missing = run("gateway", "--store", "memory:", "--declare", str(file) + ".not")
    assert missing.returncode == 2 and "cannot read" in missing.stderr


def test_a_bad_file_at_sighup_changes_nothing(cluster, file):
    declare(file, [QUEUE])
    gateway = cluster.gateway("--declare", str(file))
    ready(gateway)
    declare(file, [{**QUEUE, "maxsize": 1}, {"name": "b", "rate": "often"}])
    gateway.send_signal(signal.SIGHUP)
    gateway.err.wait_for("what was declared before stays")
    assert queue_of(gateway, "mail")["maxsize"] == 7 and not queue_of(gateway, "b")
    declare(file, [{**QUEUE, "maxsize": 1}])
    reload(gateway, 1)
    assert queue_of(gateway, "mail")["maxsize"] == 1


def test_sighup_ends_no_gateway(cluster):
    gateway = cluster.gateway()
    gateway.send_signal(signal.SIGHUP)
    gateway.terminate()
    assert gateway.wait() == 0
