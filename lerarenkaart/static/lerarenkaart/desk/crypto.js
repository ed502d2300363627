// What the device keeps is unreadable without the key, and the key only comes to who is logged in.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The key of a person, from what the server says: {owner, key}. `owner` tells whose things are whose, not who. */
export async function keyFrom(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const print = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const owner = Array.from(print.slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { owner, key };
}

/** Anything that can be JSON, closed with a key. */
export async function seal(key, thing) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(JSON.stringify(thing)));
  return { iv, data };
}

/** What was closed with this key; throws for any other. */
export async function unseal(key, sealed) {
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data);
  return JSON.parse(decoder.decode(bytes));
}
