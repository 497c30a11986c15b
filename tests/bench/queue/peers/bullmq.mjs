// Job cycles of BullMQ: `node bullmq.mjs SOCKET work CONCURRENCY` runs jobs until it is ended;
// `node bullmq.mjs SOCKET cycle PRODUCERS SECONDS` has that many producers add a job, wait for its result, and so on,
// and prints how many cycles there were a second.
import { Queue, QueueEvents, Worker } from "bullmq";

const [path, task, count, seconds] = process.argv.slice(2);
const connection = { path, maxRetriesPerRequest: null };
const NAME = "cycles";

function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; ++divisor) if (n % divisor === 0) return false;
  return n > 1;
}

async function work(concurrency) {
  const worker = new Worker(NAME, async (job) => ({ prime: isPrime(job.data.n) }), { connection, concurrency });
  await worker.waitUntilReady();
  console.log("ready");
  process.on("SIGTERM", async () => {
    await worker.close(true);
    process.exit(0);
  });
}

async function cycle(producers, milliseconds) {
  const queue = new Queue(NAME, { connection });
  const events = new QueueEvents(NAME, { connection });
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  for (const each of [queue, events]) each.setMaxListeners(0);
  let done = 0;
  const producer = async (until) => {
    while (performance.now() < until) {
      const job = await queue.add("prime", { n: 97 }, { removeOnComplete: { count: 10_000 } });
      const result = await job.waitUntilFinished(events);
      if (!result.prime) throw new Error("a wrong result");
      ++done;
    }
  };
  const all = (until) => Promise.all(Array.from({ length: producers }, () => producer(until)));
  await all(performance.now() + 500); // everything is compiled and connected
  done = 0;
  const begin = performance.now();
  await all(begin + milliseconds);
  console.log((done * 1000) / (performance.now() - begin));
  await Promise.all([queue.close(), events.close()]);
}

if (task === "work") await work(Number(count));
else await cycle(Number(count), Number(seconds) * 1000);
