// What the pictures show, in words and numbers, for those who do not see them. Each function makes the text
// alternative of one picture from the engine's numbers at the moment shown.
import { EPOCH, frozenAt, TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE } from "./recording.js";
import { layerName, unitName } from "../shared/names.js";
import { sentence, where } from "./sentence.js";
import { percent, say, steady } from "../shared/format.js";
import { unscaled } from "./units.js";

// The live region's words: where the run stands, its loss and its accuracy; what is out of the ordinary goes first.
export function spokenState(player) {
  const { run, row, state, moving } = player;
  if (!row || state === "disconnected" || state === "diverged") return sentence(player);
  return `${moving ? "" : "Standing at "}${where(run, row)}: ${losses(row)}, ${scores(run, row)}.`;
}

const losses = (row) =>
  `training loss ${steady(row[TRAIN_LOSS])}${also(row[TEST_LOSS], (x) => `, test loss ${steady(x)}`)}`;

function scores(run, row) {
  const [name, form] = run.header.task === "regression" ? ["R²", steady] : ["accuracy", percent];
  return `training ${name} ${form(row[TRAIN_SCORE])}${also(row[TEST_SCORE], (x) => `, test ${name} ${form(x)}`)}`;
}

const also = (x, text) => (Number.isFinite(x) ? text(x) : "");

// How the plane is shared out among the classes, or between which values the outputs lie.
export function surfaceInWords(run, row, values) {
  const outputs = values[values.length - 1];
  return `What the network thinks of every point of the plane. ${where(run, row)}: ${plane(run.header, outputs)}; ${losses(row)}, ${scores(run, row)}.`;
}

function plane({ task, scale, data }, outputs) {
  const n = outputs[0].length;
  if (task === "regression") {
    const mean = outputs[0].reduce((sum, x) => sum + x, 0) / n;
    const [low, high, middle] = [least(outputs[0]), greatest(outputs[0]), mean].map((x) =>
      say(unscaled(x, data.units[2])),
    );
    return `outputs from ${low} to ${high}, ${middle} on average`;
  }
  const counts = data.classes.map(() => 0);
  for (let p = 0; p < n; p++) {
    if (task === "binary") counts[Number(outputs[0][p] > scale.middle)]++;
    else counts[outputs.reduce((best, row, c) => (row[p] > outputs[best][p] ? c : best), 0)]++;
  }
  return counts
    .map((count, c) => `${data.classes[c]} has ${percent(count / n)}`)
    .join(", ")
    .concat(" of the plane");
}

// The layers one after the other, and the links that count most.
export function diagramInWords(run, row, network, parameters) {
  const { net } = run.header;
  const frozen = frozenAt(run.header, row);
  const still = (layer) => (frozen.includes(layer) ? ", frozen" : "");
  const hidden = net.layers
    .slice(0, -1)
    .map((layer, l) => `${layer.n_out} ${net.activation_labels[l]} neurons${still(l + 1)}`);
  const sizes = [
    `inputs ${net.feature_labels.join(", ")}`,
    ...hidden,
    `${net.layers[net.layers.length - 1].n_out} output${still(net.layers.length)}`,
  ];
  const strongest = network.layers.map((_, l) => strongestOf(network, parameters, l));
  const links = strongest.map(
    ({ i, j, w }, l) => `${unitName(l, i, net)} to ${unitName(l + 1, j, net)} with ${say(w)}`,
  );
  return `The network: ${sizes.join("; then ")}. Strongest weight into each layer: ${links.join("; ")}.`;
}

export function weightsInWords(run, network, parameters) {
  const { use_bias } = network.net;
  const last = network.layers.length - 1;
  const layers = network.layers.map(({ n_in, n_out }, l) => {
    const weights = Array.from({ length: n_in * n_out }, (_, k) =>
      network.weight(parameters, l, k % n_in, Math.floor(k / n_in)),
    );
    const biases = Array.from({ length: n_out }, (_, j) => network.bias(parameters, l, j));
    const name = l === last ? "Output" : `Layer ${l + 1}`;
    return `${name}: ${span(weights, "weight")}${use_bias ? `, ${span(biases, "bias", "biases")}` : ""}.`;
  });
  return `Weights${use_bias ? " and biases" : ""}. ${layers.join(" ")}`;
}

const span = (numbers, one, many = `${one}s`) =>
  numbers.length === 1
    ? `1 ${one} of ${say(numbers[0])}`
    : `${numbers.length} ${many} from ${say(least(numbers))} to ${say(greatest(numbers))}`;

export function gradientsInWords(run, row) {
  const norms = [...run.gradients(row)];
  const layers = norms.map((norm, l) => `${layerName(l + 1, norms.length)} ${say(norm)}`);
  return `Gradient norm by layer. ${where(run, row)}: ${layers.join(", ")}.`;
}

export function scoresInWords(run, row) {
  const best = greatest(run.rows.map((r) => r[TEST_SCORE]).filter(Number.isFinite));
  const form = run.header.task === "regression" ? steady : percent;
  return `${where(run, row)}: ${scores(run, row)}${also(best, (x) => `; best on the test points so far ${form(x)}`)}.`;
}

export function timelineInWords(run, row) {
  const { rows } = run;
  const column = rows.some((r) => Number.isFinite(r[TEST_LOSS])) ? TEST_LOSS : TRAIN_LOSS;
  const name = column === TEST_LOSS ? "test loss" : "training loss";
  const lowest = rows.reduce((best, r) => (r[column] < best[column] ? r : best), rows[0]);
  const from = `from ${steady(rows[0][column])} to ${steady(rows[rows.length - 1][column])}`;
  return `Loss over ${say(run.lastEpoch)} epochs: ${name} ${from}, lowest ${steady(lowest[column])} at epoch ${say(lowest[EPOCH])}. Shown is ${where(run, row)}: ${losses(row)}.`;
}

function strongestOf(network, parameters, l) {
  let best = { i: 0, j: 0, w: 0 };
  const { n_in, n_out } = network.layers[l];
  for (let i = 0; i < n_in; i++) {
    for (let j = 0; j < n_out; j++) {
      const w = network.weight(parameters, l, i, j);
      if (Math.abs(w) > Math.abs(best.w)) best = { i, j, w };
    }
  }
  return best;
}

// Not Math.max(...numbers): a long run has more rows than a call may have arguments.
const greatest = (numbers) => numbers.reduce((a, b) => (b > a ? b : a), -Infinity);
const least = (numbers) => numbers.reduce((a, b) => (b < a ? b : a), Infinity);
