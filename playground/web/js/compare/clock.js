// One clock for several runs: a time that all of them show, in epochs, in updates, or in examples seen.
import { EPOCH, STEP } from "../stage/recording.js";

/** @import { Recording } from "../stage/recording.js" */
/** @typedef {"epochs" | "updates" | "examples"} Unit */

/** @type {Record<Unit, {label: string, one: string, of: (run: Recording, row: Float32Array) => number}>} */
export const UNITS = {
  epochs: { label: "epochs", one: "Epoch", of: (_, row) => row[EPOCH] },
  updates: { label: "updates", one: "Update", of: (_, row) => row[STEP] },
  examples: { label: "examples seen", one: "Example", of: (run, row) => Math.round(row[EPOCH] * run.header.n_train) },
};

// The row that a run shows at a time: the latest that is not after it; the last one where the run has ended before.
/** @param {Recording} run @param {number} time @param {Unit} unit */
export function rowAt(run, time, unit) {
  const { of } = UNITS[unit];
  let low = 0;
  let high = run.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (of(run, run.rows[middle]) <= time + 1e-9) low = middle;
    else high = middle - 1;
  }
  return run.rows[low];
}

// How far a run goes on this clock.
/** @param {Recording} run @param {Unit} unit */
export function endOf(run, unit) {
  return run.rows.length ? UNITS[unit].of(run, run.rows[run.rows.length - 1]) : 0;
}

// The same moment of a run, in another unit.
/** @param {Recording} run @param {number} time @param {Unit} from @param {Unit} to */
export function convert(run, time, from, to) {
  const [a, b] = [endOf(run, from), endOf(run, to)];
  return a > 0 ? (time / a) * b : 0;
}

/**
 * How far Play goes in so many seconds, on the clock of a run.
 * @param {Recording} run
 * @param {Unit} unit
 * @param {number} epochs in a second
 */
export function pace(run, unit, epochs) {
  const last = run.rows[run.rows.length - 1];
  return last && last[EPOCH] > 0 ? (epochs * UNITS[unit].of(run, last)) / last[EPOCH] : epochs;
}
