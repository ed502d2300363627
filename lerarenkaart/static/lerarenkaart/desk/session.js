// The key of who is logged in: asked of the server, kept for as long as the tab lives, never beside the data.

import { keyFrom } from "./crypto.js";
import { NoNetwork } from "./net.js";

const PLACE = "balie-sleutel";

/** {owner, key}; `isFresh`: the server gave it just now. Null when there is none: log in first. */
export async function openKey(link, path) {
  try {
    const answer = await link.call(path, { body: {} });
    if (answer.status !== 200) {
      forgetKey();
      return null;
    }
    sessionStorage.setItem(PLACE, answer.body.key);
    return { ...(await keyFrom(answer.body.key)), isFresh: true };
  } catch (reason) {
    if (!(reason instanceof NoNetwork)) throw reason;
    return rememberedKey();
  }
}

export async function rememberedKey() {
  const kept = sessionStorage.getItem(PLACE);
  return kept ? { ...(await keyFrom(kept)), isFresh: false } : null;
}

export function forgetKey() {
  sessionStorage.removeItem(PLACE);
}
