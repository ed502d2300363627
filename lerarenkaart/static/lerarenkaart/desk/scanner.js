// The camera of a phone as a scanner, in browsers that read codes themselves (ADR 0014). Elsewhere there is no
// button: a hand scanner types, and people can too.

const WANTED = ["qr_code", "code_128", "code_39", "ean_13", "itf", "data_matrix"];
const BETWEEN_LOOKS = 200;

/** A function that reads a picture, or null where the browser cannot. */
export async function detector() {
  if (!("BarcodeDetector" in globalThis) || !navigator.mediaDevices?.getUserMedia) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = WANTED.filter((format) => known.includes(format));
  return formats.length ? new BarcodeDetector({ formats }) : null;
}

/** The camera in a <dialog> with a <video>: calls `found(text)` for the first code it sees, then closes. */
export class Scanner {
  #stream = null;

  constructor(dialog, reader, found) {
    Object.assign(this, { dialog, reader, found, video: dialog.querySelector("video") });
    dialog.addEventListener("close", () => this.#stop());
  }

  async start() {
    this.dialog.showModal();
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    this.video.srcObject = this.#stream;
    this.video.play().catch(() => undefined);
    void this.#look();
  }

  async #look() {
    while (this.#stream) {
      const [code] = await this.reader.detect(this.video).catch(() => []);
      if (code && this.#stream) {
        this.dialog.close();
        this.found(code.rawValue);
        return;
      }
      await new Promise((done) => setTimeout(done, BETWEEN_LOOKS));
    }
  }

  #stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.video.srcObject = null;
  }
}
