// What the desk shows. Everything is poured into the moulds of the page (<template id=…>, [data-slot]): the same look
// as without a script, and text is only ever text.

import { refreshTokens } from "./net.js";
import { FAILED } from "./queue.js";

const CLOCK = new Intl.DateTimeFormat("nl-BE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" });
const DAY = new Intl.DateTimeFormat("nl-BE", {
  weekday: "long",
  day: "numeric",
  month: "long",
  timeZone: "Europe/Brussels",
});
const TO_BE_SENT = " · wordt verstuurd zodra er netwerk is";
const MOULDS = ["hit", "answer-done", "answer-already", "answer-error", "answer-none", "answer-undone", "refused-item"];

/** "om 14.03 uur", with the day before it when that is not today. */
export function moment(at) {
  const when = new Date(at);
  const time = `om ${CLOCK.format(when).replace(":", ".")} uur`;
  return DAY.format(when) === DAY.format(new Date()) ? time : `${DAY.format(when)} ${time}`;
}

export class Screen {
  constructor() {
    this.form = document.querySelector("form[data-desk-search]");
    this.result = document.querySelector("[data-desk-result]");
    this.field = this.form?.elements.q;
    this.counter = document.querySelector("[data-counter=today]");
    this.bar = document.querySelector("[data-queue]");
    this.refused = document.querySelector("[data-refused]");
    this.announcer = document.querySelector("[data-announce]");
  }

  /** False when the page is not as this script knows it: it then leaves it alone, and it works as it stands. */
  get isComplete() {
    const parts = [this.form, this.field, this.result, this.counter, this.bar, this.refused, this.announcer];
    return parts.every(Boolean) && MOULDS.every((name) => document.getElementById(name) instanceof HTMLTemplateElement);
  }

  say(text) {
    this.announcer.textContent = text;
  }

  /** `hits`: {number, name, last_four, state, page?, at?, by?}; each that waits gets a form with an id of its own. */
  showHits(hits, { hasMore, evidence, note = "" }) {
    const heading = document.createElement("h2");
    heading.className = "desk-found";
    heading.textContent = hits.length === 1 ? "1 kaart gevonden" : `${hits.length} kaarten gevonden`;
    const list = document.createElement("ul");
    list.className = "plain hits";
    list.append(...hits.map((hit) => hitItem(hit, evidence)));
    const more = hasMore ? "Er zijn er nog meer. Typ een langer stuk van de naam, of ook de voornaam." : "";
    const hints = [note, more].filter(Boolean).map((text) => {
      const hint = document.createElement("p");
      hint.className = "hint";
      hint.textContent = text;
      return hint;
    });
    this.#replace(heading, list, ...hints);
    this.say([heading.textContent, ...hints.map((hint) => hint.textContent)].join(". "));
  }

  showDone({ id, number, name, last_four, at, isQueued }) {
    const answer = pour("answer-done", { name, "last-four": last_four });
    const when = moment(at);
    slot(answer, "when").textContent = isQueued ? when + TO_BE_SENT : when;
    if (isQueued) answer.dataset.queued = number;
    const undo = answer.querySelector("form[data-undo]");
    undo.elements.id.value = id;
    Object.assign(undo.dataset, { number, name, lastFour: last_four });
    this.#replace(answer);
    this.say(`Afgegeven: ${name}`);
  }

  /** The answer on the screen says that it has to be sent for as long as that is so. `numbers`: the cards that wait. */
  stillWaiting(numbers) {
    const answer = this.result.querySelector("[data-queued]");
    if (!answer || numbers.has(answer.dataset.queued)) return;
    const when = slot(answer, "when");
    when.textContent = when.textContent.replace(TO_BE_SENT, " · verstuurd");
    delete answer.dataset.queued;
  }

  /** `page`: of this card, where the hand-over is undone; only the server knows it, a list on the device does not. */
  showAlready({ name, last_four, at, by = "", evidence = "", page = "" }) {
    const when = at ? moment(at) : "";
    const answer = pour("answer-already", { name, "last-four": last_four, when, by, evidence });
    for (const fact of answer.querySelectorAll("dd")) {
      if (fact.textContent.trim()) continue;
      fact.previousElementSibling.remove();
      fact.remove();
    }
    if (!answer.querySelector("dd")) answer.querySelector("dl").remove();
    answer.querySelector("[data-page]").href = page;
    for (const part of answer.querySelectorAll(page ? "[data-when-no-page]" : "[data-when-page]")) part.remove();
    this.#replace(answer);
    this.say(`Al afgehaald: ${name}${when ? `, ${when}` : ""}`);
  }

  /** `kind`: error, none or undone. */
  showWords(kind, message, heading = "") {
    const answer = pour(`answer-${kind}`, heading ? { heading, message } : { message });
    this.#replace(answer);
    this.say(`${slot(answer, "heading").textContent}. ${message}`);
  }

  /** An answer that the server drew. */
  showPage(page) {
    const answer = page.querySelector("[data-desk-result]");
    this.#replace(...document.adoptNode(answer).childNodes);
    this.say(this.result.querySelector("h2")?.textContent ?? "");
  }

  clear() {
    this.result.replaceChildren();
  }

  /** The field again for the next in the queue; what stays in it is selected, so that a scan takes its place. */
  again(typed) {
    this.field.value = typed;
    if (!typed) this.field.removeAttribute("aria-invalid");
    this.field.focus();
    this.field.select();
  }

  showCount(count) {
    this.counter.textContent = Math.max(0, count);
  }

  /** Always in sight: is there a network, and what still has to be sent. */
  showLink({ isUp, waiting, others, mustLogIn, hasList }) {
    const words = [isUp ? "Met netwerk" : hasList ? "Zonder netwerk: je kunt verder" : "Zonder netwerk"];
    if (waiting !== null) words.push(`${waiting} te versturen`);
    const text = this.bar.querySelector("[data-slot=link]");
    if (text.textContent !== words.join(" · ")) text.textContent = words.join(" · ");
    this.bar.dataset.queue = waiting ?? "";
    this.bar.dataset.link = isUp ? "up" : "down";
    this.bar.hidden = false;
    // What logging out had to wait for (leave.js) is gone.
    if (waiting === 0) document.querySelector("[data-stay]")?.remove();
    for (const [name, isShown] of Object.entries({ "log-in": mustLogIn, others: others > 0, "no-list": !isUp && !hasList })) {
      document.querySelector(`[data-when=${name}]`).hidden = !isShown;
    }
  }

  showRefused(items, { dismiss, again }) {
    const list = this.refused.querySelector("ul");
    list.replaceChildren(
      ...items.map((item) => {
        const node = pour("refused-item", { name: item.name, "last-four": item.last_four, reason: reasonOf(item) });
        slot(node, "what").textContent = item.kind === "undo" ? "Ongedaan maken" : "Afgifte";
        slot(node, "when").textContent = moment(item.at);
        node.querySelector("[data-dismiss]").addEventListener("click", () => dismiss(item.order));
        node.querySelector("[data-again]").addEventListener("click", () => again(item));
        node.querySelector("[data-again]").hidden = item.code !== FAILED;
        return node;
      }),
    );
    this.refused.hidden = items.length === 0;
  }

  #replace(...nodes) {
    // What is new is said in few words by `say`; a screen reader need not read ten names at each letter.
    this.result.removeAttribute("aria-live");
    this.result.replaceChildren(...nodes);
  }
}

function hitItem(hit, evidence) {
  const item = pour("hit", { name: hit.name, "last-four": hit.last_four });
  item.dataset.card = hit.number;
  Object.assign(item.dataset, { name: hit.name, lastFour: hit.last_four, page: hit.page ?? "" });
  const form = item.querySelector("form[data-hand-over]");
  const state = slot(item, "state");
  if (hit.state === "issued") {
    form.elements.id.value = crypto.randomUUID();
    form.elements.card.value = hit.number;
    form.elements.evidence.value = evidence;
    state.remove();
    return item;
  }
  form.remove();
  item.classList.add("spent");
  if (hit.page) {
    const link = Object.assign(document.createElement("a"), { className: "hit-name", href: hit.page, textContent: hit.name });
    slot(item, "name").replaceWith(link);
  }
  const tag = document.createElement("span");
  tag.className = "tag care";
  tag.textContent = hit.state === "handed_over" ? "Al afgehaald" : "Niet meer geldig";
  state.replaceChildren(tag, ` ${hit.at ? moment(hit.at) : ""}`);
  return item;
}

function reasonOf({ detail, earlier }) {
  if (!earlier) return detail;
  const who = earlier.by ? ` door ${earlier.by}` : "";
  return `${detail} Dat was ${moment(earlier.at)}${who}${earlier.point_name ? `, in ${earlier.point_name}` : ""}.`;
}

function pour(mould, texts) {
  const node = document.getElementById(mould).content.firstElementChild.cloneNode(true);
  refreshTokens(node);
  for (const [name, text] of Object.entries(texts)) {
    for (const place of node.querySelectorAll(`[data-slot=${name}]`)) place.textContent = text;
  }
  return node;
}

function slot(node, name) {
  return node.querySelector(`[data-slot=${name}]`);
}
