// The desk with a script: finds while you type, hands over with Enter, and goes on without a network.
// When anything here is not as expected the page is left alone: it works without (distribution/views/desk.py).

import { Book } from "./book.js";
import { exchange, Link, NoNetwork } from "./net.js";
import { detector, Scanner } from "./scanner.js";
import { Screen } from "./screen.js";
import { isCardNumber, isTooShort, numberIn } from "./search.js";
import { isMuted, mute, play } from "./sound.js";

const DEBOUNCE = 150;
// Enter hands over at once only what someone had the time to read.
const TIME_TO_READ = 350;
const CARDS = "/api/v1/desk/cards/";
const HAND_OVERS = "/api/v1/desk/handovers/";
const NOTHING = { term: "", hits: [], since: Infinity };
const EVIDENCE = { scan: "kaart gescand", list: "getekende lijst", click: "aangeduid aan de balie", group: "afgehaald door" };

class Desk {
  #timer = 0;
  #turn = 0;
  #shown = NOTHING;
  #busy = new Set();

  constructor(screen, link, book, code) {
    Object.assign(this, { screen, link, book, code });
    const { form, field, result } = screen;
    form.addEventListener("submit", (event) => this.#hold(event, () => this.#enter()));
    field.addEventListener("input", () => this.#typed());
    result.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  scanned(text) {
    this.screen.field.value = text;
    void this.#enter();
  }

  // A submit that is ours: the browser stays where it is; should we stumble, the form goes the ordinary way.
  #hold(event, work) {
    const form = event.target;
    event.preventDefault();
    void work().catch((reason) => {
      console.error(reason);
      if (this.link.isUp) form.submit();
      else this.screen.showWords("error", "Dit lukt hier niet zonder netwerk. Noteer de naam op papier.");
    });
  }

  #typed() {
    clearTimeout(this.#timer);
    const term = this.#term();
    if (numberIn(term) === null && isTooShort(term)) return;
    this.#timer = setTimeout(() => void this.#search(term).catch(console.error), DEBOUNCE);
  }

  #term() {
    return this.screen.field.value.trim();
  }

  /** Looks for `term` and shows what there is; undefined when something else was typed meanwhile. */
  async #search(term, { isQuiet = false } = {}) {
    const turn = ++this.#turn;
    const found = await this.#find(term);
    if (turn !== this.#turn) return undefined;
    this.#shown = { term, hits: found.hits, since: performance.now() };
    if (isQuiet) return found;
    if (found.hits.length) this.screen.showHits(found.hits, { hasMore: found.hasMore, evidence: "click", note: found.note });
    else this.#nobody(found);
    return found;
  }

  async #find(term) {
    if (this.link.isUp) {
      try {
        const answer = await this.link.call(CARDS, { body: { q: term, point: this.code } });
        if (answer.status === 200) {
          const hits = answer.body.results.map((hit) => this.book.seen({ ...hit, ...standing(hit) }));
          return { hits, hasMore: answer.body.has_more, note: "" };
        }
        // A national register number, in the server's own words.
        if (answer.status === 422) return { hits: [], refusal: answer.body.detail };
        throw new Error(`search: ${answer.status}`);
      } catch (reason) {
        if (!(reason instanceof NoNetwork)) throw reason;
      }
    }
    const found = this.book.find(term);
    const isStaffNumber = found.isNumber && !isCardNumber(numberIn(term));
    const note = isStaffNumber ? "Zonder netwerk zoeken we op de laatste vier cijfers: kijk de naam goed na." : "";
    return { ...found, note, isLocal: true };
  }

  #nobody(found) {
    if (found.refusal) return this.screen.showWords("error", found.refusal);
    const words = found.isLocal
      ? "Op de lijst die dit toestel bewaart, staat die naam of dat nummer niet. Vraag of noteer het, en zoek opnieuw als er netwerk is."
      : "In jullie punt ligt geen kaart op die naam. Kijk de spelling na, of vraag het stamboeknummer: dan zie je waar de kaart wel is.";
    this.screen.showWords("none", words, "Niemand gevonden");
  }

  async #enter() {
    clearTimeout(this.#timer);
    const term = this.#term();
    const number = numberIn(term);
    if (!term) return;
    if (number === null && isTooShort(term)) {
      await this.#asPage(term, () => this.screen.showWords("error", "Typ minstens drie letters van de naam, of een volledig nummer."));
      return;
    }
    const shown = this.#shown;
    const wasRead = shown.term === term && performance.now() - shown.since > TIME_TO_READ;
    const found = wasRead ? shown : await this.#search(term, { isQuiet: number !== null });
    if (!found) return;
    const waiting = found.hits.filter((hit) => hit.state === "issued");
    const [only] = found.hits;
    if (number !== null && !found.hits.length) {
      await this.#asPage(found.refusal ? "" : term, () => this.#nobody(found));
    } else if (found.hits.length === 1 && isCardNumber(number) && only.number === number && waiting.length) {
      await this.#handOver(only, { id: crypto.randomUUID(), evidence: "scan" });
    } else if (found.hits.length === 1 && only.state === "handed_over") {
      this.#already(only);
    } else if (number === null && wasRead && waiting.length === 1) {
      this.#firstButton().closest("form").requestSubmit();
    } else {
      if (number !== null) this.screen.showHits(found.hits, { hasMore: found.hasMore, evidence: "click", note: found.note });
      if (found.hits.length) this.#firstButton()?.focus();
      else this.#next(found.refusal ? "" : term);
    }
  }

  /** What only the server knows to say (another point, by post, no right): its own answer, in its own words. */
  async #asPage(term, otherwise) {
    const alone = () => {
      otherwise();
      this.#next(term);
    };
    if (!this.link.isUp) return alone();
    try {
      const page = await exchange(this.screen.form);
      if (!page) return this.screen.form.submit();
      this.screen.showPage(page);
      play("refused");
      const button = this.screen.result.querySelector("[autofocus]");
      this.#next(page.querySelector("#q").value);
      return button?.focus();
    } catch (reason) {
      if (!(reason instanceof NoNetwork)) throw reason;
      this.link.lost();
      return alone();
    }
  }

  #submitted(event) {
    const form = event.target;
    if (form.matches("[data-hand-over]")) {
      const { name, lastFour: last_four, page } = form.closest("[data-card]").dataset;
      // The server's own list of hits carries no names for the script: it takes its own forms.
      if (name === undefined) return;
      const { id, card, evidence } = form.elements;
      const hit = { number: card.value, name, last_four, page };
      this.#hold(event, () => this.#handOver(hit, { id: id.value, evidence: evidence.value }));
    } else if (form.matches("[data-undo]") && form.dataset.number) {
      const { number, name, lastFour: last_four } = form.dataset;
      this.#hold(event, () => this.#undo({ id: form.elements.id.value, number, name, last_four }, form));
    }
  }

  async #handOver({ number, name, last_four, page }, { id, evidence }) {
    await this.#once(id, async () => {
      const at = new Date().toISOString();
      const said = await this.#tell(number, HAND_OVERS, { id, card: number, at, evidence });
      if (!said) await this.book.queue({ kind: "hand-over", id, card: number, at, evidence, name, last_four });
      if (!said || said.status === 200 || said.status === 201) {
        this.book.mark(number, { state: "handed_over", at, id });
        if (said) this.book.counted(1);
        this.screen.showDone({ id, number, name, last_four, at, isQueued: !said });
        play("done");
      } else if (said.body.code === "already_handed_over") {
        const earlier = said.body.hand_over;
        this.book.mark(number, { state: "handed_over", at: earlier.at });
        this.#already({ name, last_four, page, ...standing({ hand_over: earlier }) });
      } else {
        this.#refused(said);
      }
      this.#next();
    });
  }

  async #undo({ id, number, name, last_four }, form) {
    await this.#once(`undo ${id}`, async () => {
      const said = await this.#tell(number, `${HAND_OVERS}${id}/undo/`, {});
      // Too late to do so without a reason: the page that asks for one.
      if (said?.body.code === "reason_needed") return form.submit();
      const at = new Date().toISOString();
      if (!said) await this.book.queue({ kind: "undo", id, card: number, at, name, last_four });
      if (!said || said.status === 200) {
        this.book.mark(number, { state: "issued" });
        if (said) this.book.counted(-1);
        this.screen.showWords("undone", `${name}: de kaart wacht weer in jullie bak.`);
      } else {
        this.#refused(said);
      }
      return this.#next();
    });
  }

  /** What the server says; undefined when it has to wait in the queue. */
  async #tell(number, path, body) {
    // Behind what waits for the same card, or the undo would come before its hand-over.
    if (!this.link.isUp || this.book.isWaiting(number)) return undefined;
    try {
      const said = await this.link.call(path, { body });
      if (said.status === 401 || said.status === 403) this.book.mustLogIn = true;
      return [401, 403].includes(said.status) || said.status >= 500 ? undefined : said;
    } catch (reason) {
      if (!(reason instanceof NoNetwork)) throw reason;
      return undefined;
    }
  }

  async #once(what, work) {
    if (this.#busy.has(what)) return;
    this.#busy.add(what);
    try {
      await work();
    } finally {
      this.#busy.delete(what);
    }
  }

  #already(hit) {
    this.screen.showAlready(hit);
    play("refused");
    this.#next();
  }

  /** `typed`: what stays in the field to be corrected. */
  #next(typed = "") {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#shown = NOTHING;
    this.screen.again(typed);
  }

  #refused(said) {
    this.screen.showWords("error", said.body.detail ?? "Het systeem nam dit niet aan.");
    play("refused");
  }

  #key(event) {
    const { field, result } = this.screen;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const here = document.activeElement;
    const buttons = [...result.querySelectorAll("form[data-hand-over] button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (here === field || buttons.includes(here))) {
      if (!buttons.length) return;
      event.preventDefault();
      const next = buttons.indexOf(here) + step;
      (next < 0 ? field : buttons[Math.min(next, buttons.length - 1)]).focus();
    } else if (event.key === "Escape" && (here === field || result.contains(here))) {
      this.screen.clear();
      this.#next();
    } else if (/^[\p{L}\p{N}]$/u.test(event.key) && (here === document.body || result.contains(here))) {
      // A hand scanner types wherever the focus happens to be.
      field.focus();
      if (/\p{N}/u.test(event.key)) field.select();
    }
  }

  #firstButton() {
    return this.screen.result.querySelector("form[data-hand-over] button");
  }
}

/** When, by whom and how a card was handed over, in words. */
function standing({ hand_over: earlier }) {
  if (!earlier) return {};
  const how = EVIDENCE[earlier.evidence] ?? earlier.evidence;
  return { at: earlier.at, by: earlier.by, evidence: earlier.collector ? `${how}: ${earlier.collector}` : how };
}

async function tools(desk) {
  const bar = document.querySelector("[data-tools]");
  const silence = bar.querySelector("[data-mute]");
  // What it is now, in words: a pressed "uit" could mean either.
  const show = () => (silence.textContent = `Geluid: ${isMuted() ? "uit" : "aan"}`);
  silence.addEventListener("click", () => {
    mute(!isMuted());
    show();
    desk.screen.field.focus();
  });
  show();
  bar.hidden = false;
  const [dialog, photo] = ["[data-camera]", "[data-photo]"].map((part) => document.querySelector(part));
  const reader = await detector(desk.link, dialog.dataset.camera);
  if (!reader) return;
  const button = bar.querySelector("[data-scan]");
  const gaveUp = () => desk.screen.showWords("error", "De camera zag geen kaart. Typ het nummer, of de naam.");
  const scanner = new Scanner(dialog, reader, { found: (text) => desk.scanned(text), gaveUp });
  button.addEventListener("click", () =>
    scanner.start().catch(() => {
      dialog.close();
      desk.screen.showWords("error", "De camera is niet beschikbaar. Typ het nummer, of de naam.");
      // What a phone's own camera makes can still be sent.
      photo.hidden = false;
    }),
  );
  button.hidden = false;
  photo.hidden = true;
}

const screen = new Screen();
if (screen.isComplete) {
  const code = location.pathname.split("/")[2];
  const link = new Link();
  const book = new Book(screen, link, code);
  const desk = new Desk(screen, link, book, code);
  if (screen.field.value) screen.again(screen.field.value);
  void tools(desk).catch(console.error);
  void book.open().catch(console.error);
}
