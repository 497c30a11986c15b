"""Where redirects lead the kind `fetch`, and what goes along."""

from urllib.parse import quote

import pytest

from fetching import fault, fetch, reason, sent_headers, start
from odd_server import OddServer


def origin():
    """A fixture: a server that the tests of this file share."""

    def serve():
        with OddServer() as server:
            yield server

    return pytest.fixture(serve, scope="module")


here = origin()
elsewhere = origin()  # another that may be fetched from
forbidden = origin()  # one that may not be fetched from


@pytest.fixture(scope="module")
def gateway(module_cluster, here, elsewhere):
    allowed = [flag for server in (here, elsewhere)
               for flag in ("--fetch-allow", f"127.0.0.1:{server.port}")]
    return start(module_cluster, *allowed)[0]


def redirect(server, status, to):
    return server.url(f"/redirect/{status}?to={quote(to, safe='')}")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_status_says_what_method_goes_on(gateway, here, status, method):
    body = {} if method == "GET" else {"json": {"a": 1}}
    answer = fetch(gateway, redirect(here, status, "/echo"), method=method, **body)
    assert (answer["status"], answer["redirects"], answer["url"]) == (200, 1, here.url("/echo"))
    becomes_get = status == 303 or (status in (301, 302) and method == "POST")
    request = here.seen[-1]
    assert request.method == ("GET" if becomes_get else method)
    names = {name for name, _ in request.headers}
    if becomes_get or method == "GET":
        assert request.body == b""
        assert not names & {"content-length", "content-type", "transfer-encoding"}
    else:
        assert request.body == b'{"a": 1}'
        assert "content-type" in names


def test_relative_locations_are_followed(gateway, here):
    answer = fetch(gateway, here.url("/count/3"))
    assert (answer["body"], answer["redirects"]) == ("arrived", 3)
    assert answer["url"] == here.url("/count/0")
    answer = fetch(gateway, redirect(here, 302, f"//127.0.0.1:{here.port}/a/../plain#part"))
    assert answer["body"] == "plain"


def test_five_redirects_are_followed_and_a_sixth_is_not(gateway, here):
    assert fetch(gateway, here.url("/count/5"))["redirects"] == 5
    assert reason(gateway, here.url("/count/6")) == "too_many_redirects"
    assert fetch(gateway, here.url("/count/6"), max_redirects=6)["redirects"] == 6
    assert reason(gateway, here.url("/count/1"), max_redirects=0) == "too_many_redirects"


def test_a_loop_ends(gateway, here):
    before = here.paths().count("/loop")
    assert reason(gateway, here.url("/loop")) == "too_many_redirects"
    assert here.paths().count("/loop") - before == 6


def test_who_does_not_follow_gets_the_redirect(gateway, here):
    answer = fetch(gateway, redirect(here, 302, "/plain"), follow_redirects=False)
    assert (answer["status"], answer["redirects"], answer["body"]) == (302, 0, "elsewhere")
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    assert headers["location"] == "/plain"


def test_another_origin_gets_no_credentials(gateway, here, elsewhere):
    secrets = {"Authorization": "Bearer secret", "Cookie": "session=secret", "X-Mine": "1"}
    same = sent_headers(fetch(gateway, redirect(here, 302, "/echo"), headers=secrets))
    assert (same["authorization"], same["cookie"]) == ("Bearer secret", "session=secret")
    for login in ({"headers": secrets}, {"auth": {"username": "a", "password": "b"}}):
        answer = fetch(gateway, redirect(here, 307, elsewhere.url("/echo")), **login)
        other = sent_headers(answer)
        assert not {"authorization", "cookie"} & set(other)
        assert other["host"] == f"127.0.0.1:{elsewhere.port}"
    # Nor when the way leads back.
    back = redirect(elsewhere, 302, here.url("/echo"))
    returned = sent_headers(fetch(gateway, redirect(here, 302, back), headers=secrets))
    assert not {"authorization", "cookie"} & set(returned)
    assert returned["x-mine"] == "1"


def test_credentials_in_a_location_are_not_used(gateway, here):
    target = f"http://ann:secret@127.0.0.1:{here.port}/echo"
    assert "authorization" not in sent_headers(fetch(gateway, redirect(here, 302, target)))


def test_a_redirect_does_not_lead_where_one_may_not_go(gateway, here, forbidden):
    for target in (forbidden.url("/plain"), f"http://2130706433:{forbidden.port}/",
                   f"http://[::ffff:127.0.0.1]:{forbidden.port}/", "http://169.254.169.254/",
                   "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"):
        problem = fault(gateway, redirect(here, 302, target))
        assert problem["reason"] == "blocked", target
    assert not forbidden.seen and not forbidden.connections


def test_the_timeout_covers_all_redirects(gateway, here):
    assert reason(gateway, redirect(here, 302, "/hold"), timeout_ms=300) == "timeout"
