// The way to the server, and whether there is one. Three seconds without an answer is no network.

const PATIENCE = 3000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;

/** No answer in time: the server may have heard it, or not. */
export class NoNetwork extends Error {}

/** What the server said: `status`, and `body` when it was JSON. A Blob goes as it is, anything else as JSON. */
export async function call(path, { body, method = "POST", patience = PATIENCE } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const isBlob = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = isBlob ? body.type : "application/json";
  // Only what the page asks on its own is a GET: it must not keep a desk logged in where nobody stands.
  if (method === "GET") headers["X-Background"] = "1";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), patience);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined || isBlob ? body : JSON.stringify(body),
      signal: abort.signal,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
    });
    const isJson = /json/.test(response.headers.get("Content-Type") ?? "");
    // A gateway that answers for a server it cannot reach, or a wifi that wants its own page first.
    if ([502, 503, 504].includes(response.status) || (response.ok && !isJson)) throw new NoNetwork();
    return { status: response.status, body: isJson ? await response.json() : {} };
  } catch (reason) {
    throw reason instanceof NoNetwork ? reason : new NoNetwork(String(reason), { cause: reason });
  } finally {
    clearTimeout(timer);
  }
}

/** What the server draws for a form of this page; null when it leads elsewhere, to a login for instance. */
export async function exchange(form) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body, signal: abort.signal, cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const isOurs = response.ok && new URL(response.url).pathname === location.pathname;
    return isOurs && page.querySelector("[data-desk-result]") ? page : null;
  } catch (reason) {
    throw new NoNetwork(String(reason), { cause: reason });
  } finally {
    clearTimeout(timer);
  }
}

// Read when it is needed: another tab may have logged in again since this page came.
function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
  return cookie ? cookie[1] : (document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
}

/** The page that was kept carries the token of the day it was kept; its forms go out with that of now. */
export function refreshTokens(part) {
  const token = csrfToken();
  for (const field of part.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

/** Knows whether there is a network; sends "change" when that turns. Without one it asks /healthz now and then. */
export class Link extends EventTarget {
  #timer = 0;
  #pause = FIRST_PAUSE;
  isUp = true;

  constructor() {
    super();
    addEventListener("offline", () => this.lost());
    addEventListener("online", () => this.#soon(0));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.isUp) this.#soon(0);
    });
    if (!navigator.onLine) this.lost();
  }

  /** Like `call`, and remembers what came of it. */
  async call(path, options) {
    try {
      const answer = await call(path, options);
      this.#found();
      return answer;
    } catch (reason) {
      this.lost();
      throw reason;
    }
  }

  lost() {
    if (!this.isUp) return;
    this.isUp = false;
    this.#pause = FIRST_PAUSE;
    this.#soon(this.#pause);
    this.dispatchEvent(new Event("change"));
  }

  #found() {
    clearTimeout(this.#timer);
    if (this.isUp) return;
    this.isUp = true;
    this.dispatchEvent(new Event("change"));
  }

  #soon(pause) {
    if (this.isUp) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#probe(), pause);
  }

  async #probe() {
    try {
      const answer = await call("/healthz", { method: "GET" });
      if (answer.body.alive === true) return this.#found();
    } catch (reason) {
      if (!(reason instanceof NoNetwork)) throw reason;
    }
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    return this.#soon(this.#pause);
  }
}
