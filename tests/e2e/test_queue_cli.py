"""`squall queue`: the commands that look, put, get and settle."""

import json
import threading

import pytest

from processes import run
from queue_commands import ask
from scale import count, seconds


def stats(gateway, queue):
    return json.loads(ask(gateway, "stats", queue, "--json").stdout)


def get(gateway, queue, *flags):
    done = ask(gateway, "get", queue, *flags)
    assert (done.returncode, done.stderr) == (0, ""), done
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_items_come_out_as_they_went_in(gateway, queue):
    texts = ["97", '"a b"', "{}", "[]", "[1,2]", "null", "-5", '{"n": 123456789012345678901234567890}']
    done = ask(gateway, "put", queue, *texts)
    assert (done.returncode, done.stderr) == (0, "")
    ids = done.stdout.split()
    out = ask(gateway, "get", queue, "--max", "100").stdout.splitlines()
    items = [json.loads(line) for line in out]
    assert [item["id"] for item in items] == ids
    assert [item["body"] for item in items] == [json.loads(text) for text in texts]
    assert "123456789012345678901234567890" in out[-1]
    assert all(item["attempt"] == 1 for item in items)


def test_lines_of_stdin_are_put_in_order(gateway, queue):
    total = count(20_000)
    text = "".join(f"{n}\n" for n in range(total))
    done = ask(gateway, "put", queue, "-", text=text, timeout=seconds(60))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{total} items put\n", "")
    assert stats(gateway, queue)["ready"] == total
    items = get(gateway, queue, "--max", "1000", "--ack")
    assert [item["body"] for item in items] == list(range(1000))
    assert stats(gateway, queue)["unfinished"] == total - 1000


def test_a_line_that_is_no_json_is_left_out_and_named(gateway, queue):
    done = ask(gateway, "put", queue, "-", text="1\n\nnonsense\n3")
    assert (done.returncode, done.stdout) == (1, "2 items put\n")
    assert "line 3" in done.stderr
    assert [item["body"] for item in get(gateway, queue, "--max", "9")] == [1, 3]


def test_a_full_queue_is_exit_code_1_and_says_how_far_it_came(gateway, queue):
    ask(gateway, "create", queue, "--maxsize", "2")
    assert ask(gateway, "put", queue, "1", "2", "3", "--timeout", "0s").returncode == 1
    assert stats(gateway, queue)["ready"] == 0  # all or none
    done = ask(gateway, "put", queue, "1", "2", "--timeout", "0s")
    assert done.returncode == 0
    done = ask(gateway, "put", queue, "-", "--timeout", "100ms", text="3\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "queue_full" in done.stderr and "0 items were put" in done.stderr


def test_put_waits_for_room(gateway, queue):
    ask(gateway, "create", queue, "--maxsize", "1")
    ask(gateway, "put", queue, "1")
    done = []
    waiting = threading.Thread(target=lambda: done.append(ask(gateway, "put", queue, "2")))
    waiting.start()
    assert get(gateway, queue, "--ack")[0]["body"] == 1
    assert get(gateway, queue, "--ack")[0]["body"] == 2
    waiting.join()
    assert done[0].returncode == 0


def test_more_lines_than_a_queue_takes_go_in_as_others_take_items_out(gateway, queue):
    ask(gateway, "create", queue, "--maxsize", "3")
    done = []
    lines = "".join(f"{n}\n" for n in range(20))
    waiting = threading.Thread(target=lambda: done.append(ask(gateway, "put", queue, "-", text=lines)))
    waiting.start()
    assert [get(gateway, queue, "--ack")[0]["body"] for _ in range(20)] == list(range(20))
    waiting.join()
    assert (done[0].returncode, done[0].stdout) == (0, "20 items put\n")


def test_nothing_there_is_exit_code_1(gateway, queue):
    done = ask(gateway, "get", queue, "--timeout", "0s")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing ready" in done.stderr
    for words in ("stats Q", "get Q", "put Q 1", "join Q", "rm Q", "dead ls Q", "dead purge Q"):
        done = ask(gateway, *words.replace("Q", "no-such-queue").split())
        assert (done.returncode, done.stdout) == (1, ""), words
        assert "not_found" in done.stderr


def test_a_lease_is_extended_given_back_and_acked_once(gateway, queue):
    ask(gateway, "put", queue, '"x"')
    first = get(gateway, queue)[0]
    assert ask(gateway, "extend", first["lease"], "--lease", "1m").returncode == 0
    assert ask(gateway, "nack", first["lease"], "--error", "no luck").returncode == 0
    second = get(gateway, queue)[0]
    assert (second["id"], second["attempt"]) == (first["id"], 2)
    assert ask(gateway, "ack", second["lease"]).returncode == 0
    for verb in ("ack", "nack", "extend"):
        done = ask(gateway, verb, second["lease"])
        assert done.returncode == 1 and "lease_lost" in done.stderr, verb


def test_join_waits_for_the_last_ack(gateway, queue):
    assert ask(gateway, "join", queue).returncode == 0
    ask(gateway, "put", queue, "1")
    done = ask(gateway, "join", queue, "--timeout", "100ms")
    assert done.returncode == 1 and "deadline_exceeded" in done.stderr
    joined = []
    waiting = threading.Thread(target=lambda: joined.append(ask(gateway, "join", queue)))
    waiting.start()
    get(gateway, queue, "--ack")
    waiting.join()
    assert joined[0].returncode == 0


def test_dead_items_are_listed_and_put_back(gateway, queue):
    ask(gateway, "create", queue, "--max-attempts", "1")
    ids = ask(gateway, "put", queue, '{"n":1}', '{"n":2}').stdout.split()
    for item in get(gateway, queue, "--max", "2"):
        ask(gateway, "nack", item["lease"], "--error", "broken thing")
    table = ask(gateway, "dead", "ls", queue).stdout
    assert all(word in table for word in (*ids, "broken thing", '{"n":2}'))
    document = json.loads(ask(gateway, "dead", "ls", queue, "--json").stdout)
    assert [item["id"] for item in document["items"]] == ids
    refused = ask(gateway, "dead", "retry", queue, "")
    assert refused.returncode == 1 and stats(gateway, queue)["dead"] == 2
    assert ask(gateway, "dead", "retry", queue, ids[1]).stdout == f"{ids[1]}\n"
    assert ask(gateway, "dead", "retry", queue).stdout == f"{ids[0]}\n"
    assert stats(gateway, queue)["ready"] == 2
    assert ask(gateway, "dead", "retry", queue).returncode == 1


def test_settings_are_made_changed_and_shown(gateway, queue):
    flags = "--order priority --max-attempts 7 --lease 9s --backoff 2s --backoff-cap 3s".split()
    assert ask(gateway, "create", queue, *flags).stdout == f"changed {queue}\n"
    now = stats(gateway, queue)
    assert (now["order"], now["max_attempts"], now["lease_ms"]) == ("priority", 7, 9000)
    assert (now["backoff_ms"], now["backoff_cap_ms"]) == (2000, 3000)
    for n, priority in ((1, "0"), (2, "9")):
        ask(gateway, "put", queue, str(n), "--priority", priority)
    assert [item["body"] for item in get(gateway, queue, "--max", "2")] == [2, 1]
    table = ask(gateway, "ls").stdout
    assert queue in table and "priority" in table
    listed = json.loads(ask(gateway, "ls", "--json").stdout)["queues"]
    assert queue in [each["name"] for each in listed]
    assert "2s to 3s" in ask(gateway, "stats", queue).stdout


def test_items_are_put_for_later(gateway, queue):
    assert ask(gateway, "put", queue, "1", "2", "--delay", "1h").returncode == 0
    assert ask(gateway, "put", queue, "-", "--delay", "1h", text="3\n").returncode == 0
    assert stats(gateway, queue)["delayed"] == 3
    refused = ask(gateway, "put", queue, "4", "--delay", "10000h")
    assert refused.returncode == 1 and "delay_ms" in refused.stderr


def test_a_queue_is_paused_resumed_and_purged(gateway, queue):
    ask(gateway, "put", queue, "1", "2", "3")
    done = ask(gateway, "pause", queue)
    assert (done.returncode, done.stdout) == (0, f"paused {queue}\n")
    assert ask(gateway, "get", queue, "--timeout", "0s").returncode == 1
    (row,) = [line for line in ask(gateway, "ls").stdout.splitlines() if queue in line]
    assert "yes" in row.split()
    assert ask(gateway, "resume", queue).stdout == f"resumed {queue}\n"
    (item,) = get(gateway, queue)
    assert ask(gateway, "purge", queue).stdout == "2 items purged\n"
    ask(gateway, "create", queue, "--max-attempts", "1")
    assert ask(gateway, "nack", item["lease"]).returncode == 0
    assert ask(gateway, "purge", queue).stdout == "0 items purged\n"
    assert ask(gateway, "dead", "purge", queue).stdout == "1 item purged\n"
    assert stats(gateway, queue)["dead"] == 0
    assert ask(gateway, "purge", "no-such-queue").returncode == 1


MISUSE = [
    ("queue", "queue --help"),
    ("queue nonsense", "nonsense"),
    ("queue dead", "queue dead --help"),
    ("queue dead nonsense", "nonsense"),
    ("queue put a/b 1", "a/b"),
    ("queue put q nonsense", "nonsense"),
    ("queue put q", "ITEM"),
    ("queue put q 1 --priorty", "--priorty"),
    ("queue put q 1 --priority 10", "--priority"),
    ("queue put q 1 --delay soon", "--delay"),
    ("queue create q --order random", "--order"),
    ("queue consume q", "--exec"),
    ("queue consume q --exec true --concurrency 0", "--concurrency"),
    ("queue get q --max 1001", "--max"),
]


@pytest.mark.parametrize("line, named", MISUSE)
def test_misuse_is_exit_code_2_and_named(line, named):
    done = run(*line.split())
    assert done.returncode == 2, done
    assert named in done.stderr


def test_every_command_has_help_with_an_example():
    names = "ls create stats put get ack nack extend join dead pause resume purge rm consume".split()
    for name in [*names, "dead ls", "dead retry", "dead purge"]:
        done = run("queue", *name.split(), "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout and f"squall queue {name}" in done.stdout


def test_no_gateway_is_exit_code_3(cluster):
    gone = cluster.gateway()
    gone.kill()
    for words in (["ls"], ["put", "q", "1"], ["put", "q", "-"], ["consume", "q", "--exec", "true"]):
        done = ask(gone, *words, text="1\n")
        assert done.returncode == 3, done
        assert "cannot be reached" in done.stderr
