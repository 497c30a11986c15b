// Questions over /ws/prime, and tables of /v1/cluster and /v1/queues.

import { explain, headers, subprotocols } from "./access.js";
import { element, number } from "./dom.js";

/** How long to wait before connecting again: from 1 s to 5 s, of which up to one half is chance. */
const backoff = (attempt) => Math.min(5000, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);

// --- Prime numbers -----------------------------------------------------------------------------

const MAX_OPEN = 1000; // questions at the gateway at a time; it takes 16,384
const MAX_MESSAGE = 256 * 1024; // characters; it takes 1 MiB
const MAX_QUESTION = 20000; // characters; numbers of more than 10,000 digits are refused anyway
const MAX_SHOWN = 2000; // answers kept on the page

const chat = {
  socket: null,
  attempt: 0,
  waiting: [], // questions that were not sent
  open: [], // sent and not answered, oldest first: answers come in this order
  answers: [], // answered and not shown
  answered: 0,
};

function showConnection(state, text) {
  element("connection").dataset.state = state;
  element("connection").textContent = text;
}

function connect() {
  showConnection("connecting", chat.attempt ? "Connecting again" : "Connecting");
  const url = new URL("/ws/prime", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, subprotocols());
  chat.socket = socket;
  socket.onopen = () => {
    chat.attempt = 0;
    showConnection("open", "Connected");
    send();
  };
  socket.onmessage = ({ data }) => {
    chat.open.shift();
    chat.answers.push(data);
    if (chat.answers.length === 1) setTimeout(showAnswers, 20);
    if (chat.open.length <= MAX_OPEN / 2) send();
  };
  socket.onclose = () => {
    // What was not answered is asked again: a number may be checked twice.
    chat.waiting = chat.open.concat(chat.waiting);
    chat.open = [];
    const pause = backoff(chat.attempt++);
    showConnection("closed", `Not connected; trying again in ${(pause / 1000).toFixed(1)} s`);
    setTimeout(connect, pause);
  };
}

function send() {
  while (chat.socket.readyState === WebSocket.OPEN && chat.waiting.length > 0) {
    let count = 0;
    let length = 0;
    while (
      count < chat.waiting.length &&
      chat.open.length + count < MAX_OPEN &&
      (count === 0 || length + chat.waiting[count].length < MAX_MESSAGE)
    ) {
      length += chat.waiting[count++].length + 1;
    }
    if (count === 0) break;
    const questions = chat.waiting.splice(0, count);
    chat.open.push(...questions);
    chat.socket.send(questions.join("\n"));
  }
  showCount();
}

function showAnswers() {
  const list = element("prime-answers");
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
  const items = chat.answers.slice(-MAX_SHOWN).map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    if (text.startsWith("error:")) item.dataset.sort = "error";
    else if (text.endsWith(" is a prime number")) item.dataset.sort = "prime";
    return item;
  });
  chat.answered += chat.answers.length;
  chat.answers = [];
  list.append(...items);
  while (list.childElementCount > MAX_SHOWN) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
  showCount();
}

function showCount() {
  const left = chat.open.length + chat.waiting.length + chat.answers.length;
  const hidden = chat.answered - element("prime-answers").childElementCount;
  const parts = [];
  if (left > 0) parts.push(`${number.format(left)} waiting`);
  if (chat.answered > 0) parts.push(`${number.format(chat.answered)} answered`);
  if (hidden > 0) parts.push(`the last ${number.format(MAX_SHOWN)} are shown`);
  element("prime-count").textContent = parts.join(", ");
}

function ask(event) {
  event.preventDefault();
  const input = element("prime-input");
  const questions = input.value.split(/\s+/).filter(Boolean);
  const tooLong = questions.findIndex((question) => question.length > MAX_QUESTION);
  const note = element("prime-note");
  if (questions.length === 0) {
    note.textContent = "Type a number, or paste many.";
  } else if (tooLong >= 0) {
    note.textContent = `Number ${tooLong + 1} has more than ${number.format(MAX_QUESTION)} characters.`;
  } else {
    note.textContent = "";
    input.value = "";
    chat.waiting = chat.waiting.concat(questions);
    send();
  }
  input.focus();
}

function clearAnswers() {
  chat.answered = 0;
  element("prime-answers").replaceChildren();
  showCount();
  element("prime-input").focus();
}

element("prime-form").addEventListener("submit", ask);
element("prime-clear").addEventListener("click", clearAnswers);
element("prime-input").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) ask(event);
});
connect();

// --- Cluster and queues ------------------------------------------------------------------------

const REFRESH = 1000; // ms between looks
const PATIENCE = 3000; // ms until a look is given up

let nextLook = 0;
let looking = false;

/** Makes a table's body show `rows`, touching only what has changed. The first cell is a heading. */
function fill(table, rows, empty) {
  const body = table.tBodies[0];
  const columns = table.tHead.rows[0].cells.length;
  if (rows.length === 0) {
    if (body.rows.length === 1 && body.rows[0].cells.length === 1) return;
    const cell = document.createElement("td");
    cell.className = "empty";
    cell.colSpan = columns;
    cell.textContent = empty;
    const row = document.createElement("tr");
    row.append(cell);
    body.replaceChildren(row);
    return;
  }
  if (body.rows[0]?.cells.length === 1) body.replaceChildren();
  while (body.rows.length > rows.length) body.lastElementChild.remove();
  while (body.rows.length < rows.length) body.append(emptyRow(columns));
  rows.forEach(({ cells, draining }, index) => {
    const row = body.rows[index];
    row.dataset.sort = draining ? "draining" : "";
    cells.forEach((value, column) => {
      const text = typeof value === "number" ? number.format(value) : value;
      if (row.cells[column].textContent !== text) row.cells[column].textContent = text;
    });
  });
}

function emptyRow(columns) {
  const row = document.createElement("tr");
  const heading = document.createElement("th");
  heading.scope = "row";
  row.append(heading);
  while (row.cells.length < columns) row.append(document.createElement("td"));
  return row;
}

function workerRows(worker) {
  const name = worker.draining ? `${worker.name} (draining)` : worker.name;
  const host = worker.local ? "in the gateway" : worker.host;
  return worker.pools.map((pool) => ({
    draining: worker.draining,
    cells: [name, host, pool.kind, pool.slots, pool.in_flight, pool.done, pool.failed],
  }));
}

function showCluster({ gateways, workers, kinds }) {
  const [gateway] = gateways;
  element("gateway").textContent = `${gateway.name}, version ${gateway.version}`;
  const { http, websocket } = gateway.connections;
  const state = gateway.draining ? "The gateway drains. " : "";
  element("cluster-state").textContent =
    `${state}Connections: ${number.format(websocket)} WebSocket, ${number.format(http)} HTTP`;
  const kindRow = (kind) => ({
    cells: [kind.kind, kind.slots, kind.in_flight, kind.waiting, kind.done, kind.failed],
  });
  fill(element("kinds"), kinds.map(kindRow), "No kind was offered yet.");
  workers.sort((a, b) => a.name.localeCompare(b.name));
  fill(element("workers"), workers.flatMap(workerRows), "No worker has joined.");
}

function showQueues({ queues }) {
  const perSecond = (value) => value.toFixed(1);
  const queueRow = (queue) => ({
    cells: [queue.paused ? `${queue.name} (paused)` : queue.name, queue.order, queue.ready]
      .concat([queue.delayed, queue.leased, queue.unfinished])
      .concat([queue.dead, queue.done, queue.cancelled, queue.getters, queue.putters, queue.joiners])
      .concat([perSecond(queue.put_rate), perSecond(queue.ack_rate)]),
  });
  element("queues-state").textContent = "They are this gateway's own.";
  fill(element("queues"), queues.map(queueRow), "There is no queue yet.");
}

/** Asks for a document and shows it; says so in `state` when that fails. */
async function refresh(path, show, state) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(path, { signal, cache: "no-store", headers: headers() });
    if (!answer.ok) throw new Error(explain(answer.status));
    show(await answer.json());
  } catch (error) {
    element(state).textContent = `The gateway does not answer (${error.message}).`;
  }
}

async function look() {
  if (looking) return;
  looking = true;
  clearTimeout(nextLook);
  await Promise.all([
    refresh("/v1/cluster", showCluster, "cluster-state"),
    refresh("/v1/queues", showQueues, "queues-state"),
  ]);
  looking = false;
  if (!document.hidden) nextLook = setTimeout(look, REFRESH);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
look();
