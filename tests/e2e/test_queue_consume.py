"""`squall queue consume`: a command for each item, with real processes."""

import json
import signal
import time

import pytest

from cluster import eventually
from queue_commands import ask
from scale import count, seconds


def make(gateway, name, *flags):
    done = ask(gateway, "create", name, "--backoff", "0s", *flags)
    assert done.returncode == 0, done


def put(gateway, queue, *bodies):
    done = ask(gateway, "put", queue, *(json.dumps(body) for body in bodies))
    assert done.returncode == 0, done
    return done.stdout.split()


def stats(gateway, queue):
    return gateway.get(f"/v1/queues/{queue}").json()


def wait_for(gateway, queue, **values):
    eventually(
        lambda: all(stats(gateway, queue)[k] == v for k, v in values.items()),
        seconds(20),
        f"{queue}: {values}; it is {stats(gateway, queue)}",
    )


def consumer(cluster, gateway, queue, exec_, *flags):
    return cluster.squall("queue", "consume", queue, "--exec", exec_, "--url", gateway.url, *flags)


def test_a_command_gets_the_item_and_its_output_goes_through(gateway, queue):
    first, second = put(gateway, queue, {"n": 97}, "it's; $(false)")
    script = 'echo "$SQUALL_QUEUE $SQUALL_ITEM_ID $SQUALL_ATTEMPT $(cat)"; echo heard >&2'
    done = ask(gateway, "consume", queue, "--exec", script, "--drain-empty")
    assert done.returncode == 0, done
    assert done.stdout.splitlines() == [
        f'{queue} {first} 1 {{"n": 97}}',
        f"{queue} {second} 1 \"it's; $(false)\"",
    ]
    assert done.stderr.count("heard\n") == 2
    assert stats(gateway, queue)["total_acked"] == 2


def test_many_items_at_a_time_are_each_acked_once(gateway, queue):
    total = count(300)
    put(gateway, queue, *range(total))
    done = ask(gateway, "consume", queue, "--exec", "cat", "--concurrency", "8", "--drain-empty")
    assert done.returncode == 0
    assert sorted(int(line) for line in done.stdout.split()) == list(range(total))
    now = stats(gateway, queue)
    assert (now["total_acked"], now["total_leased"], now["unfinished"]) == (total, total, 0)


def test_once_takes_one_item(gateway, queue):
    put(gateway, queue, 1, 2)
    done = ask(gateway, "consume", queue, "--exec", "cat", "--once")
    assert (done.returncode, done.stdout) == (0, "1\n")
    assert stats(gateway, queue)["ready"] == 1
    done = ask(gateway, "consume", queue, "--exec", "exit 1", "--once")
    assert done.returncode == 1


def test_a_command_that_fails_is_tried_again_then_dead(gateway, queue):
    make(gateway, queue, "--max-attempts", "3")
    put(gateway, queue, "x")
    script = 'echo "attempt $SQUALL_ATTEMPT" >&2; exit 3'
    done = ask(gateway, "consume", queue, "--exec", script, "--drain-empty")
    assert done.returncode == 1 and "3 items failed" in done.stderr
    dead = json.loads(ask(gateway, "dead", "ls", queue, "--json").stdout)["items"]
    errors = [attempt["error"] for attempt in dead[0]["attempts"]]
    assert errors == [f"exit code 3: attempt {n}" for n in (1, 2, 3)]


def test_a_command_that_a_signal_ends_has_failed(gateway, queue):
    make(gateway, queue, "--max-attempts", "1")
    put(gateway, queue, "x")
    done = ask(gateway, "consume", queue, "--exec", "kill -KILL $$", "--once")
    assert done.returncode == 1
    dead = json.loads(ask(gateway, "dead", "ls", queue, "--json").stdout)["items"]
    assert dead[0]["attempts"][0]["error"] == "killed by signal 9"


def test_a_consumer_that_is_killed_gives_its_item_back_when_its_lease_runs_out(
    gateway, queue, cluster
):
    put(gateway, queue, "x")
    killed = consumer(cluster, gateway, queue, "exec sleep 60", "--lease", "2s")
    wait_for(gateway, queue, leased=1)
    killed.kill()
    wait_for(gateway, queue, ready=1, leased=0, total_expired=1)
    done = ask(gateway, "consume", queue, "--exec", "echo $SQUALL_ATTEMPT", "--once")
    assert (done.returncode, done.stdout) == (0, "2\n")


def test_a_killed_consumer_does_not_leave_its_command_behind(gateway, queue, cluster, tmp_path):
    put(gateway, queue, "x")
    pid_file = tmp_path / "pid"
    killed = consumer(cluster, gateway, queue, f"echo $$ > {pid_file}; exec sleep 60")
    eventually(lambda: pid_file.exists() and pid_file.read_text(), seconds(10), "it runs")
    killed.kill()
    path = f"/proc/{pid_file.read_text().strip()}/cmdline"
    eventually(lambda: not is_running(path), seconds(5), "the command has ended")


def is_running(path):
    try:
        with open(path, encoding="utf-8") as file:
            return "sleep" in file.read()
    except OSError:
        return False


def test_a_lease_is_extended_while_the_command_runs(gateway, queue):
    put(gateway, queue, "x")
    done = ask(gateway, "consume", queue, "--exec", "sleep 2.5", "--lease", "1s", "--once")
    assert done.returncode == 0
    now = stats(gateway, queue)
    assert (now["total_acked"], now["total_expired"], now["total_leased"]) == (1, 0, 1)


def test_a_command_whose_lease_is_lost_is_ended(gateway, queue, cluster, tmp_path):
    put(gateway, queue, "x")
    ended = tmp_path / "ended"
    script = f"trap 'touch {ended}; exit 0' TERM; sleep 60 & wait"
    runs = consumer(cluster, gateway, queue, script, "--lease", "1s", "--once")
    wait_for(gateway, queue, leased=1)
    assert gateway.request("DELETE", f"/v1/queues/{queue}").status == 204
    assert runs.wait(seconds(10)) == 1
    assert ended.exists()
    runs.err.wait_for("the lease was lost")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_what_runs_finish(gateway, queue, cluster, number):
    put(gateway, queue, "x", "y")
    runs = consumer(cluster, gateway, queue, "cat; sleep 1; echo done")
    runs.out.wait_for("x")
    runs.send_signal(number)
    assert runs.wait() == 0
    runs.out.wait_for("done")
    now = stats(gateway, queue)
    assert (now["total_acked"], now["ready"], now["leased"]) == (1, 1, 0)


def test_a_signal_ends_a_consumer_that_waits_at_once(gateway, queue, cluster):
    runs = consumer(cluster, gateway, queue, "cat", "--concurrency", "4")
    wait_for(gateway, queue, getters=4)
    begin = time.monotonic()
    runs.terminate()
    assert runs.wait() == 0
    assert time.monotonic() - begin < seconds(2)
    wait_for(gateway, queue, getters=0)


def test_a_second_signal_ends_it_at_once(gateway, queue, cluster):
    put(gateway, queue, "x")
    runs = consumer(cluster, gateway, queue, "trap '' TERM INT; cat; sleep 60")
    runs.out.wait_for("x")
    runs.terminate()
    runs.err.wait_for("second signal")
    runs.terminate()
    assert runs.wait(seconds(3)) == 1


def test_a_consumer_goes_on_when_its_gateway_is_back(cluster):
    first = cluster.gateway()
    make(first, "jobs")
    runs = consumer(cluster, first, "jobs", "cat")
    put(first, "jobs", "before")
    runs.out.wait_for("before")
    wait_for(first, "jobs", unfinished=0)
    first.kill()
    runs.err.wait_for("waiting until")
    again = cluster.gateway(ports=first.ports)
    make(again, "jobs")
    put(again, "jobs", "after")
    runs.out.wait_for("after", seconds(20))
    wait_for(again, "jobs", unfinished=0)
    runs.terminate()
    assert runs.wait() == 0
