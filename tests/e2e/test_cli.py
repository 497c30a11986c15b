"""The commands that are clients, and how gateways and workers are started."""

import json
import os
import pty
import subprocess

import pytest

from cluster import command
from processes import BINARY, GUARD, clean_environment, run
from scale import count, seconds


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name="w")
    gateway.wait_for_workers("w")
    return gateway


@pytest.mark.parametrize("params", ["97", '{"n":"97"}', '{"n": 97}'])
def test_call_prints_the_result(gateway, params):
    done = command(gateway, "call", "prime", params)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["prime"] is True


def test_a_call_that_fails_has_exit_code_1_and_says_why(gateway):
    for arguments in (("prime", "x"), ("no-such-kind", "{}"), ("no-such-kind", "7")):
        done = command(gateway, "call", *arguments)
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert "error" in done.stderr
    done = command(gateway, "call", "prime", '{"n":')
    assert done.returncode == 2 and "not valid JSON" in done.stderr


def test_no_gateway_is_exit_code_3(cluster):
    gone = cluster.gateway("--pool", "prime=1")
    gone.kill()
    for arguments in (("call", "prime", "97"), ("status",), ("call", "prime", "-")):
        done = command(gone, *arguments, text="97\n")
        assert done.returncode == 3, done
        assert "cannot be reached" in done.stderr


MISUSE = [
    ("", "command"),
    ("no-such-command", "no-such-command"),
    ("gateway --no-such-flag", "--no-such-flag"),
    ("gateway --listen nonsense", "--listen"),
    ("gateway --pool prime=many", "prime=many"),
    ("gateway --pool no-such-kind=1", "no-such-kind"),
    ("gateway --idle-timeout soon", "--idle-timeout"),
    ("gateway --config /no/such/file", "/no/such/file"),
    ("worker --join nonsense --pool prime=1", "nonsense"),
    ("worker --join 127.0.0.1:1 --pool prime=0x", "prime=0x"),
    ("worker --join 127.0.0.1:1", "--pool"),
    ("worker --pool prime=1", "--join"),
    ("call", "kind"),
    ("call prime 97 --url ftp://x", "ftp://x"),
]


@pytest.mark.parametrize("line, named", MISUSE)
def test_misuse_is_exit_code_2_and_named(line, named):
    done = run(*line.split())
    assert done.returncode == 2, done
    assert named in done.stderr


def test_an_unknown_variable_or_key_is_named(tmp_path):
    done = run("gateway", environment={"SQUALL_NO_SUCH_FLAG": "1"})
    assert done.returncode == 2 and "SQUALL_NO_SUCH_FLAG" in done.stderr
    done = run("gateway", environment={"SQUALL_IO_THREADS": "few"})
    assert done.returncode == 2 and "SQUALL_IO_THREADS" in done.stderr
    config = tmp_path / "squall.toml"
    config.write_text("[gateway]\nno-such-key = 1\n")
    done = run("gateway", "--config", str(config))
    assert done.returncode == 2 and "no-such-key" in done.stderr


def test_every_command_has_help_with_an_example():
    for name in ("gateway", "worker", "call", "status", "bench"):
        done = run(name, "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout


def test_a_port_in_use_is_a_clear_error(gateway):
    for flag, port in (("--listen", gateway.port), ("--cluster", gateway.cluster_port)):
        places = {"--listen": "127.0.0.1:0", "--cluster": "127.0.0.1:0", flag: f"127.0.0.1:{port}"}
        done = run("gateway", *(word for pair in places.items() for word in pair))
        assert done.returncode not in (0, -6, -11)
        assert str(port) in done.stderr and "in use" in done.stderr.lower(), done.stderr


def test_a_worker_waits_for_a_gateway_that_is_not_there_yet(cluster):
    first = cluster.gateway()
    first.kill()
    worker = cluster.worker(first, name="early")
    again = cluster.gateway(ports=first.ports)
    again.wait_for_workers("early")
    assert worker.is_running()


def numbers(total):
    return "".join(f'{{"n":"{n}"}}\n' for n in range(total))


def test_a_stream_of_10_000_calls_is_answered_in_order(gateway):
    total = count(10_000)
    done = command(gateway, "call", "prime", "-", text=numbers(total), timeout=seconds(60))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["n"] for answer in answers] == [str(n) for n in range(total)]
    assert [n for n in range(20) if answers[n]["prime"]] == [2, 3, 5, 7, 11, 13, 17, 19]


def test_an_unordered_stream_has_every_answer_once(gateway):
    total = count(10_000)
    done = command(
        gateway, "call", "prime", "-", "--unordered", "--concurrency", "64", text=numbers(total)
    )
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(answer["line"] for answer in answers) == list(range(1, total + 1))
    assert all(answer["result"]["n"] == str(answer["line"] - 1) for answer in answers)


def test_a_stream_goes_on_after_a_failure_and_ends_with_1(gateway):
    done = command(gateway, "call", "prime", "-", text='{"n":"2"}\n{"n":"x"}\n{"n":"3"}\n')
    assert done.returncode == 1
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["n"], third["n"]) == ("2", "3")
    assert second["error"]["data"]["code"] == "invalid_params"
    assert "1 line failed" in done.stderr


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(gateway):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*GUARD, BINARY, "call", "sleep", "-", "--url", gateway.url, "--concurrency", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=follower,
        env=clean_environment(),
    )
    os.close(follower)
    try:
        out, _ = process.communicate(b'{"ms":300}\n' * 3, timeout=seconds(20))
        shown = os.read(leader, 1 << 16)
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    assert (process.returncode, len(out.splitlines())) == (0, 3), shown
    assert b"\r" in shown


def test_status_as_a_table_and_as_json(gateway):
    table = command(gateway, "status")
    assert table.returncode == 0
    assert all(word in table.stdout for word in ("prime", "sleep", "w"))
    document = json.loads(command(gateway, "status", "--json").stdout)
    assert [worker["name"] for worker in document["workers"]] == ["w"]


def test_bench_asks_any_method_and_shows_why_it_is_refused(gateway):
    params = json.dumps({"queue": "benched", "item": {"body": 1}})
    flags = ("bench", "call", "--method", "queue.put", "--params", params, "--seconds", "0.2", "--warmup", "0",
             "--connections", "2", "--json")
    refused = command(gateway, *flags)
    assert refused.returncode == 1
    assert "no such queue" in json.loads(refused.stdout)["first_error"]
    assert command(gateway, "queue", "create", "benched").returncode == 0
    done = command(gateway, *flags)
    assert done.returncode == 0, done
    report = json.loads(done.stdout)
    assert report["method"] == "queue.put" and report["answers"] > 0
    assert command(gateway, "queue", "rm", "benched").returncode == 0


def test_bench_asks_methods_by_json_rpc_only(gateway):
    for flags in (("ws", "--method", "queue.list"), ("call", "--params", "{}"),
                  ("call", "--method", "queue.list", "--params", "1")):
        assert command(gateway, "bench", *flags).returncode == 2


def test_bench_checks_every_answer(gateway):
    for sort in ("ws", "call", "http"):
        done = command(gateway, "bench", sort, "--seconds", "0.5", "--connections", "8", "--json")
        assert done.returncode == 0, done
        assert json.loads(done.stdout)
