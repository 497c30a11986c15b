"""npm's `ws` and `rpc-websockets`, each in a script of its own beside this file."""

import shutil
import subprocess
from pathlib import Path

import pytest

from processes import GUARD
from scale import count, seconds

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name="w")
    gateway.wait_for_workers("w")
    return gateway


def run_script(name, *arguments):
    node = shutil.which("node")
    assert node, "node is not on PATH"
    assert (FOLDER / "node_modules").is_dir(), f"run `npm --prefix {FOLDER} ci` first"
    done = subprocess.run(
        [*GUARD, node, FOLDER / name, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds(60),
    )
    assert done.returncode == 0, done.stderr


def test_ws(gateway):
    run_script("ws_client.js", gateway.ws(""), str(count(5_000)))


def test_rpc_websockets(gateway):
    run_script("rpc_client.js", gateway.ws(), str(count(5_000)))
