"""No job that was answered is lost, or run again once it has ended, while gateways, workers and the
database server are killed. SQUALL_CRASH_SECONDS says for how long."""

import asyncio
import collections
import itertools

from crashes import CRASH_SECONDS, Place
from jobs import ENDED, WebSocketJobs, jobs_of
from odd_server import OddServer
from scale import seconds

PRODUCERS = 32
OBSERVERS = 8
PAUSE = 1.5  # seconds between two kills
MOST_OPEN = 400  # jobs that were submitted and not seen to have ended
POOLS = ("prime=2", "sleep=50", "fetch=20")


class Work:
    """Jobs that were submitted and seen to have ended, as far as it was answered."""

    def __init__(self, server):
        self._server = server
        self._numbers = itertools.count(1)
        self._unanswered = []  # numbers whose submission broke off; they are submitted again
        self._unseen = collections.deque()
        self.numbers = {}  # id -> the number that it is of
        self.ends = {}  # id -> the job as it was first seen to have ended, and what was fetched then
        self.wrong = []

    def entry(self, number):
        """A job of each kind in turn; every tenth can only fail."""
        kind = ("prime", "sleep", "fetch")[number % 3]
        params = {
            "prime": {"n": number},
            "sleep": {"ms": number % 50},
            "fetch": {"url": self._server.url(f"/plain/{number}")},
        }[kind]
        if number % 10 == 0:
            params = {}
        return {"kind": kind, "params": params, "idempotency_key": f"job {number}"}

    async def produce(self, user):
        if len(self._unseen) >= MOST_OPEN:
            await asyncio.sleep(0.01)
            return
        count = 5 if len(self.numbers) % 7 == 0 else 1
        some = [self._next() for _ in range(count)]
        try:
            jobs = await user.submit_all([self.entry(number) for number in some])
        except BaseException:
            self._unanswered += some
            raise
        for number, job in zip(some, jobs, strict=True):
            if self.numbers.setdefault(job["id"], number) != number:
                self.wrong.append(f"{job['id']} is of two numbers")
            self._unseen.append(job["id"])

    def _next(self):
        return self._unanswered.pop() if self._unanswered else next(self._numbers)

    def all_answered(self):
        return not self._unanswered

    async def observe(self, user):
        if not self._unseen:
            await asyncio.sleep(0.01)
            return
        number = self._unseen.popleft()
        job = None
        try:
            job = await user.get(number, wait_ms=2_000)
        finally:
            if job is None or job["state"] not in ENDED:
                self._unseen.append(number)
        if job["state"] in ENDED:
            self.check(job)
            self.ends[number] = (job, len(self._server.seen))

    def check(self, job):
        number = self.numbers[job["id"]]
        fine = job["state"] == "done" if number % 10 else job["state"] == "dead"
        if not fine or (job["state"] == "dead" and "invalid_params" not in job["attempts"][-1]["error"]):
            self.wrong.append(f"{number} has ended as {job}")

    def fetched_after_the_end(self):
        """Jobs whose page was asked for after their end was seen."""
        begins = {f"/plain/{self.numbers[key]}": at for key, (_, at) in self.ends.items()}
        paths = enumerate(self._server.paths())
        return [path for at, path in paths if at >= begins.get(path, at + 1)]


class Workers:
    """Two that have joined every gateway; the older one is killed."""

    def __init__(self, cluster, places):
        self._cluster = cluster
        self._places = places
        self._names = itertools.count(1)
        self._running = [self._start() for _ in range(2)]

    def _start(self):
        return self._cluster.worker(
            *(place.gateway for place in self._places),
            pools=POOLS,
            name=f"w{next(self._names)}",
            flags=("--fetch-allow", "127.0.0.1"),
        )

    def crash(self):
        self._running.pop(0).kill()
        self._running.append(self._start())


async def all_jobs(client):
    found, more = [], {}
    while True:
        page = await client.page(limit=1_000, **more)
        found += page["jobs"]
        if "cursor" not in page:
            return found
        more = {"cursor": page["cursor"]}


async def scene(work, places, victims, kills):
    """Has jobs submitted and observed at all places, while the victims are killed in turn. All jobs
    at the end, and the books of their queue."""
    async with jobs_of(places[0].gateway) as client:
        # Short leases, so that what a killed gateway handed out comes back soon.
        await client.create("default", lease_ms=seconds(2_000), max_attempts=1_000)
    all_put, all_seen = asyncio.Event(), asyncio.Event()
    at = itertools.cycle(places)
    producers = [next(at).use(work.produce, all_put) for _ in range(PRODUCERS)]
    observers = [next(at).use(work.observe, all_seen) for _ in range(OBSERVERS)]
    producers, observers = [
        [asyncio.ensure_future(each) for each in group] for group in (producers, observers)
    ]
    for _, crash in zip(range(kills), itertools.cycle(victims)):
        await asyncio.sleep(PAUSE)
        crash()
    await asyncio.sleep(PAUSE)
    async with asyncio.timeout(seconds(40)):
        while not work.all_answered():  # what was cut off is submitted again
            await asyncio.sleep(0.05)
    all_put.set()
    await asyncio.wait_for(asyncio.gather(*producers), seconds(40))
    async with jobs_of(places[0].gateway) as client:
        await client.join("default", timeout_ms=seconds(90_000))
        while len(work.ends) < len(work.numbers):
            await asyncio.sleep(0.05)
        all_seen.set()
        await asyncio.wait_for(asyncio.gather(*observers), seconds(20))
        return await all_jobs(client), await client.stats("default")


def crash_all(places, *victims):
    """Kills the victims in turn for as long as is asked; afterwards every job has ended once."""
    kills = max(len(victims), int(CRASH_SECONDS / PAUSE))
    with OddServer() as server:
        work = Work(server)
        jobs, books = asyncio.run(scene(work, places, [each.crash for each in victims], kills))
        states = collections.Counter(job["state"] for job in jobs)
        again = sum(job["attempt"] > 1 for job in jobs)
        print(
            f"{kills} kills, {len(work.numbers)} jobs answered, {len(jobs)} kept: {dict(states)}; "
            f"{again} of them ran again, {books['total_expired']} leases ran out"
        )
        assert not work.wrong and work.all_answered()
        # A key finds the job whose answer was lost: there is one of each number.
        assert {job["id"] for job in jobs} == set(work.numbers)
        assert len(set(work.numbers.values())) == len(work.numbers)
        for job in jobs:
            end, _ = work.ends[job["id"]]
            assert (job["state"], job["ended_at"]) == (end["state"], end["ended_at"])
            assert job["attempt"] == end["attempt"]
        assert work.fetched_after_the_end() == []
        assert states["dead"] == sum(number % 10 == 0 for number in work.numbers.values())


def test_every_answered_job_ends_once_while_gateway_and_workers_are_killed(cluster, store):
    places = [Place(store, WebSocketJobs)]
    crash_all(places, places[0], Workers(cluster, places))


class Server:
    """PostgreSQL's; whoever needs it meanwhile is told so."""

    def __init__(self, postgres):
        self._postgres = postgres

    def crash(self):
        self._postgres.kill()
        self._postgres.start()


def test_every_answered_job_ends_once_while_the_database_server_is_killed_too(cluster, mortal):
    gone = ("unavailable",)
    stores = (mortal, mortal.beside())
    places = [Place(each, WebSocketJobs, gone) for each in stores]
    server = Server(mortal.server)
    crash_all(places, places[0], server, Workers(cluster, places), places[1], server)
