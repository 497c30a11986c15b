"""`--consume QUEUE=KIND:N`: items of queues are run as calls, and none is lost, whatever dies."""

import concurrent.futures
import itertools
import json
import time

import pytest

from cluster import eventually
from scale import SANITIZED, count, seconds


def define(gateway, queue, **settings):
    answer = gateway.request("PUT", f"/v1/queues/{queue}", json.dumps(settings))
    assert answer.status == 201, answer.body


def put(gateway, queue, bodies):
    """Puts items, 1,000 a request."""
    bodies = iter(bodies)
    while some := [{"body": body} for body in itertools.islice(bodies, 1_000)]:
        answer = gateway.request("POST", f"/v1/queues/{queue}/items", json.dumps(some))
        assert answer.status == 201, answer.body


def books(gateway, queue):
    return gateway.get(f"/v1/queues/{queue}").json()


def join(gateway, queue, timeout=30):
    """Waits until every item is finished; gives the status."""
    timeout_ms = seconds(timeout) * 1_000
    return gateway.request("POST", f"/v1/queues/{queue}/join?timeout_ms={timeout_ms}").status


def consumer(cluster, *gateways, order, name=None, flags=()):
    """A worker that consumes and offers nothing."""
    return cluster.worker(*gateways, pools=(), name=name, flags=("--consume", order, *flags))


def wait_for(gateway, queue, timeout=10, **values):
    def holds():
        now = books(gateway, queue)
        return all(now.get(name) == value for name, value in values.items())

    eventually(holds, seconds(timeout), f"{queue}: {values}")


def test_20_000_items_are_acked_once_each_while_a_worker_is_killed_every_second(cluster):
    gateway = cluster.gateway()
    total = count(20_000)
    # What a killed worker held counts as an attempt.
    define(gateway, "naps", max_attempts=20)
    # Seconds of work for 30 slots, however many items there are.
    nap_ms = 10 * 20_000 // total
    put(gateway, "naps", ({"ms": nap_ms} for _ in range(total)))
    names = itertools.count(1)

    def start():
        return consumer(cluster, gateway, order="naps=sleep:10", name=f"w{next(names)}")

    workers = [start() for _ in range(3)]
    killed = 0
    with concurrent.futures.ThreadPoolExecutor() as threads:
        joined = threads.submit(join, gateway, "naps")
        while not concurrent.futures.wait([joined], timeout=2 if SANITIZED else 1).done:
            workers.pop(0).kill()
            workers.append(start())
            killed += 1
        assert joined.result() == 204
    end = books(gateway, "naps")
    print(f"{killed} workers killed, {end['total_expired']} items taken from them")
    assert killed >= 2
    assert (end["total_put"], end["total_acked"]) == (total, total)
    assert (end["unfinished"], end["dead"], end["total_nacked"]) == (0, 0, 0)
    assert end["total_leased"] == total + end["total_expired"]


def test_a_consuming_worker_that_is_terminated_finishes_what_it_holds(cluster):
    gateway = cluster.gateway()
    define(gateway, "naps")
    put(gateway, "naps", ({"ms": seconds(700)} for _ in range(10)))
    leaving = consumer(cluster, gateway, order="naps=sleep:4")
    wait_for(gateway, "naps", leased=4)
    leaving.terminate()
    assert leaving.wait(seconds(10)) == 0
    end = books(gateway, "naps")
    assert (end["total_leased"], end["total_acked"], end["total_expired"]) == (4, 4, 0)
    assert (end["ready"], end["leased"]) == (6, 0)
    consumer(cluster, gateway, order="naps=sleep:4")
    assert join(gateway, "naps") == 204


def test_a_terminated_worker_gives_back_what_it_cannot_finish(cluster):
    gateway = cluster.gateway()
    define(gateway, "naps")
    put(gateway, "naps", [{"ms": 60_000}])
    leaving = consumer(cluster, gateway, order="naps=sleep:1", flags=("--drain-timeout", "300ms"))
    wait_for(gateway, "naps", leased=1)
    leaving.terminate()
    assert leaving.wait(seconds(5)) == 1
    wait_for(gateway, "naps", ready=1, leased=0)


def test_a_worker_that_hangs_loses_its_items_and_its_late_results_change_nothing(cluster):
    gateway = cluster.gateway()
    define(gateway, "naps")
    put(gateway, "naps", ({"ms": seconds(300)} for _ in range(4)))
    hanging = consumer(cluster, gateway, order="naps=sleep:2", name="hanging")
    wait_for(gateway, "naps", leased=2)
    hanging.stop()
    consumer(cluster, gateway, order="naps=sleep:2", name="other")
    assert join(gateway, "naps") == 204
    hanging.resume()
    gateway.wait_for_workers("hanging", "other")
    put(gateway, "naps", ({"ms": 1} for _ in range(20)))
    assert join(gateway, "naps") == 204
    end = books(gateway, "naps")
    assert (end["total_put"], end["total_acked"], end["total_expired"]) == (24, 24, 2)


def test_an_item_that_its_kind_refuses_ends_in_the_dead_list_at_once_with_the_error(cluster):
    gateway = cluster.gateway()
    define(gateway, "numbers", max_attempts=3, backoff_ms=20)
    put(gateway, "numbers", [{"n": "many"}, {"n": "97"}])
    consumer(cluster, gateway, order="numbers=prime:2")
    assert join(gateway, "numbers") == 204
    dead = gateway.get("/v1/queues/numbers/dead").json()["items"]
    assert [item["body"] for item in dead] == [{"n": "many"}]
    assert [attempt["attempt"] for attempt in dead[0]["attempts"]] == [1]
    assert dead[0]["attempts"][0]["error"].startswith("invalid_params: ")
    end = books(gateway, "numbers")
    assert (end["total_acked"], end["total_nacked"], end["dead"]) == (1, 1, 1)


@pytest.mark.parametrize("slots", [1, 3])
def test_one_worker_consumes_from_two_gateways(cluster, slots):
    gateways = [cluster.gateway(), cluster.gateway()]
    for gateway in gateways:
        define(gateway, "numbers")
    consumer(cluster, *gateways, order=f"numbers=prime:{slots}", name="w")
    for gateway in gateways:
        gateway.wait_for_workers("w")
        put(gateway, "numbers", ({"n": n} for n in range(count(3_000))))
    for gateway in gateways:
        assert join(gateway, "numbers") == 204
        assert books(gateway, "numbers")["total_acked"] == count(3_000)

    gateways[0].kill()
    put(gateways[1], "numbers", ({"n": n} for n in range(100)))
    assert join(gateways[1], "numbers") == 204


def test_a_gateway_that_was_restarted_is_consumed_from_again(cluster):
    first = cluster.gateway()
    consumer(cluster, first, order="numbers=prime:2", name="w")
    wait_for(first, "numbers", getters=1)
    first.kill()
    again = cluster.gateway(ports=first.ports)
    again.wait_for_workers("w")
    wait_for(again, "numbers", getters=1)
    put(again, "numbers", [{"n": 97}])
    assert join(again, "numbers") == 204


def test_a_gateway_consumes_in_its_own_process_and_finishes_before_it_ends(cluster):
    gateway = cluster.gateway("--consume", "naps=sleep:4")
    wait_for(gateway, "naps", getters=1)  # the consumers made the queue
    put(gateway, "naps", ({"ms": 1} for _ in range(100)))
    assert join(gateway, "naps") == 204
    put(gateway, "naps", [{"ms": seconds(1_000)}])
    wait_for(gateway, "naps", leased=1)
    begin = time.monotonic()
    gateway.terminate()
    assert gateway.wait(seconds(10)) == 0
    assert time.monotonic() - begin > seconds(0.5)


def test_consumers_come_from_a_file_too(cluster, tmp_path):
    gateway = cluster.gateway()
    settings = tmp_path / "squall.toml"
    settings.write_text(
        f'[worker]\njoin = ["{gateway.address}"]\nconsume = ["a=prime:1", "b=sleep:auto"]\n'
    )
    worker = cluster.squall("worker", "--config", str(settings))
    worker.err.wait_for(r'consumes the queue "b" with the kind sleep, 1000 at a time')
    for queue, body in (("a", {"n": 97}), ("b", {"ms": 1})):
        wait_for(gateway, queue, getters=1)
        put(gateway, queue, [body])
        assert join(gateway, queue) == 204
