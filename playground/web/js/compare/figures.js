// What a run came to, in figures: when it was good enough, how good it was at its best, how large it is.
import { EPOCH, TEST_LOSS, endOf } from "../stage/recording.js";
import { firstSolved, judged } from "../stage/stops.js";
import { percent, say, steady } from "../shared/format.js";

/** @import { Recording } from "../stage/recording.js" */

const GOALS = [0.9, 0.95];

// The first epoch at which the score on new points (or in training, without any) reached a share; null if it never did.
/** @param {Recording} run @param {number} share */
export const firstAt = (run, share) => firstSolved(run, { key: "", score: share })?.[EPOCH] ?? null;

// The row of the lowest loss on new points, or in training without any.
/** @param {Recording} run */
export function best(run) {
  const column = judged(run, "loss");
  const finite = run.rows.filter((row) => Number.isFinite(row[column]));
  return finite.reduce((low, row) => (row[column] < low[column] ? row : low), finite[0]);
}

/**
 * The table's rows: what a figure is called, and what it is for each run.
 * @param {Recording[]} runs
 * @returns {{label: string, values: string[]}[]}
 */
export function figures(runs) {
  const each = (label, of) => ({ label, values: runs.map((run) => (run.rows.length ? of(run) : "–")) });
  const isTested = (run) => run.rows.some((row) => Number.isFinite(row[TEST_LOSS]));
  // Where some run has no new points to be judged on, it is judged on those that it has learned, and that is told.
  const on = (run, text) => (isTested(run) || text === "–" ? text : `${text} (training)`);
  const goals = GOALS.map((share) =>
    each(`Epochs to ${100 * share} % on new points`, (run) => {
      if (run.header.task === "regression") return "–";
      const epoch = firstAt(run, share);
      return on(run, epoch === null ? (run.ended ? "never" : "not yet") : say(epoch));
    }),
  );
  const isKnown = goals.some(({ values }) => values.some((value) => value !== "–"));
  return [
    ...(isKnown ? goals : []),
    each("Best test loss", (run) => {
      const row = best(run);
      return row ? on(run, `${steady(row[judged(run, "loss")])}, epoch ${say(row[EPOCH])}`) : "–";
    }),
    each("Best test score", (run) => {
      const column = judged(run, "score");
      const top = run.rows.reduce((most, row) => (row[column] > most ? row[column] : most), -Infinity);
      if (top === -Infinity) return "–";
      return on(run, run.header.task === "regression" ? steady(top) : percent(top));
    }),
    each("Weights and biases", (run) => String(run.header.net.n_trainable)),
    each("How it ended", (run) => endOf(run.header) || "could go on"),
  ];
}

/**
 * What the same settings come to from many seeds: one run proves nothing.
 * @param {Recording[]} runs
 * @returns {{label: string, values: string[]}[]}
 */
export function seedFigures(runs) {
  const each = (label, of) => ({
    label,
    values: runs.map(({ header: { seeds, task } }) => {
      if (!seeds) return "…";
      return seeds.problem || of(seeds, seeds.epochs.length - 1, task);
    }),
  });
  const span = ([low, middle, high], k, form) =>
    `${told(low[k], form)} to ${told(high[k], form)}, median ${told(middle[k], form)}`;
  return [
    each("20 seeds: trained to epoch", (seeds) => say(seeds.reached)),
    each("20 seeds: ever 95 % right", (seeds, _, task) =>
      task === "regression" ? "–" : `${seeds.solved} of ${seeds.n}`,
    ),
    each("20 seeds: test loss at the end, 10 to 90 %", (seeds, k) => span(seeds.loss, k, steady)),
    each("20 seeds: test score at the end, 10 to 90 %", (seeds, k, task) =>
      span(seeds.score, k, task === "regression" ? steady : percent),
    ),
    each("20 seeds: diverged", (seeds) => String(seeds.diverged)),
  ];
}

const told = (x, form) => (x === null ? "–" : form(x));
