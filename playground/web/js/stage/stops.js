// Where Play stops by itself: after so many epochs, or once the network is good enough. Good enough is judged on the test
// points, or on the training points where there are no others. Each has the word that a link has for it.
import { TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE } from "./recording.js";

/** @import { Recording } from "./recording.js" */
/** @import { Row } from "./types.d.ts" */
/**
 * @typedef {object} Stop
 * @property {string} key
 * @property {number} [epochs] after which it stops; those that the run plays by itself where nothing is said
 * @property {number} [score] at least
 * @property {number} [loss] at most
 */

/** @type {Stop[]} */
export const STOPS = [
  { key: "usual" },
  { key: "1000", epochs: 1000 },
  { key: "score0.95", epochs: Infinity, score: 0.95 },
  { key: "score0.99", epochs: Infinity, score: 0.99 },
  { key: "loss0.1", epochs: Infinity, loss: 0.1 },
  { key: "loss0.01", epochs: Infinity, loss: 0.01 },
  { key: "never", epochs: Infinity },
];

/** @param {Recording} run */
const held = (run) => Number.isFinite(run.rows[0]?.[TEST_LOSS]);

// The column of a score or a loss by which a run is judged.
/** @param {Recording} run @param {"score" | "loss"} figure */
export function judged(run, figure) {
  if (figure === "loss") return held(run) ? TEST_LOSS : TRAIN_LOSS;
  return held(run) ? TEST_SCORE : TRAIN_SCORE;
}

// The first row of a run that is as good as a stop asks for; undefined where none is, or where it asks for nothing.
/** @param {Recording} run @param {Stop} stop @returns {Row | undefined} */
export function firstSolved(run, { score, loss }) {
  const [s, l] = [judged(run, "score"), judged(run, "loss")];
  const bound = Math.fround(score ?? loss ?? NaN); // as 95 % is in a row
  return run.rows.find((row) => (score === undefined ? row[l] <= bound : row[s] >= bound));
}

// What a stop asks for, in a few words.
/** @param {Recording | null} run @param {Stop} stop */
export function goalInWords(run, { score, loss }) {
  const points = run && !held(run) ? "training" : "test";
  if (loss !== undefined) return `a ${points} loss of ${loss}`;
  return run?.header.task === "regression" ? `a ${points} R² of ${score}` : `${100 * (score ?? 0)} % right`;
}

// The same as a choice beside Play.
/** @param {Recording | null} run @param {Stop} stop */
export function choiceInWords(run, stop) {
  if (stop.score !== undefined || stop.loss !== undefined) return `Stop at ${goalInWords(run, stop)}`;
  if (stop.epochs === Infinity) return "Never stop";
  return `Stop at epoch ${(stop.epochs ?? run?.header.goal ?? 200).toLocaleString("en")}`;
}
