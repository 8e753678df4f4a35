// The numbers of the plane in the units of the data: the columns of a table are scaled before a network learns them.
import { minus, say } from "../shared/format.js";

const MOST_TICKS = 6;
const MOST_LETTERS = 42; // of all ticks of an axis: with more they would lie on each other
const LARGEST = 1e7; // from here on powers of ten are written out

// What a number was before it was scaled.
export const unscaled = (x, { middle, size }) => middle + size * x;

// Round numbers from `low` to `high`, and how they are written.
export function roundTicks(/** @type {number[]} */ [low, high]) {
  for (let most = MOST_TICKS; ; most--) {
    const step = roundStep((high - low) / most);
    const first = Math.ceil(low / step);
    const tickvals = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
    const ticktext = tickvals.map(writer([low, high], step));
    if (most === 2 || ticktext.join("").length <= MOST_LETTERS) return { tickvals, ticktext };
  }
}

// How numbers from `low` to `high` are written, with so many decimals as a thousand of them between its ends need.
export const reading = (/** @type {number[]} */ [low, high]) =>
  writer([low, high], 10 ** (Math.floor(Math.log10((high - low) / 2)) - 3));

// The least of 1, 2 and 5 times a power of ten that is not below `step`.
function roundStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * /** @type {number} */ ([1, 2, 5, 10].find((times) => times * power >= step));
}

// How numbers from `low` to `high` are written, all in one way, so that those differ that are a step apart.
function writer(/** @type {number[]} */ [low, high], step) {
  const top = Math.max(Math.abs(low), Math.abs(high));
  const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return (x) => {
    if (top >= 1e-3 && Math.max(top, Math.abs(x)) < LARGEST) return minus(String(Number(x.toFixed(places)) || 0));
    if (Math.abs(x) < step / 2) return "0";
    const figures = Math.floor(Math.log10(Math.abs(x))) - Math.floor(Math.log10(step)) + 1;
    return say(x, Math.max(1, Math.min(15, figures)));
  };
}
