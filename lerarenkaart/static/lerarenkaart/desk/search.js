// Looking for a name in the desk's own list: the same rules as distribution/rules/name_order.py and
// distribution/queries/desk.py, so that a desk finds the same people with and without a network.

const STANDS_FOR = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" };
const APOSTROPHES = /['’‘`´ʼ]/g;
const OTHER_SCRIPT = "zzz";
export const MOST_HITS = 10;
export const FEWEST_LETTERS = 3;

/** A name in plain letters: a–z, `1` for whatever stands between words. */
export function plain(name) {
  let bare = name.toLowerCase().replaceAll("ŉ", "n").replace(APOSTROPHES, "");
  if (/[^\x00-\x7f]/.test(bare)) {
    bare = bare.replace(/[ßøæœłđðþıς]/g, (letter) => STANDS_FOR[letter]);
    bare = Array.from(bare.normalize("NFKD").toLowerCase().replace(/\p{Mn}/gu, ""), spelled).join("");
  }
  return bare.replace(/[^a-z]+/g, "1").replace(/^1+|1+$/g, "");
}

function spelled(character) {
  if (character <= "\x7f" || !/\p{L}/u.test(character)) return character;
  const hexadecimal = character.codePointAt(0).toString(16).padStart(5, "0");
  return OTHER_SCRIPT + hexadecimal.replace(/./g, (digit) => "abcdefghijklmnop"[parseInt(digit, 16)]);
}

/** The words typed, in plain letters. */
export function words(typed) {
  return plain(typed)
    .split("1")
    .filter((word) => word);
}

export function isTooShort(typed) {
  return words(typed).join("").length < FEWEST_LETTERS;
}

/** The eleven digits in what was typed or scanned, or null: `6…` is a card, the rest a staff number. */
export function numberIn(typed) {
  // The card's suffix after the dash says nothing about whose it is.
  const digits = typed.replace(/-\d{5}\s*$/, "").replace(/[\s.\-]/g, "");
  return /^\d{11}$/.test(digits) ? digits : null;
}

export function isCardNumber(number) {
  return number !== null && number.startsWith("6");
}

/**
 * The cards that fit what was typed: at most ten, `hasMore` when there are others.
 * `cards`: of the snapshot, {number, name, last_four, state, key}.
 */
export function find(cards, typed) {
  const number = numberIn(typed);
  if (number !== null) {
    // Whole staff numbers never reach the device: the last four digits narrow it down, the desk compares the name.
    const fits = isCardNumber(number)
      ? (card) => card.number === number
      : (card) => card.last_four === number.slice(-4);
    return cut(cards.filter(fits).sort(byKey), { isNumber: true });
  }
  if (isTooShort(typed)) return { hits: [], hasMore: false, isNumber: false, isTooShort: true };
  const wanted = words(typed);
  const whole = wanted.join("1");
  const fits = (card) =>
    wanted.every(
      (word) => card.key.startsWith(word) || card.key.includes(`0${word}`) || card.key.includes(`1${word}`),
    );
  // Who waits comes first, then names that begin as typed.
  const rank = (card) => (card.state === "issued" ? 0 : 2) + (card.key.startsWith(whole) ? 0 : 1);
  return cut(cards.filter(fits).sort((one, other) => rank(one) - rank(other) || byKey(one, other)), {});
}

function byKey(one, other) {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return one.number < other.number ? -1 : 1;
}

function cut(found, { isNumber = false }) {
  return { hits: found.slice(0, MOST_HITS), hasMore: found.length > MOST_HITS, isNumber, isTooShort: false };
}
