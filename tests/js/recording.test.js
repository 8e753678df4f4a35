// The browser's copy of a recording: what arrives, in which order, and what is kept of it.
import assert from "node:assert/strict";
import test from "node:test";

import { Network } from "../../playground/web/js/stage/network.js";
import { EPOCH, Recording, STEP, parseMessage } from "../../playground/web/js/stage/recording.js";

const WIDTH = 9; // step, epoch, four figures, one gradient norm, two parameters
const header = { run: "r", width: WIDTH, net: { layers: [{}] } };
const row = (step, epoch = step) => [step, epoch, 0, 0, 0, 0, 7, step + 0.25, step + 0.5];
const rows = (...steps) => Float32Array.from(steps.flatMap((step) => row(step)));
const stepsOf = (recording) => recording.rows.map((r) => r[STEP]);

function recorded(...steps) {
  const recording = new Recording(header);
  recording.append(rows(...steps), -1);
  return recording;
}

function packed(header, floats) {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + head.length + floats.byteLength);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  bytes.set(new Uint8Array(floats.buffer), 4 + head.length);
  return bytes;
}

test("a message is a header and unaligned rows", () => {
  const message = parseMessage(packed({ width: 3, run: { run: "ä" } }, Float32Array.of(1, 2, 3.5)));
  assert.deepEqual(message.header, { width: 3, run: { run: "ä" } });
  assert.deepEqual([...message.floats], [1, 2, 3.5]);
});

test("the numbers of a run that blows up come in double precision, and its pictures are made in it", () => {
  const { floats } = parseMessage(packed({ run: { wide: true } }, Float64Array.of(1e200, -3, 0.1)));
  assert.deepEqual([...floats], [1e200, -3, 0.1]);
  const layers = [
    { n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity", activation_settings: {} },
  ];
  const network = new Network({ layers, features: ["x1", "x2"], output: "identity", plane: null });
  const said = (parameters) => network.evaluate(parameters, [2], [1])[1][0][0];
  assert.equal(said(floats), 2e200);
  assert.equal(said(Float32Array.of(1, 1, 0.5)), 3.5);
});

test("rows that are here already are not taken twice", () => {
  const recording = recorded(0, 1, 2);
  assert.ok(recording.append(rows(1, 2, 3), 0));
  assert.deepEqual(stepsOf(recording), [0, 1, 2, 3]);
});

test("rows behind a gap are refused, so that they can be asked for again", () => {
  const recording = recorded(0, 1);
  assert.equal(recording.append(rows(4, 5), 3), false);
  assert.deepEqual(stepsOf(recording), [0, 1]);
});

test("a row holds the gradient norms of the layers, then the parameters", () => {
  const recording = recorded(0, 1, 2);
  assert.deepEqual([...recording.gradients(recording.at(2))], [7]);
  assert.deepEqual([...recording.parameters(recording.at(2))], [2.25, 2.5]);
});

test("a single step lies between the recorded rows and is not one of them", () => {
  const recording = recorded(0, 10);
  recording.appendSingle(rows(4));
  assert.ok(recording.has(4));
  assert.ok(!recording.has(5));
  assert.equal(recording.at(4)[STEP], 4);
  assert.deepEqual(stepsOf(recording), [0, 10]);
});

test("a moment between two rows is the earlier one", () => {
  const recording = recorded(0, 10, 20);
  assert.deepEqual(
    [0, 9, 10, 15, 99].map((moment) => recording.indexAt(moment, EPOCH)),
    [0, 0, 1, 1, 2],
  );
});

test("thinning keeps the dense beginning, every stride-th epoch after it, and the newest row", () => {
  const recording = recorded(...Array.from({ length: 12 }, (_, k) => k));
  recording.thin(4, 3);
  assert.deepEqual(stepsOf(recording), [0, 1, 2, 3, 4, 6, 9, 11]);
  recording.append(rows(12, 13), 11);
  assert.deepEqual(stepsOf(recording), [0, 1, 2, 3, 4, 6, 9, 12, 13], "11 was kept as the newest only");
  assert.ok(recording.has(11), "and stays at hand as a single step");
});

test("a fork begins with its parent's rows up to the fork", () => {
  const parent = recorded(0, 10, 20);
  parent.appendSingle(rows(14));
  const child = new Recording(header);
  child.startFrom(parent, 14);
  assert.deepEqual(stepsOf(child), [0, 10, 14]);
});
