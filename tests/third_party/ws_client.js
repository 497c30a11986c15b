// npm's `ws`: argument 1 is the gateway's ws:// URL, argument 2 how many numbers to ask.
"use strict";

const assert = require("node:assert/strict");
const { once } = require("node:events");
const WebSocket = require("ws");

const [url, total] = [process.argv[2], Number(process.argv[3])];

async function receive(socket, count) {
  const messages = [];
  await new Promise((resolve, reject) => {
    socket.on("message", (data) => {
      messages.push(data.toString());
      if (messages.length === count) resolve();
    });
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`closed with ${code}`)));
  });
  socket.removeAllListeners("close");
  return messages;
}

async function askPrimes(options) {
  const socket = new WebSocket(`${url}/ws/prime`, options);
  await once(socket, "open");
  assert.equal(socket.extensions, options.perMessageDeflate === false ? "" : "permessage-deflate");
  const answers = receive(socket, total);
  for (let n = 0; n < total; ++n) socket.send(String(n));
  const texts = await answers;
  assert.deepEqual(texts.slice(0, 3), [
    "0 is not a prime number",
    "1 is not a prime number",
    "2 is a prime number",
  ]);
  texts.forEach((text, n) => assert.equal(text.split(" ")[0], String(n)));
  socket.close(1000, "done");
  const [code] = await once(socket, "close");
  assert.equal(code, 1000);
}

async function askJsonRpc() {
  const socket = new WebSocket(`${url}/v1/ws`);
  await once(socket, "open");
  const answers = receive(socket, total);
  for (let id = 0; id < total; ++id) {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "prime", params: { n: id } }));
  }
  const byId = new Map((await answers).map((text) => [JSON.parse(text).id, JSON.parse(text)]));
  assert.equal(byId.size, total);
  assert.equal(byId.get(97).result.prime, true);
  assert.equal(byId.get(98).result.prime, false);
  socket.ping();
  await once(socket, "pong");
  socket.close();
  await once(socket, "close");
}

(async () => {
  await askPrimes({});
  await askPrimes({ perMessageDeflate: false });
  await askJsonRpc();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
