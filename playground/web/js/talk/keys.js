// What a key does in a talk. Clickers are keyboards: most send PageDown and PageUp, some the arrows; the button that
// blanks the screen sends "." or "b"; the one that starts a show F5 and Esc by turns. F5 reloads the page, which
// comes back to its scene: no browser lets every page keep that key from doing so.

/** @typedef {"next" | "back" | "toggle" | "black" | "first" | "last" | "leave" | "full" | "speaker" | "help" | "votes" |
 *   "invite" | `big ${number}`} Action */

/** @type {Record<string, Action>} */
const KEYS = {
  PageDown: "next",
  ArrowRight: "next",
  ArrowDown: "next",
  n: "next",
  PageUp: "back",
  ArrowLeft: "back",
  ArrowUp: "back",
  p: "back",
  " ": "toggle",
  ".": "black",
  b: "black",
  Home: "first",
  End: "last",
  Escape: "leave",
  f: "full",
  s: "speaker",
  v: "votes",
  i: "invite",
  "?": "help",
  h: "help",
};
const FIELDS = "input, textarea, select, [contenteditable]";
const BUTTONS = "button, a, summary";

/** @type {[string, string][]} */
export const HELP = [
  ["PageDown, →, clicker", "on: the next press, then the next scene"],
  ["PageUp, ←", "back"],
  ["Space", "play and pause"],
  ["1 to 9", "one panel fills the screen, and back"],
  [". or B", "black, and back"],
  ["F", "full screen"],
  ["S", "the speaker's window: notes, next scene, clock"],
  ["I", "invite the audience: a QR code"],
  ["V", "show the votes"],
  ["Home, End", "first and last scene"],
  ["Esc", "leave what fills the screen"],
];

/**
 * What a key is to do; null where it is none of ours, or belongs to what has the focus.
 * @param {KeyboardEvent} event
 * @returns {Action | null}
 */
export function actionOf(event) {
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return null;
  const target = /** @type {Element | undefined} */ (event.composedPath()[0]);
  if (target?.closest?.(FIELDS)) return null;
  if (key === " " && target?.closest?.(BUTTONS)) return null;
  if (/^[1-9]$/.test(key)) return `big ${Number(key)}`;
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? null;
}
