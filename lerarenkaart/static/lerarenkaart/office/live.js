// How far work is, while one looks: asks now and then, changes only what changed, and never takes the focus.

const OFTEN = 1500;
const SELDOM = 5000;
const PATIENCE = 60_000;
const STEP = 25;
const began = performance.now();
let said = 0;

plan();

function plan() {
  setTimeout(look, performance.now() - began < PATIENCE ? OFTEN : SELDOM);
}

async function look() {
  const here = document.querySelector("[data-live]");
  // What waits for a person may wait for days: the page is looked at anew when it is opened again.
  if (!here || here.dataset.live !== "moving") return;
  if (document.hidden) return plan();
  let page;
  try {
    const answer = await fetch(location.href, { headers: { "X-Background": "1" }, redirect: "error" });
    if (!answer.ok) return plan();
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // No network for a moment, or logged out: try again, the page as it stands is not wrong.
    return plan();
  }
  const there = page.querySelector("[data-live]");
  if (!there || there.dataset.live !== "moving") return ended(here);
  if (there.innerHTML !== here.innerHTML) {
    if (here.contains(document.activeElement)) moveBar(here, there);
    else here.innerHTML = there.innerHTML;
    document.title = page.title;
    speak(here);
  }
  plan();
}

/** The same list with somebody's focus in it: only the bars move. */
function moveBar(here, there) {
  const bars = there.querySelectorAll("progress");
  here.querySelectorAll("progress").forEach((bar, place) => {
    if (bars[place]?.hasAttribute("value")) {
      bar.max = bars[place].max;
      bar.value = bars[place].value;
    }
  });
}

/** For who hears the page: a word at every quarter, not at every step. */
function speak(here) {
  const bars = here.querySelectorAll("progress[value]");
  if (bars.length !== 1) return;
  const part = Math.floor((100 * bars[0].value) / bars[0].max / STEP) * STEP;
  if (part > said) {
    said = part;
    document.querySelector("[data-said]").textContent = `${part} %`;
  }
}

/** The page shows what came of it; whoever is busy elsewhere on it gets a link instead. */
function ended(here) {
  const active = document.activeElement;
  if (!active || active === document.body || here.contains(active)) {
    location.reload();
    return;
  }
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Klaar: toon wat eruit kwam";
  here.replaceChildren(link);
  document.querySelector("[data-said]").textContent = "Klaar";
}
