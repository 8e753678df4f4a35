// A part of the landscape: how it is asked for, and what of the numbers is what (playground/web/message.py).
import { parseMessage } from "../stage/recording.js";

/** @import { LandscapeQuestion, LandscapeTold } from "../stage/types.d.ts" */
/**
 * @typedef {object} Sheet a map
 * @property {LandscapeTold} told
 * @property {Float32Array} losses n * n, row by row from the bottom
 * @property {{x: number, y: number, loss: number, foot: number, step: number}[]} path
 * @property {Float32Array} train on the straight way from start to end
 * @property {Float32Array} test
 * @property {{x: number, y: number, loss: number, foot: number, step: number}[][]} others paths of runs beside this one
 * @property {Float32Array} origin
 * @property {Float32Array[]} axes
 */

/**
 * The answer's header and numbers; null where the server does not know the run.
 * @param {string} address
 * @param {LandscapeQuestion} question
 * @param {AbortSignal} signal
 * @returns {Promise<{told: LandscapeTold, floats: Float32Array} | null>}
 */
export async function askFor(address, question, signal) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(new URL(address, import.meta.url), {
    method: "POST",
    headers,
    body: JSON.stringify(question),
    signal,
  });
  if (answer.status === 410) return null;
  if (!answer.ok) throw new Error(`The server answers a question with ${answer.status}.`);
  const { header, floats } = parseMessage(new Uint8Array(await answer.arrayBuffer()));
  return { told: header.landscape, floats: /** @type {Float32Array} */ (floats) };
}

/** @param {LandscapeTold} told @param {Float32Array} floats @returns {Sheet} */
export function sheetOf(told, floats) {
  let at = 0;
  const take = (n) => floats.subarray(at, (at += n));
  const losses = take(told.n * told.n);
  const pathOf = (n) =>
    Array.from({ length: n }, () => {
      const [x, y, loss, foot, step] = take(5);
      return { x, y, loss, foot, step };
    });
  const path = pathOf(told.moments);
  const [train, test] = [take(told.profile), take(told.profile)];
  const others = told.others.map(pathOf);
  const size = (floats.length - at) / 3;
  return { told, losses, path, train, test, others, origin: take(size), axes: [take(size), take(size)] };
}

// The parameters of the network at a place of the map.
/** @param {any} sheet @param {number[]} place */
export const networkAt = ({ origin, axes }, [x, y]) =>
  origin.map((value, i) => value + x * axes[0][i] + y * axes[1][i]);

// Whether the map says something wrong of a place of the path: it is off by more than a fifth of the true loss.
export const lies = ({ loss, foot }, share = 0.2) => !(Math.abs(loss - foot) <= share * Math.abs(loss));

// Where the path is at a step: between two of its places.
export function placeOf(path, step) {
  const k = path.findLastIndex((place) => place.step <= step);
  const [a, b] = [path[Math.max(0, k)], path[Math.min(path.length - 1, k + 1)]];
  const share = b.step > a.step ? Math.max(0, Math.min(1, (step - a.step) / (b.step - a.step))) : 0;
  return [a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)];
}
