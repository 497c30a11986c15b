"""Readers of a job's events, over server-sent events and over notifications."""

import asyncio
import contextlib
import json

from scale import seconds


class EventStream:
    """One answer with server-sent events, read as HTML's standard has it. See `open_events`."""

    def __init__(self, reader, status, headers):
        self._reader = reader
        self._buffer = ""
        self.status = status
        self.headers = headers  # names in lower case
        self.retry = None
        self.last_id = None

    async def _more(self):
        """The next piece of the body; "" at its end."""
        if self.headers.get("transfer-encoding") != "chunked":
            return (await self._reader.read(65536)).decode()
        size = int(await self._reader.readline(), 16)
        text = (await self._reader.readexactly(size)).decode()
        assert await self._reader.readexactly(2) == b"\r\n"
        return text

    async def _block(self):
        """The lines up to the next empty one; nothing at the end of the body."""
        while "\n\n" not in self._buffer:
            more = await self._more()
            if not more:
                assert not self._buffer, f"half an event: {self._buffer[:200]}"
                return None
            self._buffer += more
        block, self._buffer = self._buffer.split("\n\n", 1)
        return block.split("\n")

    async def next(self, timeout=20):
        """The job of the next event; nothing at the end of the stream."""
        async with asyncio.timeout(seconds(timeout)):
            while (lines := await self._block()) is not None:
                fields = [line.split(": ", 1) for line in lines if not line.startswith(":")]
                data = "\n".join(value for name, value in fields if name == "data")
                others = {name: value for name, value in fields if name != "data"}
                self.retry = others.get("retry", self.retry)
                if not data:
                    continue
                assert others["event"] == "job"
                self.last_id = others["id"]
                return json.loads(data)
        return None

    async def until(self, state):
        """The first event from here on of a job in this state."""
        while (job := await self.next())["state"] != state:
            pass
        return job

    async def rest(self):
        """The jobs of all events up to the end."""
        jobs = []
        while job := await self.next():
            jobs.append(job)
        return jobs


@contextlib.asynccontextmanager
async def open_events(gateway, number, last_id=None, version="1.1", method="GET", limit=65536, token=None):
    """The events of a job, behind the head of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=limit)
    try:
        more = "" if last_id is None else f"Last-Event-ID: {last_id}\r\n"
        more += f"Authorization: Bearer {token}\r\n" if token else ""
        head = f"{method} /v1/jobs/{number}/events HTTP/{version}\r\nHost: localhost\r\n{more}\r\n"
        writer.write(head.encode())
        async with asyncio.timeout(seconds(20)):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        yield EventStream(reader, int(lines[0].split()[1]), headers)
    finally:
        writer.close()


async def next_notice(rpc, timeout=20):
    """The job of the next notification."""
    notice = await asyncio.wait_for(rpc.notices.get(), seconds(timeout))
    assert notice["method"] == "job.updated"
    return notice["params"]


async def notices_until(rpc, ends):
    """Reads notifications until so many jobs have ended; their states by id, in order."""
    states = {}
    while ends > 0:
        job = await next_notice(rpc)
        states.setdefault(job["id"], []).append(job["state"])
        ends -= job["state"] in ("done", "dead", "cancelled")
    return states
