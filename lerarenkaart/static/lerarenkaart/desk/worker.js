// The service worker of the desk: serves the desk's shell and its static files when the network is away or slow.
// /balie/sw.js gives it FILES and VERSION. It keeps no answer of the API and no page with anyone's name on it.

const PATIENCE = 3000;
const CACHE = `balie-${self.VERSION}`;
const SHELLS = "balie-schil";
const DESK = /^\/balie\/([-\w]+)\/$/;
const ANY_PAGE = /^\/balie\/(?:([-\w]+)\/.*)?$/;
const shellOf = (code) => `/balie/${code}/zonder-netwerk/`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(self.FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith("balie-") && ![CACHE, SHELLS].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The page asks for its shell once it stands, and has it forgotten at logout.
self.addEventListener("message", (event) => {
  const { kind, code } = event.data ?? {};
  if (kind === "keep") event.waitUntil(keepShell(code).catch(() => undefined));
  if (kind === "forget") event.waitUntil(caches.delete(SHELLS));
});

async function keepShell(code) {
  const response = await fetch(shellOf(code), { credentials: "same-origin", redirect: "error" });
  if (response.ok) await (await caches.open(SHELLS)).put(shellOf(code), response);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (ANY_PAGE.test(url.pathname)) event.respondWith(page(event, url.pathname));
  } else if (self.FILES.includes(url.pathname)) {
    event.respondWith(file(request, url.pathname));
  }
});

// Addresses of files carry a fingerprint of their content; without one (while developing) the network goes first.
async function file(request, path) {
  const kept = await caches.match(path);
  if (!kept) return fetch(request);
  return self.FINGERPRINTS ? kept : fetch(request).catch(() => kept);
}

async function page(event, path) {
  const answer = fetch(event.request);
  const shell = await findShell(path);
  if (!shell) return answer;
  // Only the desk itself has something to show in its place: other pages may take their time.
  if (!DESK.test(path)) return answer.catch(() => Response.redirect(shell.home, 302));
  const impatience = new Promise((done) => setTimeout(done, PATIENCE, null));
  const first = await Promise.race([answer.catch(() => null), impatience]);
  answer.catch(() => undefined);
  return first && first.status < 502 ? first : shell.response;
}

// The shell of this desk; of the only desk there is, when the address names none.
async function findShell(path) {
  const cache = await caches.open(SHELLS);
  const code = path.match(ANY_PAGE)[1];
  if (code) {
    const response = await cache.match(shellOf(code));
    return response && { response, home: `/balie/${code}/` };
  }
  const [only] = await cache.keys();
  if (!only) return undefined;
  return { response: await cache.match(only), home: new URL(only.url).pathname.replace("zonder-netwerk/", "") };
}
