// npm's `rpc-websockets`: argument 1 is the URL of /v1/ws, argument 2 how many calls to make.
"use strict";

const assert = require("node:assert/strict");
const { once } = require("node:events");
const { Client } = require("rpc-websockets");

const [url, total] = [process.argv[2], Number(process.argv[3])];

(async () => {
  const client = new Client(url, { reconnect: false });
  await once(client, "open");

  const one = await client.call("prime", { n: "97" });
  assert.equal(one.n, "97");
  assert.equal(one.prime, true);

  const numbers = Array.from({ length: total }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => client.call("prime", { n })));
  answers.forEach((answer, n) => assert.equal(answer.n, String(n)));
  assert.deepEqual(
    numbers.filter((n) => answers[n].prime).slice(0, 5),
    [2, 3, 5, 7, 11],
  );

  const options = { kind: "sleep", params: { ms: 20000 }, timeout_ms: 50 };
  await assert.rejects(client.call("call", options), (error) => error.code === -32001);
  await assert.rejects(client.call("prime", { n: "x" }), (error) => error.code === -32602);
  await assert.rejects(client.call("nothing"), (error) => error.code === -32601);

  await client.notify("prime", { n: 97 });
  assert.equal(await client.call("ping"), "pong");

  client.close();
  await once(client, "close");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
