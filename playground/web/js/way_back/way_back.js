// Keeps, for as long as the tab lives, what a session cannot: it ends with a reload of the page, or with the server.
//
// Comes in:  {name, text, asks}: the session's name, what is to be kept of it (playground/run/way_back.py), and whether it
//            may be told what the one before it has left here.
// Goes out:  the trigger `told`, that text.
import { oneEntryForAPage } from "../shared/entries.js";

const KEY = "mlp-playground-way-back/1";

export default function mount({ data, setTriggerValue }) {
  oneEntryForAPage();
  const before = leave(data);
  if (before) setTriggerValue("told", before);
}

/**
 * Keep what a session says of itself, unless it has to hear first of the one before; that text, or null.
 * @param {{name: string, text: string, asks: boolean}} session
 * @param {() => Storage} storage where this tab keeps things; asking for it may already be refused
 * @returns {string | null}
 */
export function leave({ name, text, asks }, storage = () => sessionStorage) {
  try {
    const [writer, before] = split(storage().getItem(KEY));
    if (asks && before && writer !== name) return before;
    storage().setItem(KEY, `${name}\n${text}`);
  } catch {
    // A browser that keeps nothing: a reload comes back to what the address holds.
  }
  return null;
}

const split = (kept) => {
  const end = kept?.indexOf("\n") ?? -1;
  return end < 0 ? [null, null] : [kept.slice(0, end), kept.slice(end + 1)];
};
