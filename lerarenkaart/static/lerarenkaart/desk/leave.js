// Logging out takes the names off this device. What still has to be sent goes first: nothing gets lost.

import { Queue } from "./queue.js";
import { call, NoNetwork, refreshTokens } from "./net.js";
import { forgetKey, openKey } from "./session.js";
import { countWaiting, openDatabase, pointsWaiting, Store, wipe } from "./store.js";

const SHELLS = "balie-schil";
const LETTING_GO = 200;
const KEY = "/api/v1/desk/key/";

refreshTokens(document);
for (const form of document.querySelectorAll("form[data-logout]")) {
  hold(form, "submit", () => leave(form), () => form.submit());
}

/** Does our work first; should it fail, what was asked happens as it would without us. */
function hold(part, event, work, otherwise) {
  part.addEventListener(event, (happening) => {
    happening.preventDefault();
    work().catch((reason) => {
      console.error(reason);
      otherwise();
    });
  });
}

async function leave(form) {
  const { left, isUp } = await everythingSent();
  if (left) {
    tell(form, `${waiting(left)} Log daarna uit.`);
    return;
  }
  // Every open desk, this one too, lets go of its list first, or it would write it down again.
  document.documentElement.dataset.leaving = "";
  new BroadcastChannel("balie").postMessage({ kind: "logout" });
  await new Promise((done) => setTimeout(done, LETTING_GO));
  await wipe(await openDatabase());
  await globalThis.caches?.delete(SHELLS);
  forgetKey();
  if (isUp) form.submit();
  else tell(form, "De namen zijn van dit toestel gewist. Uitloggen kan pas als er netwerk is.");
}

/** Sends what waits: how many are left of who is logged in, and whether the server answered. */
async function everythingSent() {
  const database = await openDatabase();
  const session = await openKey({ call }, KEY);
  if (!session) return { left: 0, isUp: true };
  for (const point of await pointsWaiting(database, session.owner)) {
    const queue = new Queue(new Store(database, { ...session, point }), { call });
    await queue.send().catch((reason) => {
      if (!(reason instanceof NoNetwork)) console.error(reason);
    });
  }
  return { left: (await countWaiting(database, session.owner)).mine, isUp: session.isFresh };
}

function waiting(left) {
  const words = left === 1 ? "Er wacht nog 1 actie" : `Er wachten nog ${left} acties`;
  return `${words} om verstuurd te worden. Dat gebeurt vanzelf zodra er netwerk is.`;
}

function tell(beside, words) {
  document.querySelector("[data-stay]")?.remove();
  const message = document.createElement("p");
  message.className = "message care";
  message.dataset.stay = "";
  message.setAttribute("role", "alert");
  message.textContent = words;
  beside.after(message);
}
