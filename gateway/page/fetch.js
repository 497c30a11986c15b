// The fetch box: what a URL answers to a worker, shown as text whatever it is.

import { explain, headers } from "./access.js";
import { element, number } from "./dom.js";

const MAX_BODY_SHOWN = 100000; // characters

let fetching = 0; // the number of the latest question: an older one's answer is not shown

/** What an answer of the gateway says is wrong: a problem document, or nothing of the sort. */
function describeProblem(problem, status) {
  if (!problem?.code) return `The gateway answered with status ${status}.`;
  const reason = problem.reason ? ` (${problem.reason})` : "";
  return `${problem.code}${reason}: ${problem.detail ?? problem.title}`;
}

function showFetched(answer) {
  const { dns, connect, tls, first_byte: firstByte, total } = answer.timing;
  const times = { dns, connect, tls, "first byte": firstByte, total };
  const headers = Object.entries(answer.headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}`),
  );
  const body = answer.body ?? `Not text; in base64:\n${answer.body_base64}`;
  const redirects = answer.redirects > 0 ? `, ${answer.redirects} redirects` : "";
  element("fetch-status").textContent =
    `${answer.status} ${answer.reason}, HTTP/${answer.http_version}${redirects}: ${answer.url}`;
  element("fetch-timing").textContent = Object.entries(times)
    .map(([name, ms]) => `${name} ${number.format(ms)} ms`)
    .join(", ");
  element("fetch-headers").textContent = headers.join("\n");
  const rest = number.format(body.length - MAX_BODY_SHOWN);
  element("fetch-body").textContent =
    body.length > MAX_BODY_SHOWN
      ? `${body.slice(0, MAX_BODY_SHOWN)}\n... and ${rest} characters more`
      : body;
  element("fetch-answer").hidden = false;
}

async function fetchUrl(event) {
  event.preventDefault();
  const url = element("fetch-url").value.trim();
  const note = element("fetch-note");
  const mine = ++fetching;
  element("fetch-answer").hidden = true;
  note.textContent = url === "" ? "Type a URL." : "";
  element("fetch-ask").textContent = url === "" ? "Fetch" : "Fetching";
  if (url === "") return;
  try {
    const answer = await fetch(`/v1/call/fetch?url=${encodeURIComponent(url)}`, {
      cache: "no-store",
      headers: headers(),
    });
    explain(answer.status);
    const document = await answer.json();
    if (mine !== fetching) return;
    if (answer.ok) showFetched(document);
    else note.textContent = describeProblem(document, answer.status);
  } catch (error) {
    if (mine === fetching) note.textContent = `The gateway does not answer (${error.message}).`;
  }
  if (mine === fetching) element("fetch-ask").textContent = "Fetch";
}

element("fetch-form").addEventListener("submit", fetchUrl);
