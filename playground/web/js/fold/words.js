// What the pictures of the layers show, in words and numbers.
import { percent, say } from "../shared/format.js";
import { where } from "../stage/sentence.js";

// A stop of the film: {kind: "plane" | "features" | "before" | "after", layer, bend}, layers counted from 1.
export function filmSentence(stops, at) {
  const k = Math.floor(at);
  if (at === k) return standing(stops[k]);
  const next = stops[k + 1];
  if (next.kind === "features") return "On the way to what the network is told of each point: its features.";
  if (next.kind === "before")
    return `Layer ${next.layer}: its weights turn, stretch and shift the sheet. Straight lines stay straight.`;
  return `Layer ${next.layer}: ${next.bend} bends it, every neuron by itself.`;
}

function standing({ kind, layer, bend, isLast }) {
  if (kind === "plane")
    return "The input plane: the points as they are, with a grid of lines to see what becomes of it.";
  if (kind === "features") return "What the network is told of each point: its features.";
  if (kind === "inputs") return "The inputs, and a sheet laid through them: the plane that the Playground shows.";
  if (kind === "before")
    return `Layer ${layer}, before the bend: turned, stretched and shifted by its weights and biases.`;
  return `After layer ${layer}, bent by ${bend}${isLast ? ". From here on the output can only cut straight." : "."}`;
}

// What a picture leaves out, how straight the classes can be told apart there, and what has become of the sheet.
export function readings({ share, nUnits, kind, separation, task, folded, crushed }) {
  const parts = [];
  if (kind === "line") parts.push("one number: a line");
  else if (nUnits <= 2) parts.push("nothing is left out: two numbers, two axes");
  else if (kind === "solid") parts.push("nothing is left out: three numbers, three axes; drag to turn");
  else parts.push(`this flat picture shows ${percent(share)} of the spread`);
  if (separation !== null)
    parts.push(
      task === "regression"
        ? `a flat plane explains R² ${say(separation, 3)}`
        : `a straight line gets ${percent(separation)} right`,
    );
  if (folded !== null && folded > 0) parts.push(`${percent(folded)} of the sheet is folded over (hatched)`);
  if (crushed > 0) parts.push(`${percent(crushed)} is crushed (grey)`);
  return parts;
}

export function inWords(title, parts, run, row, classes) {
  const what = classes.length ? `${classes.join(" and ")}: ` : "";
  return `${title}. ${where(run, row)}. ${what}${parts.join("; ")}.`;
}

// How the neurons of a run beside another were paired with those of this one.
export function pairedInWords({ title, epoch, alike, turned }) {
  const over = turned ? `; ${turned} of them ${turned === 1 ? "is" : "are"} turned over, for they do the opposite` : "";
  return `${title}: each of its neurons stands where the one is that does most alike at epoch ${say(epoch)}${over}. On average the pairs agree by ${say(alike, 2)}, where 1 is the same and 0 nothing in common.`;
}
