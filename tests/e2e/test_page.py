"""The page at / in a headless Chromium."""

import json
import os
from pathlib import Path

import pytest

from browser import ENTER, SHIFT, Browser
from cluster import eventually
from processes import run
from scale import count, seconds

ANSWERS = "#prime-answers li"
COUNT_IS = "return document.querySelectorAll('#prime-answers li').length === arguments[0]"
STATE_IS = "return document.getElementById('connection').dataset.state === arguments[0]"


@pytest.fixture(scope="module")
def gateway(module_cluster):
    gateway = module_cluster.gateway()
    for name in ("east", "west"):
        module_cluster.worker(gateway, pools=["prime=2", "sleep=100"], name=name)
    gateway.wait_for_workers("east", "west")
    return gateway


@pytest.fixture(scope="module")
def browser():
    window = Browser()
    yield window
    window.close()


@pytest.fixture(scope="module")
def fetcher(module_cluster):
    """A gateway that fetches from this machine."""
    return module_cluster.gateway("--pool", "fetch=10", "--fetch-allow", "127.0.0.1/32")


def load(browser, gateway):
    browser.open(gateway.url + "/")
    browser.wait(STATE_IS, "open")
    browser.complaints()  # what an earlier page had to say


@pytest.fixture
def page(browser, gateway):
    """The page, freshly loaded and connected. Afterwards the console must be clean."""
    load(browser, gateway)
    yield browser
    assert browser.complaints() == []


def keep_screenshot(browser, name):
    """For people to look at, when they say where."""
    if folder := os.environ.get("SCREENSHOTS"):
        browser.screenshot(Path(folder, f"{name}.png"))


def test_a_number_is_asked_with_the_keyboard_alone(page):
    assert page.run("return document.activeElement.id") == "prime-input"
    page.type("#prime-input", "97" + ENTER)
    page.wait(COUNT_IS, 1)
    assert page.texts(ANSWERS) == ["97 is a prime number"]
    assert page.run("return document.getElementById('prime-input').value") == ""
    assert page.run("return document.activeElement.id") == "prime-input"


def test_many_numbers_are_answered_in_order_and_errors_are_shown(page):
    page.type("#prime-input", "97 98 x")
    page.press(SHIFT, ENTER)
    page.type("#prime-input", "99\u00a0101")
    page.click("#prime-ask")
    page.wait(COUNT_IS, 5)
    answers = page.texts(ANSWERS)
    assert [answers[i] for i in (0, 1, 3, 4)] == [
        "97 is a prime number",
        "98 is not a prime number",
        "99 is not a prime number",
        "101 is a prime number",
    ]
    assert answers[2].startswith("error: ")
    items = f"[...document.querySelectorAll('{ANSWERS}')]"
    sorts = page.run(f"return {items}.map(item => item.dataset.sort || '')")
    assert sorts == ["prime", "", "error", "", "prime"]
    keep_screenshot(page, "answers")


def test_tens_of_thousands_of_numbers_that_are_pasted(page):
    total = count(30_000)
    text = " ".join(str(n) for n in range(total))
    page.run("document.getElementById('prime-input').value = arguments[0]", text)
    page.click("#prime-ask")
    answered = "return document.getElementById('prime-count').textContent.startsWith(arguments[0])"
    page.wait(answered, f"{total:,} answered", timeout=60)
    shown = page.texts(ANSWERS)
    assert len(shown) == 2_000
    assert [text.split()[0] for text in shown] == [str(n) for n in range(total - 2_000, total)]
    page.click("#prime-clear")
    page.wait(COUNT_IS, 0)


def test_the_tables_show_workers_and_kinds_and_follow_them(page, gateway, module_cluster):
    rows = "return document.querySelectorAll('#workers tbody tr').length === arguments[0]"
    page.wait(rows, 4)
    heads = page.texts("#workers tbody th")
    assert heads == ["east", "east", "west", "west"]
    assert page.texts("#kinds tbody th") == ["prime", "sleep"]
    assert page.texts("#kinds tbody tr:first-child td")[0] == "4"

    done = gateway.kind("prime")["done"]
    page.type("#prime-input", "97" + ENTER)
    cell = "document.querySelector('#kinds tbody tr td:nth-child(5)')"
    page.wait(f"return {cell}.textContent === arguments[0]", f"{done + 1:,}")

    third = module_cluster.worker(gateway, pools=["sleep=1"], name="third")
    page.wait(rows, 5)
    third.terminate()
    page.wait(rows, 4)


def test_the_table_of_queues_follows_them(page, gateway):
    first = "return document.querySelector('#queues tbody th')?.textContent"
    assert page.wait(first) == "default"  # where jobs go that name no queue
    assert gateway.request("PUT", "/v1/queues/cards", '{"order":"lifo"}').status == 201
    items = json.dumps([{"body": n} for n in range(1000)])
    assert gateway.request("POST", "/v1/queues/cards/items", items).status == 201
    assert gateway.request("POST", "/v1/queues/cards/lease?max=10").status == 200
    page.wait("return document.querySelector('#queues tbody tr').cells[4]?.textContent === '10'")
    texts = page.texts("#queues tbody tr > *")
    assert texts[:7] == ["cards", "lifo", "990", "0", "10", "1,000", "0"]
    keep_screenshot(page, "queues")
    assert gateway.request("POST", "/v1/queues/cards/pause").status == 200
    page.wait(f"{first} === 'cards (paused)'")
    assert gateway.request("DELETE", "/v1/queues/cards").status == 204
    page.wait(f"{first} === 'default'")


def fetch(browser, url):
    browser.run("document.getElementById('fetch-url').value = ''")
    browser.type("#fetch-url", url + ENTER)


def test_the_fetch_box_shows_what_a_url_answers(browser, fetcher):
    load(browser, fetcher)
    shown = "return !document.getElementById('fetch-answer').hidden"
    fetch(browser, f"{fetcher.url}/hello?name=Ada")
    browser.wait(shown)
    assert browser.texts("#fetch-status")[0].startswith("200 OK, HTTP/1.1: http://127.0.0.1")
    assert "total" in browser.texts("#fetch-timing")[0]
    assert "content-type: text/" in browser.texts("#fetch-headers")[0]
    assert "Hello, Ada" in browser.texts("#fetch-body")[0]
    keep_screenshot(browser, "fetch")
    # A document is shown as its text, and nothing of it comes to life.
    fetch(browser, f"{fetcher.url}/")
    browser.wait("return document.getElementById('fetch-body').textContent.includes('<h1>Squall')")
    assert browser.run("return document.getElementById('fetch-body').childElementCount") == 0
    assert len(browser.texts("h1")) == 1
    assert browser.complaints() == []


def test_the_fetch_box_says_why_a_url_was_refused(browser, fetcher):
    load(browser, fetcher)
    note = "document.getElementById('fetch-note').textContent"
    fetch(browser, "http://169.254.169.254/latest/meta-data")
    browser.wait(f"return {note}.includes('blocked')")
    assert browser.run("return document.getElementById('fetch-answer').hidden")
    fetch(browser, "")
    assert browser.run(f"return {note}") == "Type a URL."
    assert all("/v1/call/fetch" in message for message in browser.complaints())


def test_the_table_rests_while_the_page_is_hidden(page, gateway):
    hide = """
        Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    """
    looks = "return performance.getEntriesByName(location.origin + '/v1/cluster').length"
    page.run(hide, True)
    page.wait(f"{looks} > 0")
    page.run("window.before = null; setTimeout(() => window.before = true, 1500)")
    page.wait("return window.before")  # a look that was under way has ended
    seen = page.run(looks)
    page.run("window.later = null; setTimeout(() => window.later = true, 2500)")
    page.wait("return window.later")
    assert page.run(looks) == seen
    page.run(hide, False)
    page.wait(f"{looks} > arguments[0]", seen)


def test_it_fits_a_phone_and_the_dark(page, gateway):
    for width, scheme in ((360, "light"), (360, "dark"), (1200, "dark"), (1200, "light")):
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        page.command("Emulation.setDeviceMetricsOverride", **screen)
        page.command(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        page.wait("return document.querySelectorAll('#workers tbody tr').length > 1")
        keep_screenshot(page, f"page-{width}-{scheme}")
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    page.command("Emulation.clearDeviceMetricsOverride")


def test_everything_that_takes_input_has_a_name(page):
    names = """
        return [...document.querySelectorAll('input, textarea, button, [tabindex], table')].map(e =>
          e.textContent.trim() || e.labels?.length || e.getAttribute('aria-label') ||
          e.getAttribute('aria-labelledby')).every(Boolean)
    """
    assert page.run(names)
    assert page.run("return document.getElementById('prime-answers').ariaLive") == "polite"


def test_it_connects_again_and_asks_what_was_not_answered(browser, cluster):
    first = cluster.gateway("--pool", "prime=1")
    browser.open(first.url + "/")
    browser.wait(STATE_IS, "open")
    first.kill()
    browser.wait(STATE_IS, "closed")
    browser.type("#prime-input", "97 98" + ENTER)
    again = cluster.gateway("--pool", "prime=1", ports=first.ports)
    browser.wait(COUNT_IS, 2, timeout=15)
    assert browser.texts(ANSWERS) == ["97 is a prime number", "98 is not a prime number"]
    eventually(lambda: again.connections("websocket") == 1, seconds(5), "one connection")
    browser.complaints()  # it says that it could not connect


def test_a_gateway_that_wants_a_token_is_shown_one(browser, module_cluster, tmp_path):
    file = tmp_path / "tokens"
    scopes = ("--scope", "call:prime,cluster:read,queues:*")
    token = run("token", "new", "page", *scopes, "--file", str(file)).stdout.strip()
    gateway = module_cluster.gateway("--tokens", str(file), "--pool", "prime=1")
    browser.open(gateway.url + "/")
    browser.wait("return !document.getElementById('token-form').hidden")
    browser.wait("return document.getElementById('cluster-state').textContent.includes('wants a token')")
    browser.type("#token", token + ENTER)
    browser.wait(STATE_IS, "open")
    browser.type("#prime-input", "97" + ENTER)
    browser.wait(COUNT_IS, 1)
    browser.wait("return document.getElementById('cluster-state').textContent.startsWith('Connections')")
    assert browser.run("return document.getElementById('token-form').hidden")
    browser.complaints()  # of the requests that were refused
