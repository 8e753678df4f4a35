// One sentence on what is going on, made of the engine's numbers at the moment shown; and one in plain words, for those
// who look for the first time.
import { EPOCH, frozenAt, STEP, TEST_LOSS, TEST_SCORE, TRAIN_LOSS } from "./recording.js";
import { goalInWords, judged } from "./stops.js";
import { percent, say, steady } from "../shared/format.js";
import { layerName } from "../shared/names.js";

/** @import { Visitor } from "./visitor.js" */
/** @typedef {string | {word: string, text: string}} Part a piece of a sentence: plain, or a word of the glossary */

const DEEDS = ["change", "edit"];
const GUESSES = ["plateau", "jumps", "overfitting", "death"];

export function sentence(player) {
  const { run, row, state } = player;
  if (state === "loading") return "The first run is on its way.";
  if (state === "disconnected")
    return "The server does not answer at the moment; the run goes on here as soon as it does.";
  if (state === "diverged") return run.header.diverged;
  const hasTest = Number.isFinite(row[TEST_LOSS]);
  const loss = hasTest ? `test loss ${steady(row[TEST_LOSS])}` : `training loss ${steady(row[TRAIN_LOSS])}`;
  const when = where(run, row);
  if (row[STEP] === 0) return `Before the first step: the weights are random, and so is the picture. ${cap(loss)}.`;
  if (row[STEP] === player.solvedAt) return `${when}: ${loss}. Here it first reaches ${goalInWords(run, player.stop)}.`;
  const verdict = run.verdictAt(row[STEP]);
  const mark = happened(run, row);
  // One verdict, that of Health: marks only tell what has happened where there is one.
  if (mark && !(verdict && GUESSES.includes(mark.kind))) return `${when}: ${loss}. ${mark.text}`;
  if (verdict) return `${when}: ${loss}. ${verdict}: see Health.`;
  const what = frozen(run, row) ?? (verdict === "" ? gradients(run, row) : null) ?? trend(run, row) ?? "";
  const end = player.moving || !player.atGoal ? "" : " Drag the curve to go back in time.";
  return `${when}: ${loss}${what ? `; ${what}` : ""}.${end}`;
}

/** @type {(player: any, visitor: Pick<Visitor, "has">, hasPicture?: boolean) => Part[]} */
export function plainly(player, visitor, hasPicture = true) {
  const { run, row, state } = player;
  if (state === "loading" || state === "disconnected") return [sentence(player)];
  if (state === "diverged")
    return [`The numbers grew beyond all bounds after step ${say(row[STEP])}: a lower learning rate helps.`];
  const stands = !player.moving && !player.scrubbing;
  if (row[STEP] === 0 && stands && !visitor.has("play"))
    return [hasPicture ? (INVITATIONS[run.header.task] ?? INVITATIONS.classes) : "Press Play: the network learns."];
  const mark = run.header.marks.find(({ step, text }) => step === row[STEP] && !/gradient/i.test(text));
  // A change shows nothing by itself.
  if (stands && mark) return [DEEDS.includes(mark.kind) ? `${mark.text} Press Play to see what it does.` : mark.text];
  const parts = [...gets(run, row, stands), ...learned(run, row)];
  if (!stands) return parts;
  if (guesses(run, row)) parts.push(` That is no better than guessing${rateOf(run)}.`);
  if (row[STEP] === player.solvedAt) parts.push(` Here it first reaches ${goalInWords(run, player.stop)}.`);
  else if (player.atGoal && !visitor.has("drag")) parts.push(" Drag the curve to go back in time.");
  return parts;
}

/** @type {(parts: Part[]) => string} */
export const inWords = (parts) =>
  parts
    .map((part) => (typeof part === "string" ? part : part.text))
    .join("")
    .replaceAll(BLANK, "");

const INVITATIONS = {
  regression: "Press Play and watch the network learn which value belongs where.",
  classes: "Press Play and watch the network find the border between the colours.",
};

// While it plays, what stands behind a number stays where it is, whether that grows or shrinks by a figure.
const BLANK = "\u2007"; // as wide as a figure
const figures = (/** @type {number} */ n, /** @type {number} */ most, /** @type {boolean} */ stands) =>
  stands ? String(n) : String(n).padStart(String(most).length, BLANK);

// How good it is at what it has not learned from; without such points, at what it has.
/** @type {(run: any, row: any, stands: boolean) => Part[]} */
function gets(run, row, stands) {
  const { task, n_judged: n, spread } = run.header;
  const score = row[judged(run, "score")];
  const isNew = judged(run, "score") === TEST_SCORE;
  const points = isNew ? { word: "Test point", text: "new points" } : { word: "Training point", text: "points" };
  if (!Number.isFinite(score)) return ["There are no points to judge it by"];
  if (task !== "regression") return [`It gets ${figures(Math.round(score * n), n, stands)} of ${n} `, points, " right"];
  const off = steady(spread * Math.sqrt(Math.max(0, 1 - score)));
  return ["Its guesses for ", points, " are ", { word: "Typical error", text: "typically off by" }, ` ${off}`];
}

const SLIGHT = 0.03; // of all points, by which a guess may be right by luck

// Whether it has learned for an epoch or more and still gets no more points right than one who names any class.
function guesses(run, row) {
  const { task, net } = run.header;
  if (task === "regression" || row[EPOCH] < 1) return false;
  return row[judged(run, "score")] <= 1 / Math.max(2, net.layers.at(-1).n_out) + SLIGHT;
}

// What one changes first then, and may have forgotten to have changed.
function rateOf(run) {
  const rate = run.header.settings.live.find(({ name }) => name === "learning_rate");
  return rate ? `; the learning rate is ${say(rate.now)}` : "";
}

// How long it has learned. Each number is one text with its word and with what follows it: so nothing beside it moves.
/** @type {(run: any, row: any) => Part[]} */
function learned(run, row) {
  const { epochs, batches } = since(run, row);
  const counted = [
    { word: "Epoch", text: `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`, n: epochs },
    { word: "Mini-batch", text: `${batches} ${batches === 1 ? "mini-batch" : "mini-batches"}`, n: batches },
  ].filter(({ n }) => n > 0);
  if (!counted.length) return [" before it has learned anything."];
  const last = counted.length - 1;
  return counted.flatMap(({ word, text }, k) => [
    k ? " and " : " after ",
    { word, text: k === last ? `${text}.` : text },
  ]);
}

// What happened not long before the moment shown; what the user has done is behind all that follows it.
function happened(run, row) {
  const recent = Math.max(6, 0.05 * row[EPOCH]);
  const marks = run.header.marks.filter((mark) => mark.epoch <= row[EPOCH] && row[EPOCH] - mark.epoch < recent);
  return marks.findLast(({ kind }) => DEEDS.includes(kind)) ?? marks.at(-1);
}

export function where(run, row) {
  const { epochs, batches } = since(run, row);
  return batches ? `Epoch ${epochs}, mini-batch ${batches}` : `Epoch ${epochs}`;
}

// Whole epochs, and mini-batches beyond them.
function since(run, row) {
  const epochs = Math.floor(row[EPOCH] + 1e-6);
  const inside = row[EPOCH] - epochs;
  return { epochs, batches: inside > 1e-4 ? Math.round(inside * run.header.steps_per_epoch) : 0 };
}

// The layers that do not learn.
function frozen(run, row) {
  const layers = frozenAt(run.header, row).map((layer) =>
    layerName(layer, run.header.net.layers.length).replace("output", "the output"),
  );
  if (!layers.length) return null;
  return `${layers.join(" and ")} ${layers.length > 1 ? "are frozen and do" : "is frozen and does"} not learn`;
}

// The gradient of the first layer beside that of the output layer.
function gradients(run, row) {
  const norms = run.gradients(row);
  if (norms.length < 2) return null;
  const [first, last] = [norms[0], norms[norms.length - 1]];
  if (!(last > 0) || !(first > 0)) return null;
  const ratio = first / last;
  if (ratio < 0.6) return `layer 1 gets ${share(ratio)} of the output layer's gradient`;
  if (ratio > 1.7)
    return `layer 1's gradient is ${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times the output layer's`;
  return `all layers get gradients of like size`;
}

function share(ratio) {
  const words = [
    [0.45, "half"],
    [0.29, "a third"],
    [0.22, "a quarter"],
    [0.17, "a fifth"],
    [0.08, "a tenth"],
  ];
  const found = words.find(([least]) => ratio >= least);
  return found ? found[1] : percent(ratio);
}

function trend(run, row) {
  return run.header.task !== "regression" && Number.isFinite(row[TEST_SCORE])
    ? `${percent(row[TEST_SCORE])} of the test points are right`
    : null;
}

const cap = (text) => text[0].toUpperCase() + text.slice(1);
