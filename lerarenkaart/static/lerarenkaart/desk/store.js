// What the device remembers (IndexedDB). Names and numbers only go in sealed; in the open lie: whose it is
// (a fingerprint of a key), at which point, when, and the random id of a hand-over.

import { seal, unseal } from "./crypto.js";

const NAME = "lerarenkaart-balie";
const DAY = 24 * 3600 * 1000;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;

function settled(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function finished(transaction) {
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

export function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("snapshots", { keyPath: ["owner", "point"] });
    for (const name of ["queue", "refused"]) {
      const store = request.result.createObjectStore(name, { keyPath: "order", autoIncrement: true });
      store.createIndex("mine", ["owner", "point"]);
    }
  };
  return settled(request);
}

/** How many actions wait on this device: {mine, others}. */
export async function countWaiting(database, owner) {
  const all = await settled(database.transaction("queue").objectStore("queue").getAll());
  const mine = all.filter((one) => one.owner === owner).length;
  return { mine, others: all.length - mine };
}

/** The points at which one person left something to be sent. */
export async function pointsWaiting(database, owner) {
  const all = await settled(database.transaction("queue").objectStore("queue").getAll());
  return [...new Set(all.filter((one) => one.owner === owner).map((one) => one.point))];
}

/** Takes the lists of names off the device. What waits to be sent or settled stays, sealed: nothing gets lost. */
export async function wipe(database) {
  const transaction = database.transaction("snapshots", "readwrite");
  transaction.objectStore("snapshots").clear();
  await finished(transaction);
}

/** Lists of more than seven days old go, whoever they are of, also when nobody is logged in; old refusals after a month. */
export async function dropOld(database, now) {
  const transaction = database.transaction(["snapshots", "refused"], "readwrite");
  const [snapshots, refused] = [transaction.objectStore("snapshots"), transaction.objectStore("refused")];
  // A clock that went back must not keep a list alive.
  for (const one of await settled(snapshots.getAll())) {
    if (one.expires <= now || one.kept > now + DAY) snapshots.delete([one.owner, one.point]);
  }
  for (const one of await settled(refused.getAll())) if (one.kept < now - MONTH) refused.delete(one.order);
  await finished(transaction);
}

/** The things of one person at one point. */
export class Store {
  constructor(database, { owner, key, point }) {
    Object.assign(this, { database, owner, key, point });
  }

  /** `asked`: when the server was asked for it. */
  async saveSnapshot(snapshot, asked) {
    const expires = Math.min(Date.parse(snapshot.expires_at), asked + WEEK);
    await this.#put("snapshots", { expires, kept: asked }, snapshot);
  }

  async snapshot() {
    const found = await this.#read("snapshots", (store) => store.get([this.owner, this.point]));
    return found && { list: await unseal(this.key, found), asked: found.kept };
  }

  /** Puts an action at the end of the queue; resolved when the disk has it. */
  queue(action) {
    return this.#put("queue", {}, action);
  }

  /** What waits to be sent, oldest first: [{order, …action}]. */
  queued() {
    return this.#all("queue");
  }

  refused() {
    return this.#all("refused");
  }

  /** The server has answered for these: they leave the queue, the refused ones into their list, together. */
  async answered(orders, refusals, now) {
    const sealed = await Promise.all(refusals.map((one) => seal(this.key, one)));
    const transaction = this.database.transaction(["queue", "refused"], "readwrite");
    const queue = transaction.objectStore("queue");
    for (const order of orders) queue.delete(order);
    const open = { owner: this.owner, point: this.point, kept: now };
    for (const one of sealed) transaction.objectStore("refused").add({ ...open, ...one });
    await finished(transaction);
  }

  async dismiss(order) {
    const transaction = this.database.transaction("refused", "readwrite");
    transaction.objectStore("refused").delete(order);
    await finished(transaction);
  }

  /** A refused action in the queue again. */
  async again(refused) {
    const { order, code, detail, earlier, ...action } = refused;
    const sealed = await seal(this.key, action);
    const transaction = this.database.transaction(["queue", "refused"], "readwrite");
    transaction.objectStore("refused").delete(order);
    transaction.objectStore("queue").add({ owner: this.owner, point: this.point, ...sealed });
    await finished(transaction);
  }

  async #put(name, open, thing) {
    const record = { owner: this.owner, point: this.point, ...open, ...(await seal(this.key, thing)) };
    const transaction = this.database.transaction(name, "readwrite", { durability: "strict" });
    transaction.objectStore(name).put(record);
    await finished(transaction);
  }

  #read(name, ask) {
    return settled(ask(this.database.transaction(name).objectStore(name)));
  }

  async #all(name) {
    const records = await this.#read(name, (store) => store.index("mine").getAll([this.owner, this.point]));
    records.sort((one, other) => one.order - other.order);
    return Promise.all(records.map(async (one) => ({ ...(await unseal(this.key, one)), order: one.order })));
  }
}
