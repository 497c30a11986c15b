"""`squall certs`, judged by openssl."""

import json
import stat
import subprocess

import pytest

from processes import run


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An authority's folder with a certificate for `gateway`."""
    folder = tmp_path_factory.mktemp("certs") / "cluster"
    assert run("certs", "init", str(folder)).returncode == 0
    made = run("certs", "issue", str(folder), "gateway", "--host", "a.example", "--host", "192.0.2.7")
    assert made.returncode == 0, made.stderr
    return folder


def test_openssl_trusts_what_is_issued_for_its_hosts_as_server_and_client(folder):
    ca, certificate = folder / "ca.pem", folder / "gateway" / "cert.pem"
    for check in (["-purpose", "sslserver"], ["-purpose", "sslclient"], ["-verify_hostname", "gateway"],
                  ["-verify_hostname", "a.example"], ["-verify_ip", "192.0.2.7"], ["-x509_strict"]):
        verified = openssl("verify", "-CAfile", ca, *check, certificate)
        assert verified.returncode == 0, verified.stderr
    for check in (["-verify_hostname", "b.example"], ["-verify_ip", "192.0.2.8"]):
        assert openssl("verify", "-CAfile", ca, *check, certificate).returncode != 0
    text = openssl("x509", "-in", certificate, "-noout", "-text").stdout
    assert "prime256v1" in text and "CA:FALSE" in text


def test_keys_are_private(folder):
    for key in (folder / "ca.key", folder / "gateway" / "key.pem"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "gateway").stat().st_mode) == 0o700


def test_an_authority_is_not_overwritten(folder):
    before = (folder / "ca.key").read_text()
    again = run("certs", "init", str(folder))
    assert again.returncode == 2 and "not overwritten" in again.stderr
    assert (folder / "ca.key").read_text() == before


def test_what_there_is_is_shown_and_how_long_it_is_good(folder):
    assert run("certs", "issue", str(folder), "brief", "--days", "2").returncode == 0
    table = run("certs", "show", str(folder)).stdout
    assert "gateway a.example 192.0.2.7" in table and "expires soon" in table
    shown = json.loads(run("certs", "show", str(folder), "--json").stdout)["certificates"]
    days = {each["name"]: each["days_left"] for each in shown if not each["authority"]}
    assert days == {"gateway": 364, "brief": 1}
    assert all(each["wrong"] == "" for each in shown)


@pytest.mark.parametrize("arguments, code, words", [
    (["issue", "DIR", "../other"], 2, "cannot be a certificate's name"),
    (["issue", "DIR", "w1", "--host", "a.example:7411"], 2, "without a port"),
    (["issue", "DIR", "w1", "--days", "0"], 2, "--days"),
    (["issue", "/nowhere", "w1"], 2, "squall certs init"),
    (["show", "/nowhere"], 1, "No such file"),
    (["init", "/nowhere/below"], 1, "cannot make the folder"),
])
def test_mistakes_are_told(folder, arguments, code, words):
    told = run("certs", *[str(folder) if word == "DIR" else word for word in arguments])
    assert told.returncode == code and words in told.stderr, told.stderr
