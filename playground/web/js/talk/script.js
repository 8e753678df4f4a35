// A recorded talk as the server or the file gives it: scenes, and the runs that they show.
import { parseMessage, Recording } from "../stage/recording.js";

/**
 * What moves at a stop: between two epochs, in so many seconds.
 * @typedef {{start: number, end: number, seconds: number}} Play
 */
/** @typedef {{kind: "neuron" | "layer" | "place" | "epoch", at: number[], text: string}} Point */
/**
 * What the room sees after a press; `at` is the epoch at which it stands, once it has played.
 * @typedef {{say: string, show: string[], points: Point[], play: Play | null, answer: boolean, at: number}} Stop
 */
/**
 * @typedef {{heading: string, runs: number[], labels: string[], options: string[], right: number, notes: string[],
 *   stops: Stop[]}} Scene
 */
/** @typedef {{title: string, theme: string, minutes: number, source: string, scenes: Scene[]}} Talk */

/**
 * Take the bytes apart: the length of a header, the header in JSON, and a message for each run.
 * @param {Uint8Array} bytes
 * @returns {{talk: Talk, runs: Recording[]}}
 */
export function unpack(bytes) {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { talk, lengths } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  let at = start;
  const runs = lengths.map((length) => {
    const { header, floats } = parseMessage(bytes.subarray(at, (at += length)));
    const run = new Recording(header.run);
    run.append(floats, -1);
    return run;
  });
  return { talk, runs };
}
