// What was done and the server has not answered for yet. An action leaves the queue when the server said yes or
// no to it, and never before; a no goes into a list for people, and is not asked again by itself.

import { NoNetwork } from "./net.js";

const HAND_OVERS = "/api/v1/desk/handovers/";
export const PATHS = { batch: `${HAND_OVERS}batch/`, undo: (id) => `${HAND_OVERS}${id}/undo/` };
const MOST_AT_ONCE = 500;
// A batch takes the server longer than a question; the network is only gone when nothing comes for this long.
const PATIENCE = 30000;
// A server that stumbles over one action while it takes others, and one that takes nothing at all.
const MOST_TRIES = 3;
const MOST_TRIES_ALONE = 20;
export const FAILED = "failed";

/** Log in again: everything stays in the queue. */
export class LogInAgain extends Error {}

export class Queue {
  #tries = new Map();

  /** `call`: (path, {body, patience}) → {status, body}; `clock`: now in milliseconds. */
  constructor(store, { call, paths = PATHS, clock = Date.now }) {
    Object.assign(this, { store, call, paths, clock });
  }

  add(action) {
    return this.store.queue(action);
  }

  list() {
    return this.store.queued();
  }

  /**
   * Sends all there is, in the order in which it was done. One tab at a time: a second one has nothing to do.
   * `accepted` is called with what the server said yes to.
   */
  async send(accepted = () => {}) {
    const work = () => this.#sendAll(accepted);
    if (!navigator.locks) return work();
    const name = `balie-${this.store.owner}-${this.store.point}`;
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }

  async #sendAll(accepted) {
    const round = { accepted, isTaken: false, left: [] };
    for (;;) {
      // What is left for later keeps its card: nothing of the same card may overtake it.
      const held = new Set(round.left.map((action) => action.card));
      const next = firstStretch((await this.list()).filter((action) => !held.has(action.card)));
      if (!next.length) break;
      if (next[0].kind === "undo") await this.#sendUndo(next[0], round);
      else await this.#sendBatch(next, round);
    }
    await this.#giveUp(round);
  }

  async #sendBatch(actions, round) {
    const items = actions.map(({ id, card, at, evidence, collector }) =>
      collector ? { id, card, at, evidence, collector } : { id, card, at, evidence },
    );
    const answer = await this.call(this.paths.batch, { body: { items }, patience: PATIENCE });
    // No such address: the system is being replaced, or something else answers for it.
    if ([404, 405].includes(answer.status)) throw new NoNetwork();
    if (answer.status === 200 && Array.isArray(answer.body.results)) {
      const byId = new Map(answer.body.results.map((one) => [one.id, one]));
      await this.#settle(actions, (action) => byId.get(action.id), round);
    } else if (actions.length > 1 && verdict(answer) !== "log in" && !isBusy(answer)) {
      // One of them may be what the server stumbles over: halves, until it stands alone.
      const middle = Math.ceil(actions.length / 2);
      await this.#sendBatch(actions.slice(0, middle), round);
      await this.#sendBatch(actions.slice(middle), round);
    } else {
      await this.#settle(actions, () => answer, round);
    }
  }

  async #sendUndo(action, round) {
    const answer = await this.call(this.paths.undo(action.id), { body: {}, patience: PATIENCE });
    await this.#settle([action], () => answer, round);
  }

  async #settle(actions, answerFor, round) {
    const answers = actions.map((action) => [action, answerFor(action)]);
    const having = (wanted) => answers.filter(([, answer]) => verdict(answer) === wanted);
    if (having("log in").length) throw new LogInAgain();
    const [yes, no] = [having("yes"), having("no")];
    const orders = [...yes, ...no].map(([action]) => action.order);
    await this.store.answered(orders, no.map(refusal), this.clock());
    round.isTaken ||= orders.length > 0;
    round.left.push(...having("later").map(([action, answer]) => ({ ...action, answer })));
    round.accepted(yes.map(([action]) => action));
  }

  /** What failed too often comes in the list as well: nothing is tried for ever. */
  async #giveUp({ left, isTaken }) {
    const most = isTaken ? MOST_TRIES : MOST_TRIES_ALONE;
    const hopeless = left.filter(({ order, answer }) => {
      if (isBusy(answer)) return false;
      this.#tries.set(order, (this.#tries.get(order) ?? 0) + 1);
      return this.#tries.get(order) >= most;
    });
    const refusals = hopeless.map(({ answer, ...action }) => refusal([action, answer]));
    await this.store.answered(
      hopeless.map((action) => action.order),
      refusals,
      this.clock(),
    );
  }
}

/** The first actions that may go together: hand-overs up to the next undo, or one undo. Order matters to a card. */
function firstStretch(actions) {
  if (actions[0]?.kind === "undo") return [actions[0]];
  const until = actions.findIndex((action) => action.kind === "undo");
  return actions.slice(0, Math.min(until < 0 ? actions.length : until, MOST_AT_ONCE));
}

function verdict(answer) {
  const status = answer?.status ?? 0;
  if (status === 200 || status === 201) return "yes";
  if (status === 401 || status === 403) return "log in";
  return status >= 400 && status < 500 && !isBusy(answer) ? "no" : "later";
}

function isBusy(answer) {
  return [408, 429].includes(answer?.status);
}

function refusal([action, answer]) {
  const { order, ...what } = action;
  const body = answer?.body ?? {};
  return {
    ...what,
    code: body.code ?? FAILED,
    detail: body.detail ?? "Het systeem kon dit niet verwerken.",
    earlier: body.hand_over ?? null,
  };
}
