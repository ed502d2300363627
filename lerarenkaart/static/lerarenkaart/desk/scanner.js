// The camera of a phone as a scanner (ADR 0014, ADR 0022). A browser that reads codes itself does; for the others the
// server reads a small picture of what the camera sees, and forgets it.

import { NoNetwork } from "./net.js";

const WANTED = ["qr_code", "code_128", "code_39", "ean_13", "itf", "data_matrix"];
const BETWEEN_LOOKS = 200;
// A camera that nobody holds a card before is a phone that was put away.
const LONGEST_LOOK = 60000;
// Enough to read a card held in sight; some 100 kB on its way.
const LONGEST_SIDE = 1000;
const QUALITY = 0.8;
const CAMERA = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } };

/** What reads a picture: {detect(video)}. Null where the browser gives no camera. `path`: where the server reads one. */
export async function detector(link, path) {
  if (!navigator.mediaDevices?.getUserMedia) return null;
  const known = "BarcodeDetector" in globalThis ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  const formats = WANTED.filter((format) => known.includes(format));
  return formats.length ? new BarcodeDetector({ formats }) : new ServerReader(link, path);
}

/** Nothing can be read now; its message is for who holds the card. */
class CannotRead extends Error {}

/** Has the server read what the camera sees. Answers as BarcodeDetector does. */
class ServerReader {
  // At most three pictures a second, one at a time.
  pause = 340;
  #canvas = document.createElement("canvas");

  constructor(link, path) {
    Object.assign(this, { link, path });
  }

  async detect(video) {
    if (!this.link.isUp) throw new NoNetwork();
    const picture = await this.#picture(video);
    if (!picture) return [];
    const { status, body } = await this.link.call(this.path, { body: picture });
    if ([401, 403].includes(status)) throw new CannotRead("Je bent niet meer ingelogd. Log opnieuw in om te scannen.");
    if (status !== 200) throw new CannotRead(body.detail ?? "Het lezen lukt nu niet. Typ het nummer, of de naam.");
    return body.number ? [{ rawValue: body.number }] : [];
  }

  async #picture(video) {
    const share = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const [width, height] = [video.videoWidth, video.videoHeight].map((side) => Math.round(side * share));
    // The camera has not begun.
    if (!width || !height) return null;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d").drawImage(video, 0, 0, width, height);
    return new Promise((done) => this.#canvas.toBlob(done, "image/jpeg", QUALITY));
  }
}

/**
 * The camera in a <dialog> with a <video> and a line for words. Calls `found(text)` for the first code it sees, and
 * `gaveUp()` when it saw none for a minute; the dialog is closed by then.
 */
export class Scanner {
  #stream = null;

  constructor(dialog, reader, { found, gaveUp }) {
    const [video, words] = [dialog.querySelector("video"), dialog.querySelector("[data-slot=words]")];
    Object.assign(this, { dialog, reader, found, gaveUp, video, words });
    dialog.addEventListener("close", () => this.#stop());
  }

  async start() {
    this.#say("");
    this.dialog.showModal();
    const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    // Closed while the browser asked whether it may.
    if (!this.dialog.open) {
      halt(stream);
      return;
    }
    this.#stream = stream;
    this.video.srcObject = stream;
    this.video.play().catch(() => undefined);
    void this.#look(stream);
  }

  async #look(stream) {
    const until = performance.now() + LONGEST_LOOK;
    while (this.#stream === stream) {
      const began = performance.now();
      const text = await this.#see();
      if (this.#stream !== stream) return;
      if (text || began > until) {
        this.dialog.close();
        if (text) this.found(text);
        else this.gaveUp();
        return;
      }
      const left = (this.reader.pause ?? BETWEEN_LOOKS) - (performance.now() - began);
      await new Promise((done) => setTimeout(done, Math.max(left, 0)));
    }
  }

  async #see() {
    try {
      const [code] = await this.reader.detect(this.video);
      this.#say("");
      return code?.rawValue;
    } catch (reason) {
      if (reason instanceof NoNetwork) this.#say("Geen netwerk: typ het nummer, of de naam.");
      if (reason instanceof CannotRead) this.#say(reason.message);
      return undefined;
    }
  }

  #say(text) {
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  #stop() {
    if (this.#stream) halt(this.#stream);
    this.#stream = null;
    this.video.srcObject = null;
  }
}

function halt(stream) {
  for (const track of stream.getTracks()) track.stop();
}
