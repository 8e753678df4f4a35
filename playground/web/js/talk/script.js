// A recorded talk as the server or the file gives it: scenes, and the runs that they show.
import { Tiles } from "../atlas/tiles.js";
import { parseMessage, Recording } from "../stage/recording.js";

/**
 * What moves at a stop: between two epochs, or the film of the layers from layer to layer, in so many seconds.
 * @typedef {{what: "epoch" | "film", start: number, end: number, seconds: number}} Play
 */
/** @typedef {{kind: "neuron" | "layer" | "place" | "epoch" | "tile", at: number[], text: string}} Point */
/**
 * What the room sees after a press; `at` is the epoch at which it stands, once it has played, `film` the layer that
 * its film has come to, and `separations` how well a straight cut does in each layer then.
 * @typedef {{say: string, show: string[], points: Point[], play: Play | null, answer: boolean, at: number,
 *   film: number, separations: (number | null)[]}} Stop
 */
/**
 * @typedef {{heading: string, runs: number[], atlas: number, tiles: string, labels: string[], options: string[], right: number, notes: string[],
 *   stops: Stop[]}} Scene
 */
/**
 * `folds` is what the films of runs need, by their places in the list of runs.
 * @typedef {{title: string, theme: string, minutes: number, source: string, scenes: Scene[],
 *   folds: Record<string, any>, atlases: {tiles: Tiles, link: string}[]}} Talk
 */

/**
 * Take the bytes apart: the length of a header, the header in JSON, a message for each run, and those of each atlas.
 * @param {Uint8Array} bytes
 * @returns {{talk: Talk, runs: Recording[]}}
 */
export function unpack(bytes) {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { talk, lengths, folds, atlases } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  let at = start;
  const take = (length) => parseMessage(bytes.subarray(at, (at += length)));
  const runs = lengths.map((length) => {
    const { header, floats } = take(length);
    const run = new Recording(header.run);
    run.append(floats, -1);
    return run;
  });
  const all = atlases.map(({ page, link, lengths: own }) => {
    const tiles = new Tiles(page);
    for (const length of own) tiles.take(/** @type {any} */ (take(length)));
    return { tiles, link };
  });
  return { talk: { ...talk, folds, atlases: all }, runs };
}
