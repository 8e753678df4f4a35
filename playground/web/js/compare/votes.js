// Where the networks of many seeds disagree: how many of them say which class, at each place.
import { placeOf } from "../shared/colour.js";
import { say } from "../shared/format.js";
import { classAt } from "./difference.js";

/** @import { Network } from "../stage/network.js" */

export const ENOUGH = 0.75; // of the networks, to speak of agreement

/**
 * The votes of networks at n places: for each class the number of networks that name it. A network that has lost its
 * numbers names none.
 * @param {Network} network by which each set of parameters is run
 * @param {Float32Array[]} parameters of each network
 * @param {Float32Array[]} inputs
 * @param {{middle: number}} scale
 */
export function votesOf(network, parameters, inputs, scale) {
  const n = inputs[0].length;
  const outputs = network.layers[network.layers.length - 1].n_out;
  const votes = Array.from({ length: Math.max(2, outputs) }, () => new Uint8Array(n));
  for (const one of parameters.filter((all) => all.every(Number.isFinite))) {
    const layers = network.propagate(one, inputs);
    const said = layers[layers.length - 1];
    for (let p = 0; p < n; p++) votes[classAt(said, p, scale)][p]++;
  }
  return votes;
}

// At how many places the class with the most votes has fewer than `least`.
/** @param {Uint8Array[]} votes @param {number} least */
export function disputed(votes, least) {
  let count = 0;
  for (let p = 0; p < votes[0].length; p++) {
    let top = 0;
    for (const each of votes) if (each[p] > top) top = each[p];
    if (top < least) count++;
  }
  return count;
}

/**
 * Fill pixels with the votes of n networks: of two classes, blue where all say class 1 and orange where all say class 0;
 * of several, the colour of the one with the most votes. The paler, the more they disagree.
 * @param {Uint32Array} pixels
 * @param {Uint8Array[]} votes
 * @param {number} n
 * @param {{surface: Uint32Array, classes: Uint32Array[]}} colours
 */
export function paintVotes(pixels, votes, n, colours) {
  const k = votes.length;
  for (let p = 0; p < pixels.length; p++) {
    if (k === 2) {
      pixels[p] = colours.surface[placeOf((votes[1][p] - votes[0][p]) / n, 0, 1)];
      continue;
    }
    let best = 0;
    for (let c = 1; c < k; c++) if (votes[c][p] > votes[best][p]) best = c;
    const sure = Math.max(0, (votes[best][p] / n - 1 / k) / (1 - 1 / k));
    pixels[p] = colours.classes[best][Math.min(255, (128 + 127 * sure) | 0)];
  }
}

// In words: `share` of the plane where fewer than `least` of n agree.
export function votesInWords(epoch, share, least, n, broken) {
  const plane =
    share === 0
      ? "nowhere on the plane"
      : share < 0.0005
        ? "on less than 0.1 % of the plane"
        : `on ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % of the plane`;
  const lost = broken ? `; ${broken} diverged and say${broken === 1 ? "s" : ""} nothing` : "";
  return `${n} seeds at epoch ${say(epoch)}: fewer than ${least} agree ${plane}${lost}`;
}
