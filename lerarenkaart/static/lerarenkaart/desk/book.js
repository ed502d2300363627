// What this desk knows by itself: its list of cards, what was done and still has to be sent, what was refused.

import { NoNetwork } from "./net.js";
import { LogInAgain, PATHS, Queue } from "./queue.js";
import { find } from "./search.js";
import { forgetKey, openKey, rememberedKey } from "./session.js";
import { countWaiting, dropOld, openDatabase, Store, wipe } from "./store.js";

const KEY = "/api/v1/desk/key/";
const SNAPSHOT = "/api/v1/desk/snapshot/";
const WORKER = "/balie/sw.js";
const LOGIN = "/account/login/";
const LOGGING_OUT = 2000;
const SCOPE = "/balie/";
const FRESH = 5 * 60 * 1000;
const FIRST_PAUSE = 5 * 1000;
const LONGEST_PAUSE = 5 * 60 * 1000;
const SNAPSHOT_PATIENCE = 30 * 1000;
const PAUSE_OF_SAVING = 1000;
const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels" });

export class Book {
  #database = null;
  #session = null;
  #store = null;
  #queue = null;
  #snapshot = null;
  #marks = new Map();
  #actions = [];
  #waiting = new Set();
  #saving = 0;
  #saved = 0;
  #resending = 0;
  #pause = FIRST_PAUSE;
  #taken = -Infinity;
  #others = 0;
  #isShell = false;
  #isCounted = false;
  #isClosed = false;
  #heardOf = 0;
  mustLogIn = false;

  constructor(screen, link, code) {
    Object.assign(this, { screen, link, code });
    this.#isShell = screen.counter.textContent === "";
    this.#heardOf = Number(screen.counter.textContent);
    this.channel = new BroadcastChannel("balie");
    this.channel.addEventListener("message", ({ data }) => this.#heard(data));
    link.addEventListener("change", () => void this.#turned().catch(console.error));
    setInterval(() => void this.#refresh().catch(console.error), FRESH);
    addEventListener("pagehide", () => void this.#save());
    this.#show();
  }

  /** Brings up what this device keeps, then what the server has. */
  async open() {
    keepShell(this.code);
    this.#database = await openDatabase();
    await dropOld(this.#database, Date.now());
    await this.#use(await rememberedKey());
    await this.#turned();
  }

  find(term) {
    if (!this.#snapshot) return { hits: [], hasMore: false, isNumber: false };
    const found = find(this.#snapshot.cards, term);
    return { ...found, hits: found.hits.map((card) => this.seen(card)) };
  }

  /** A card as the server knows it, with what still waits to be sent. */
  seen(card) {
    return this.#waiting.has(card.number) ? { ...card, ...this.#marks.get(card.number) } : card;
  }

  isWaiting(number) {
    return this.#waiting.has(number);
  }

  /** Resolved when the device has it for good. */
  async queue(action) {
    if (!this.#queue) throw new Error("nothing to keep it in");
    await this.#queue.add(action);
    this.#waiting.add(action.card);
    await this.#count();
    this.channel.postMessage({ kind: "changed", step: 0 });
    void this.#send();
  }

  /** What was done here shows in the list at once. */
  mark(number, mark) {
    this.#marks.set(number, { ...mark, when: Date.now() });
    this.#apply();
    this.#saving ||= setTimeout(() => void this.#saveNow().catch(console.error), this.#saved + PAUSE_OF_SAVING - Date.now());
  }

  /** The server has so many hand-overs of today more, or fewer. */
  counted(step) {
    this.#heardOf += step;
    this.#show();
  }

  // At once after a rest, else once a second: a list of thousands is sealed as a whole.
  #saveNow() {
    this.#saving = 0;
    this.#saved = Date.now();
    return this.#save();
  }

  async #save() {
    if (!this.#snapshot || !this.#store || this.#isClosed) return;
    const today = { day: DAY.format(), count: this.#heardOf };
    await this.#store.saveSnapshot({ ...this.#snapshot, today }, this.#taken);
  }

  #apply() {
    for (const card of this.#snapshot?.cards ?? []) {
      const mark = this.#marks.get(card.number);
      if (mark) Object.assign(card, { at: undefined, id: undefined }, mark);
    }
  }

  async #turned() {
    this.#show();
    if (!this.link.isUp || !this.#database) return;
    if (!this.#session?.isFresh) {
      const session = await openKey(this.link, KEY);
      this.mustLogIn = session === null;
      if (session && this.#session && session.owner !== this.#session.owner) return location.reload();
      if (session) await this.#use(session);
    }
    this.#show();
    if (!this.#session?.isFresh) return;
    await this.#send();
    await this.#refresh();
  }

  async #use(session) {
    if (!session) return this.#count();
    this.#session = session;
    this.#store ??= new Store(this.#database, { ...session, point: this.code });
    this.#queue ??= new Queue(this.#store, { call: (path, options) => this.link.call(path, options), paths: PATHS });
    if (!this.#snapshot) {
      const kept = await this.#store.snapshot().catch(() => null);
      if (kept) this.#take(kept.list, kept.asked);
    }
    await this.#count();
    return this.#refused();
  }

  #take({ today, ...snapshot }, asked) {
    this.#snapshot = snapshot;
    this.#taken = asked;
    // What was done after the list was asked for is not in it.
    for (const [number, mark] of this.#marks) if (mark.when < asked) this.#marks.delete(number);
    this.#apply();
    // The page that is served without a network comes without a counter.
    if (this.#isShell && today?.day === DAY.format()) this.#heardOf = today.count;
    this.#isShell = false;
    this.#show();
  }

  async #refresh() {
    if (!this.link.isUp || !this.#session?.isFresh || this.#isClosed) return;
    const asked = Date.now();
    try {
      const path = `${SNAPSHOT}?point=${encodeURIComponent(this.code)}`;
      const answer = await this.link.call(path, { method: "GET", patience: SNAPSHOT_PATIENCE });
      if (answer.status !== 200) return this.#loggedOut(answer.status);
      if (this.#isClosed) return;
      this.#take(answer.body, asked);
      await this.#count();
      await this.#save();
      document.documentElement.dataset.list = "kept";
    } catch (reason) {
      if (!(reason instanceof NoNetwork)) throw reason;
    }
  }

  async #send() {
    clearTimeout(this.#resending);
    if (!this.link.isUp || !this.#session?.isFresh) return;
    const before = this.#waiting.size;
    let step = 0;
    try {
      await this.#queue.send((actions) => (step += ofToday(actions)));
      this.mustLogIn = false;
    } catch (reason) {
      if (reason instanceof LogInAgain) this.mustLogIn = true;
      else if (!(reason instanceof NoNetwork)) throw reason;
    }
    this.#heardOf += step;
    await this.#count();
    if (!before && !this.#waiting.size) return;
    await this.#refused();
    this.channel.postMessage({ kind: "changed", step });
    this.#pause = this.#waiting.size ? Math.min(this.#pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
    if (this.#waiting.size && this.link.isUp) this.#resending = setTimeout(() => void this.#send(), this.#pause);
  }

  async #count() {
    const { others } = await countWaiting(this.#database, this.#session?.owner);
    this.#others = others;
    this.#isCounted = true;
    this.#actions = this.#queue ? await this.#queue.list() : [];
    this.#waiting = new Set(this.#actions.map((action) => action.card));
    this.screen.stillWaiting(this.#waiting);
    for (const { kind, card, at, id } of this.#actions) {
      this.#marks.set(card, kind === "undo" ? { state: "issued", when: Date.now() } : { state: "handed_over", at, id, when: Date.now() });
    }
    this.#apply();
    this.#show();
  }

  async #refused() {
    this.screen.showRefused(await this.#store.refused(), {
      dismiss: (order) => void this.#settle(this.#store.dismiss(order)),
      again: (item) => void this.#settle(this.#store.again(item)),
    });
  }

  async #settle(change) {
    await change;
    this.channel.postMessage({ kind: "changed", step: 0 });
    await this.#count();
    await this.#refused();
    void this.#send();
    if (this.screen.refused.hidden) this.screen.field.focus();
    else this.screen.refused.querySelector("button").focus();
  }

  async #heard({ kind, step = 0 }) {
    if (kind === "logout") this.#close();
    if (kind !== "changed" || !this.#store) return;
    this.#heardOf += step;
    await this.#count();
    await this.#refused();
  }

  /** Someone logs out, here or in another tab: no name stays. */
  #close() {
    this.#isClosed = true;
    this.#snapshot = null;
    this.screen.clear();
    forgetKey();
    if ("leaving" in document.documentElement.dataset) return;
    // By then the other tab has logged out.
    setTimeout(() => location.replace(LOGIN), LOGGING_OUT);
  }

  async #loggedOut(status) {
    if (status === 401 || status === 403) this.mustLogIn = true;
    // Someone whose desk this no longer is keeps no list of it.
    if (status === 404) await wipe(this.#database);
    this.#show();
  }

  #show() {
    this.screen.showLink({
      isUp: this.link.isUp,
      // Not known before the device was looked into: unknown is not nought.
      waiting: this.#isCounted ? this.#actions.length : null,
      others: this.#others,
      mustLogIn: this.mustLogIn,
      hasList: this.#snapshot !== null,
    });
    this.screen.showCount(this.#heardOf + ofToday(this.#actions));
  }
}

/** What these actions add to the counter of today. */
function ofToday(actions) {
  const today = actions.filter((action) => DAY.format(new Date(action.at)) === DAY.format());
  return today.reduce((sum, action) => sum + (action.kind === "undo" ? -1 : 1), 0);
}

/** The worker, and the page it serves when there is no network. */
function keepShell(code) {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker
    .register(WORKER, { scope: SCOPE })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active.postMessage({ kind: "keep", code }))
    // Without a worker the open page goes on without a network all the same; it only cannot be opened anew.
    .catch(() => undefined);
}
