// The token that a gateway may want to be shown. Kept for this tab alone, until it is closed.

import { element } from "./dom.js";

const KEY = "squall-token";

const token = () => sessionStorage.getItem(KEY) ?? "";

/** What a request needs to show the token, if there is one. */
export const headers = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

/** The same for a WebSocket: a browser can give it no header. */
export const subprotocols = () => (token() ? ["squall.v1", `bearer.${token()}`] : []);

/** What an answer's status means; asks for a token when one is needed. */
export function explain(status) {
  if (status === 401) element("token-form").hidden = false;
  if (status === 401) return token() ? "this token does not count" : "it wants a token";
  return status === 403 ? "this token does not allow it" : `status ${status}`;
}

element("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, element("token").value.trim());
  location.reload();
});
