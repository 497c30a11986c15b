"""The rendered Dockerfile's steps in a fresh Debian made by debootstrap: the image's second stage is
made by its very commands, and the program runs there; of the first one, whose packages and
compilation take long, it is seen that all packages are there to be had. With
SQUALL_TEST_DOCKERFILE=all the first stage's commands are run, too."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from processes import BINARY, clean_environment

ROOT = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
BUILDS = os.environ.get("SQUALL_TEST_DOCKERFILE") == "all"


def why_not():
    if os.environ.get("SQUALL_SANITIZE"):
        return "a program with sanitizers needs libraries that no image has"
    if os.geteuid() != 0:
        return "debootstrap and chroot need root"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    if f"VERSION_CODENAME={SUITE}" not in Path("/etc/os-release").read_text("utf-8"):
        return f"the program is built for another Debian than {SUITE}, which the image has"
    return None


pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


def steps_of(dockerfile):
    """The stages: of each, what its lines say as (instruction, rest)."""
    stages = []
    text = "\n".join(l for l in dockerfile.splitlines() if not l.startswith("#"))
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        if word:
            stages[-1].append((word, rest.strip()))
    return stages


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered")
    manifest = ROOT / "deploy" / "manifests" / "local.yaml"
    subprocess.run(
        [BINARY, "render", str(manifest), "--target", "compose", "-o", str(folder)],
        env=clean_environment(),
        check=True,
        capture_output=True,
        timeout=30,
    )
    stages = steps_of((folder / "Dockerfile").read_text("utf-8"))
    assert [stage[0][1].split()[0] for stage in stages] == [f"debian:{SUITE}-slim"] * 2
    return stages


class Tree:
    """A Debian of its own below a folder."""

    def __init__(self, path):
        self.path = path
        self.folder = "/"

    def run(self, command, timeout=200, **options):
        return subprocess.run(
            ["chroot", *options.pop("as_user", []), str(self.path), "/bin/sh", "-c", command],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def must_run(self, command, timeout=200, **options):
        done = self.run(f"cd {self.folder} && {command}", timeout, **options)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def copy(self, rest):
        """COPY --from=source"""
        *sources, target = rest.split()[1:]
        place = Path(str(self.path) + os.path.join(self.folder, target))
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, place)


def fast_place():
    """A folder in memory, where dpkg does not wait for a disk; None where none will do."""
    memory = "/dev/shm"
    if not os.path.isdir(memory):
        return None
    has = os.statvfs(memory)
    usable = not has.f_flag & (os.ST_NODEV | os.ST_NOEXEC | os.ST_NOSUID)
    needed = (8 if BUILDS else 2) << 30
    return memory if usable and has.f_bavail * has.f_frsize > needed else None


@pytest.fixture(scope="module")
def tree():
    folder = tempfile.mkdtemp(prefix="squall-debian-", dir=fast_place())
    path = Path(folder) / "tree"
    try:
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", SUITE, str(path)],
            capture_output=True,
            text=True,
            timeout=150,
        )
        if done.returncode != 0:
            pytest.skip(f"debootstrap cannot make a tree here: {done.stdout[-300:]}")
        # A service that a package starts would be one of this machine.
        (path / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n", "utf-8")
        (path / "usr/sbin/policy-rc.d").chmod(0o755)
        shutil.copy("/etc/resolv.conf", path / "etc/resolv.conf")
        yield Tree(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_packages_of_the_first_stage_can_be_had(tree, stages):
    install = next(rest for word, rest in stages[0] if word == "RUN" and "apt-get install" in rest)
    dry = install.replace("apt-get install", "apt-get install --dry-run")
    tree.copy(next(rest for word, rest in stages[0] if word == "COPY" and "packages.sh" in rest))
    said = tree.must_run(dry.replace("rm -rf /var/lib/apt/lists/*", "true"))
    assert "Inst cmake" in said and "Inst g++" in said


def test_the_program_runs_in_the_second_stage(tree, stages):
    settings = {}
    for word, rest in stages[1]:
        if word == "RUN":
            tree.must_run(rest)
        elif word == "COPY":
            shutil.copy(BINARY, str(tree.path) + rest.split()[-1])
        elif word != "FROM":
            settings[word] = rest
    program = json.loads(settings["ENTRYPOINT"])[0]
    assert "not found" not in tree.must_run(f"ldd {program}")
    user = ["--userspec", settings["USER"]]
    assert "gateway" in tree.must_run(f"{program} --help", as_user=user)
    store = settings["WORKDIR"]
    assert tree.must_run(f"touch {store}/x && rm {store}/x && id -u", as_user=user).strip() != "0"
    assert tree.run("touch /usr/local/bin/x", as_user=user).returncode != 0
    for tool in ("curl --version", "grep --version", "sleep 0"):
        tree.must_run(tool, as_user=user)


@pytest.mark.skipif(not BUILDS, reason="SQUALL_TEST_DOCKERFILE=all builds the image's program, too")
def test_the_first_stage_builds_the_program(tree, stages):
    for word, rest in stages[0]:
        if word == "RUN":
            tree.must_run(rest, timeout=3_600)
        elif word == "COPY":
            tree.copy(rest)
        elif word == "WORKDIR":
            tree.folder = rest
            tree.run(f"mkdir -p {rest}")
    built = next(rest for word, rest in stages[1] if word == "COPY").split()[1]
    assert "gateway" in tree.must_run(f"{built} --help")
