// What of the comparison is on show, as it stands in the address: the moment, the clock, what is drawn besides, which two
// runs are set against each other, and which runs stay at a moment of their own. playground/run/compared.py reads it.
import { LETTERS } from "../shared/runs.js";

/** @import { CompareView } from "../stage/types.d.ts" */

/** @type {CompareView} */
export const USUAL = { at: 0, clock: "epochs", show: [], pair: [0, 1], hold: [] };

// Another query with the view in it; what is usual is left out. A moment is told to the hundredth.
/** @param {string} search @param {CompareView} view */
export function withView(search, view) {
  const query = new URLSearchParams(search);
  const hold = view.hold.map((step, k) => (step === null ? "" : LETTERS[k] + step)).filter(Boolean);
  const told = {
    at: view.at ? String(Math.floor(view.at * 100 + 1e-6) / 100) : "",
    clock: view.clock === USUAL.clock ? "" : view.clock,
    show: view.show.join(","),
    pair: view.pair.join() === USUAL.pair.join() ? "" : view.pair.map((k) => LETTERS[k]).join(""),
    hold: hold.join(","),
  };
  for (const [key, text] of Object.entries(told)) {
    query.delete(key);
    if (text) query.set(key, text);
  }
  const text = query.toString();
  return text && `?${text}`;
}
