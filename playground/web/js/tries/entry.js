// One try: a run that was on screen, as much of it as a table shows and as it takes to have it back.
import { EPOCH, TEST_LOSS, endOf } from "../stage/recording.js";
import { judged } from "../stage/stops.js";
import { best } from "../compare/figures.js";
import { percent, say, steady } from "../shared/format.js";

/** @import { Recording } from "../stage/recording.js" */
/**
 * @typedef {object} Try
 * @property {string} run its name, by which it is known everywhere
 * @property {string | null} link what opens it again; null where a link cannot hold its data
 * @property {number} number counted from 1, in the order in which they were first on screen
 * @property {number} at when that was, in milliseconds
 * @property {string} name that its user gave it; "" for none
 * @property {boolean} star whether it is to be kept whatever comes
 * @property {Record<string, string>} told every setting in words, by its label
 * @property {boolean} regression
 * @property {boolean} tested whether there are test points; without any the figures are those of training
 * @property {number} epochs trained so far
 * @property {number} loss the lowest
 * @property {number} lossAt its epoch
 * @property {number} score the highest
 * @property {string} end "" for a run that goes on, "diverged" or "stopped"
 * @property {number} weights and biases that training moves
 * @property {Record<"light" | "dark", string>} maps its boundary at its end, as pictures
 */

// What a run has come to so far.
/** @param {Recording} run */
export function entryOf(run) {
  const { header } = run;
  const low = best(run);
  const column = judged(run, "score");
  const top = run.rows.reduce((most, row) => (row[column] > most ? row[column] : most), -Infinity);
  return {
    run: header.run,
    link: header.link_holds_all ? header.link : null,
    told: header.told,
    regression: header.task === "regression",
    tested: Number.isFinite(run.rows[0][TEST_LOSS]),
    epochs: run.lastEpoch,
    loss: low ? low[judged(run, "loss")] : null,
    lossAt: low ? low[EPOCH] : null,
    score: Number.isFinite(top) ? top : null,
    end: endOf(header),
    weights: header.net.n_trainable,
  };
}

// What sets a try apart from the one before it, in words; of the first one there is nothing to say.
/** @param {Try} one @param {Try | undefined} before */
export function apart(one, before) {
  if (!before) return "the first";
  const labels = [...new Set([...Object.keys(one.told), ...Object.keys(before.told)])];
  const news = labels.filter((label) => one.told[label] !== before.told[label]);
  const words = news.map((label) => `${label}: ${added(one.told[label] ?? "–", before.told[label])}`);
  return words.join(", ") || "the same settings";
}

// Of changes on the way that follow the other's, those alone.
/** @param {string} changes @param {string | undefined} others */
const added = (changes, others) => (changes.startsWith(`${others}; `) ? changes.slice(`${others}; `.length) : changes);

/** @type {{key: string, label: string, value: (one: Try) => any, words: (one: Try) => string, falls?: boolean}[]} */
export const FIGURES = [
  {
    key: "loss",
    label: "Best loss",
    value: (one) => one.loss ?? Infinity,
    words: ({ loss, lossAt }) => (loss === null ? "–" : `${steady(loss)}, epoch ${say(lossAt)}`),
  },
  {
    key: "score",
    label: "Best score",
    value: (one) => -(one.score ?? -Infinity),
    words: ({ score, regression }) => (score === null ? "–" : regression ? `R² ${steady(score)}` : percent(score)),
  },
  {
    key: "epochs",
    label: "Epochs",
    value: (one) => -one.epochs,
    words: ({ epochs, end }) => `${say(epochs)}${end && `, ${end}`}`,
  },
  { key: "weights", label: "Weights", value: (one) => one.weights, words: ({ weights }) => String(weights) },
  { key: "seed", label: "Seed", value: (one) => Number(one.told.Seed), words: (one) => one.told.Seed },
];

// All tries as a table for other programs: figures, then every setting that any of them has.
/** @param {Try[]} tries @param {string} home where a link opens */
export function csv(tries, home) {
  const labels = [...new Set(tries.flatMap(({ told }) => Object.keys(told)))];
  const head = [
    "try",
    "name",
    "star",
    "first seen",
    "epochs",
    "best loss",
    "at epoch",
    "best score",
    "measured on",
    "end",
  ];
  const rows = tries.map((one) => [
    ...[one.number, one.name, Number(one.star), new Date(one.at).toISOString(), one.epochs, one.loss, one.lossAt],
    ...[one.score, one.tested ? "test points" : "training points", one.end, one.weights],
    ...[one.link === null ? "" : home + one.link, ...labels.map((label) => one.told[label])],
  ]);
  return [[...head, "weights and biases", "link", ...labels], ...rows]
    .map((row) => row.map(cell).join(","))
    .join("\r\n");
}

// A text that begins like a formula is no formula for a spreadsheet that reads it.
function cell(value) {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
