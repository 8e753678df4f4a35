// Runs that are seen together: each has a colour and a dash of its own, the same on the stage and on the page Compare.
import { h } from "./dom.js";
import { layerColour } from "./theme.js";

export const MOST_RUNS = 4;
export const LETTERS = "ABCD"; // by which they are called
export const DASHES = ["solid", "dash", "dot", "dashdot"];
// Of each dash how many pixels are drawn and left away in turn, where a line stands for a curve in words.
const STROKES = { solid: [1], dash: [6, 3], dot: [2, 3], dashdot: [6, 3, 2, 3] };

/** @param {any} theme @param {number} k */
export const runColour = (theme, k) => layerColour(theme, k, MOST_RUNS);

// A piece of a line, as it is drawn in a chart.
export function lineMark(colour, dash = "solid", width = 3) {
  let at = 0;
  const stops = STROKES[dash].map((pixels, k) => `${k % 2 ? "transparent" : colour} ${at}px ${(at += pixels)}px`);
  return h("i", {
    class: "line-mark",
    "aria-hidden": "true",
    style: `height: ${Math.max(1, width)}px; background: repeating-linear-gradient(90deg, ${stops.join(", ")})`,
  });
}

/** @param {any} theme @param {number} k */
export const runMark = (theme, k) => lineMark(runColour(theme, k), DASHES[k]);
