"""A headless Chromium, driven by chromedriver over the WebDriver protocol (W3C)."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from processes import GUARD, Output
from scale import seconds

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's name for a reference

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--window-size=1200,900"
).split()

ENTER, SHIFT, TAB = "\ue007", "\ue008", "\ue004"


class Browser:
    """One window. Everything that was started ends with `close`."""

    def __init__(self, *flags):
        driver = shutil.which("chromedriver")
        assert driver, "chromedriver is not on PATH"
        self._folder = tempfile.TemporaryDirectory(
            prefix="squall-chromium-", ignore_cleanup_errors=True
        )
        self._driver = subprocess.Popen(
            [*GUARD, driver, "--port=0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._output = Output(self._driver.stdout)
        self._session = None
        try:
            port = self._output.wait_for(r"successfully on port (\d+)", seconds(30))[1]
            self._base = f"http://127.0.0.1:{port}"
            self._start_session(flags)
        except BaseException:
            self.close()
            raise

    def _start_session(self, flags):
        options = {"args": [*FLAGS, f"--user-data-dir={self._folder.name}", *flags]}
        if binary := shutil.which("chromium"):
            options["binary"] = binary
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{answer['sessionId']}"

    def _ask(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            self._base + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=seconds(60)) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def open(self, url):
        self._ask("POST", f"{self._session}/url", {"url": url})

    def find(self, selector):
        wanted = {"using": "css selector", "value": selector}
        return self._ask("POST", f"{self._session}/element", wanted)[ELEMENT]

    def type(self, selector, text):
        """Types as a user does, into the element."""
        self._ask("POST", f"{self._session}/element/{self.find(selector)}/value", {"text": text})

    def press(self, *keys):
        """Types into whatever has the focus; keys are held until all are down."""
        downs = [{"type": "keyDown", "value": key} for key in keys]
        ups = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        actions = [{"type": "key", "id": "keyboard", "actions": downs + ups}]
        self._ask("POST", f"{self._session}/actions", {"actions": actions})

    def click(self, selector):
        self._ask("POST", f"{self._session}/element/{self.find(selector)}/click")

    def run(self, script, *arguments):
        """What a script returns."""
        return self._ask(
            "POST", f"{self._session}/execute/sync", {"script": script, "args": list(arguments)}
        )

    def texts(self, selector):
        """The texts of all elements that match."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
        return self.run(script, selector)

    def wait(self, script, *arguments, timeout=10):
        """Asks until the script returns something true; gives it."""
        deadline = time.monotonic() + seconds(timeout)
        while not (value := self.run(script, *arguments)):
            assert time.monotonic() < deadline, f"not in time: {script} {arguments}"
            time.sleep(0.05)
        return value

    def complaints(self):
        """What the console has shown since the last time, except for plain messages."""
        entries = self._ask("POST", f"{self._session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] not in ("INFO", "DEBUG")]

    def command(self, name, **parameters):
        """One command of the DevTools protocol."""
        body = {"cmd": name, "params": parameters}
        return self._ask("POST", f"{self._session}/goog/cdp/execute", body)

    def screenshot(self, path):
        data = self._ask("GET", f"{self._session}/screenshot")
        path.write_bytes(base64.b64decode(data))

    def close(self):
        try:
            if self._session:
                self._ask("DELETE", self._session)
        finally:
            self._driver.terminate()
            try:
                self._driver.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._driver.kill()
                self._driver.wait()
            self._output.close()
            self._folder.cleanup()
