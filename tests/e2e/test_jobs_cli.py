"""`squall job`: submit, get, wait, cancel, list."""

import contextlib
import itertools
import json
import os
import pty
import signal
import subprocess

import pytest

from cluster import command, eventually
from jobs import UNKNOWN, post_jobs
from processes import BINARY, GUARD, clean_environment, run
from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name="w")
    gateway.wait_for_workers("w")
    return gateway


def job(gateway, *arguments, **options):
    return command(gateway, "job", *arguments, **options)


def submit(gateway, *arguments, **options):
    """The id of a job that is submitted."""
    done = job(gateway, "submit", *arguments, **options)
    assert (done.returncode, done.stderr) == (0, ""), done
    (number,) = done.stdout.split()
    return number


class Questions:
    """Requests that a gateway got from others since this was made."""

    def __init__(self, gateway):
        self._gateway = gateway
        self._own = itertools.count(1)
        self._before = self._total()

    def _total(self):
        text = self._gateway.get("/metrics").body.decode()
        (line,) = [line for line in text.splitlines() if line.startswith("squall_http_requests_total")]
        return int(line.split()[1])

    def wait_for(self, count):
        eventually(
            lambda: self._total() - next(self._own) >= self._before + count,
            seconds(10),
            f"{count} questions",
        )


def test_submit_prints_the_id_and_get_the_job(gateway):
    number = submit(gateway, "prime", '{"n": 123456789012345678901234567890}', "--queue", "q")
    done = job(gateway, "get", number)
    assert done.returncode == 0
    assert f'\n  "id": "{number}",' in done.stdout
    assert '"n": 123456789012345678901234567890' in done.stdout
    document = json.loads(done.stdout)
    assert (document["kind"], document["queue"], document["state"]) == ("prime", "q", "ready")


def test_options_arrive(gateway):
    flags = "--queue q --priority 9 --delay 1h --max-attempts 2 --timeout 5s --key k1 --unique u1"
    done = job(gateway, "submit", "thing", *flags.split(), "--json")
    document = json.loads(done.stdout)
    assert (document["state"], document["priority"]) == ("scheduled", 9)
    assert document["max_attempts"] == 2
    again = json.loads(job(gateway, "submit", "thing", *flags.split(), "--json").stdout)
    assert (again["id"], again["existed"]) == (document["id"], True)
    flags = ("--queue", "q", "--run-at", "2020-01-01T00:00:00Z", "--result-ttl", "1h", "--ttl")
    refused = job(gateway, "submit", "thing", *flags, "800000h")
    assert refused.returncode == 2 and "--ttl" in refused.stderr
    past = submit(gateway, "thing", *flags, "2h")
    assert gateway.get(f"/v1/jobs/{past}").json()["state"] == "ready"


def test_submit_waits_and_prints_the_result(gateway):
    done = job(gateway, "submit", "prime", '{"n": 97}', "--wait")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert json.loads(done.stdout)["prime"] is True
    done = job(gateway, "submit", "prime", '{"n": 98}', "--wait", "30s", "--json")
    document = json.loads(done.stdout)
    assert (document["state"], document["result"]["prime"]) == ("done", False)


def test_a_job_that_is_dead_or_cancelled_is_exit_code_1_and_says_why(gateway):
    done = job(gateway, "submit", "prime", '{"n": "x"}', "--wait")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is dead: " in done.stderr and "invalid_params" in done.stderr
    number = submit(gateway, "sleep", '{"ms": 1}', "--delay", "1h")
    assert job(gateway, "cancel", number).stdout == f"{number} cancelled\n"
    done = job(gateway, "wait", number)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"job {number} is cancelled" in done.stderr


def test_a_wait_whose_time_is_over_is_exit_code_4_and_says_how_to_go_on(gateway):
    for words in (("submit", "no-such-kind", "--wait", "100ms"), ("wait",)):
        number = () if words[0] == "submit" else (submit(gateway, "no-such-kind"),)
        more = ("--timeout", "100ms") if number else ()
        done = job(gateway, *words, *number, *more)
        assert (done.returncode, done.stdout) == (4, ""), done
        assert "squall job wait " in done.stderr and f"--url {gateway.url}" in done.stderr
    assert job(gateway, "wait", number[0], "--timeout", "0s").returncode == 4


def test_wait_prints_results_in_the_order_of_ids(gateway):
    slow = submit(gateway, "sleep", '{"ms": 300}')
    quick = [submit(gateway, "prime", f'{{"n": {n}}}') for n in (7, 8)]
    done = job(gateway, "wait", slow, *quick)
    assert done.returncode == 0, done
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result.get("prime") for result in results] == [None, True, False]
    bad = submit(gateway, "prime", "{}")
    done = job(gateway, "wait", bad, *quick, "--json")
    assert done.returncode == 1
    states = [json.loads(line)["state"] for line in done.stdout.splitlines()]
    assert states == ["dead", "done", "done"]


def test_lines_of_stdin_are_jobs_and_their_ids_are_printed(gateway):
    total = count(2_500)
    text = "".join(f'{{"n": {n}}}\n' for n in range(total))
    flags = ("--queue", "lines", "--key", "run")
    done = job(gateway, "submit", "prime", "-", *flags, text=text, timeout=seconds(60))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    ids = done.stdout.split()
    assert len(set(ids)) == total
    last = gateway.get(f"/v1/jobs/{ids[-1]}").json()
    assert last["params"] == {"n": total - 1}
    again = job(gateway, "submit", "prime", "-", *flags, text=text, timeout=seconds(60))
    assert again.stdout.split() == ids
    assert gateway.get("/v1/queues/lines").json()["ready"] == total


def test_a_line_that_is_no_json_is_left_out_and_named(gateway):
    done = job(gateway, "submit", "prime", "-", text='{"n": 7}\n\nnonsense\n{"n": 9}')
    assert done.returncode == 1 and "line 3" in done.stderr
    assert job(gateway, "wait", *done.stdout.split()).returncode == 0
    done = job(gateway, "submit", "prime", "-", "--priority", "3", "--json", text='{"n": 7}\n')
    assert json.loads(done.stdout)["priority"] == 3


def test_list_shows_the_newest_and_follows_pages(gateway):
    total = 1_200
    answers = [post_jobs(gateway, [{"kind": "k", "queue": "listed"}] * n) for n in (1_000, 200)]
    ids = [entry["id"] for answer in answers for entry in answer.json()["jobs"]]
    table = job(gateway, "list", "--queue", "listed").stdout.splitlines()
    assert table[0].split() == ["ID", "STATE", "KIND", "QUEUE", "ATTEMPT", "AGE"]
    assert [line.split()[0] for line in table[1:]] == ids[:-51:-1]
    assert table[1].split()[1:-1] == ["ready", "k", "listed", "0", "of", "5"]
    job(gateway, "cancel", *ids[:2])
    for flags, expected in (
        (("--limit", "5000"), ids[::-1]),
        (("--limit", "1100"), ids[:-1101:-1]),
        (("--state", "cancelled,done"), ids[1::-1]),
        (("--kind", "other"), []),
    ):
        done = job(gateway, "list", "--queue", "listed", "--json", *flags)
        found = [json.loads(line)["id"] for line in done.stdout.splitlines()]
        assert (done.returncode, found) == (0, expected), flags
    assert len(ids) == total
    assert job(gateway, "list", "--queue", "no-such-queue").stdout == "No jobs.\n"


def test_cancel_of_a_job_that_has_ended_is_exit_code_1(gateway):
    ended = submit(gateway, "sleep", '{"ms": 1}')
    assert job(gateway, "wait", ended).returncode == 0
    open_ = submit(gateway, "sleep", '{"ms": 600000}')
    done = job(gateway, "cancel", ended, open_)
    assert (done.returncode, done.stdout) == (1, f"{ended} done\n{open_} cancelled\n")


def test_jobs_that_are_not_there_are_exit_code_1(gateway):
    for words in ("get", "wait", "cancel"):
        done = job(gateway, words, UNKNOWN)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert "not_found" in done.stderr


def test_ctrl_c_ends_the_wait_and_the_job_goes_on(gateway, cluster):
    asked = Questions(gateway)
    words = ("submit", "sleep", '{"ms": 1000}', "--wait", "--url", gateway.url)
    waiting = cluster.squall("job", *words)
    asked.wait_for(2)
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait() == 4
    said = waiting.err.wait_for(r"squall job wait (\S+) --url")
    done = job(gateway, "wait", said[1])
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ms": 1000}), done


def test_a_wait_outlives_a_restart_of_the_gateway(cluster, each_store):
    first = each_store.gateway()
    number = submit(first, "prime", '{"n": 97}')
    asked = Questions(first)
    waiting = [
        cluster.squall("job", "wait", number, "--url", first.url),
        cluster.squall("job", "submit", "prime", '{"n": 97}', "--wait", "--url", first.url),
    ]
    asked.wait_for(4)
    first.kill()
    for process in waiting:
        process.err.wait_for("waiting until that is over")
    second = each_store.gateway()
    cluster.worker(second, pools=["prime=1"])
    for process in waiting:
        assert process.wait(seconds(30)) == 0, process.err.text()
        assert json.loads(process.out.wait_for(".+")[0])["prime"] is True


def test_a_gateway_that_stays_away_is_exit_code_3(cluster):
    gone = cluster.gateway()
    number = submit(gone, "prime", '{"n": 97}')
    asked = Questions(gone)
    waiting = cluster.squall("job", "wait", number, "--url", gone.url, "--timeout", "2s")
    asked.wait_for(2)
    gone.kill()
    assert waiting.wait(seconds(20)) == 3
    for words in (("submit", "prime"), ("get", number), ("wait", number), ("cancel", number), ("list",)):
        done = job(gone, *words)
        assert done.returncode == 3 and "cannot be reached" in done.stderr, words


def test_a_terminal_sees_what_is_waited_for(gateway):
    leader, follower = pty.openpty()
    words = ("job", "submit", "sleep", '{"ms": 3500}', "--wait", "--url", gateway.url)
    with subprocess.Popen(
        [*GUARD, BINARY, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=follower,
        env=clean_environment(),
    ) as process:
        os.close(follower)
        out = process.communicate(timeout=seconds(30))[0]
    seen = b""
    with contextlib.suppress(OSError):  # when all of it is read
        while piece := os.read(leader, 65536):
            seen += piece
    os.close(leader)
    assert process.returncode == 0 and json.loads(out) == {"ms": 3500}
    assert b'leased, attempt 1 of 5  {"done_ms":' in seen
    assert seen.endswith(b"\r\x1b[K")  # nothing of it stays


def test_flags_come_from_the_environment_too(gateway):
    environment = {"SQUALL_PRIORITY": "2", "SQUALL_WAIT": "20s", "SQUALL_URL": gateway.url}
    done = run("job", "submit", "prime", '{"n": 7}', "--json", environment=environment)
    document = json.loads(done.stdout)
    assert (document["priority"], document["state"]) == (2, "done")
