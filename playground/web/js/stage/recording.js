// A run as the browser holds it: one row of numbers for every recorded moment, in the order of the steps.
// A row is what the engine computed: [step, epoch, losses, scores, a gradient norm for each layer, parameters].
export const STEP = 0,
  EPOCH = 1,
  TRAIN_LOSS = 2,
  TEST_LOSS = 3,
  TRAIN_SCORE = 4,
  TEST_SCORE = 5,
  GRADIENTS = 6;
const STALE = 1.8; // a verdict is too old for a moment so many times as far from the beginning
const MOST_SINGLE_NUMBERS = 1_000_000; // 4 MB

// The layers, counted from 1, that training leaves as they are at a row.
export const frozenAt = (header, row) => (header.frozen ?? []).findLast(({ step }) => step <= row[STEP])?.layers ?? [];

// How a run has come to its end, in a word; "" for one that goes on.
/** @param {{diverged: string | null, stopped: string | null}} header */
export const endOf = ({ diverged, stopped }) => (diverged ? "diverged" : stopped ? "stopped" : "");

export class Recording {
  constructor(header) {
    this.header = header;
    this.width = header.width;
    this.n_layers = header.net.layers.length;
    this.rows = [];
    this.single = new Map(); // step -> row, for mini-batches between the recorded rows
    this.dense = this.stride = 0; // how the server thins: every epoch up to `dense`, then every `stride`-th
    /** @type {number | null} */
    this.fillTo = null; // the epoch up to which it is fetched in any case
    /** @type {Map<number, string>} */
    this.verdicts = new Map(); // what Health says first, by step; "" where nothing is wrong
    this.leftAt = -1; // the step at which it was left while it played: the page may know of an earlier one
    /** @type {any} */
    this.nets = null; // the networks of the same settings from many seeds: {at: their epoch, parameters of each}
    this.version = 0; // grows whenever a curve over the rows would look different
  }

  get last() {
    return this.rows.length ? this.rows[this.rows.length - 1][STEP] : -1;
  }

  // Whether there is no more to come: it broke, or was stopped early.
  get ended() {
    return endOf(this.header) !== "";
  }

  get lastEpoch() {
    return this.rows.length ? this.rows[this.rows.length - 1][EPOCH] : 0;
  }

  // Take what a server has answered: rows, the single steps behind them, and what is known of the run by now.
  // False if there is a gap before the rows, so that they have to be asked for again.
  take(header, floats) {
    Object.assign(this.header, header);
    const split = floats.length - header.singles * header.width;
    this.appendSingle(floats.subarray(split));
    const isWhole = this.append(floats.subarray(0, split), header.after);
    this.thin(header.dense, header.stride);
    return isWhole;
  }

  // Add rows that follow `after`; false if there is a gap before them.
  append(floats, after) {
    if (after > this.last) return false;
    for (const row of cut(floats, this.width)) {
      if (row[STEP] <= this.last) continue;
      const before = this.rows[this.rows.length - 1];
      if (before && !this.keeps(before)) this.single.set(before[STEP], this.rows.pop()); // kept as the last one only
      this.rows.push(row);
      this.version++;
    }
    return true;
  }

  appendSingle(floats) {
    if (floats.length && this.single.size * this.width > MOST_SINGLE_NUMBERS) this.single.clear();
    for (const row of cut(floats, this.width)) this.single.set(row[STEP], row);
  }

  // The server thins long recordings; the same rule keeps this copy as small.
  thin(dense, stride) {
    if (stride <= 1 || stride === this.stride) return;
    this.dense = dense;
    this.stride = stride;
    const last = this.rows.length - 1;
    this.rows = this.rows.filter((row, k) => this.keeps(row) || k === last);
    this.version++;
  }

  keeps(row) {
    return !this.stride || row[EPOCH] <= this.dense || row[EPOCH] % this.stride === 0;
  }

  startFrom(parent, step) {
    this.rows = parent.rows.filter((row) => row[STEP] <= step);
    for (const [known, text] of parent.verdicts) if (known <= step) this.verdicts.set(known, text);
    if (this.last < step && parent.single.has(step)) this.rows.push(parent.single.get(step));
    this.version++;
  }

  // The greatest index whose step (or epoch) is not after `moment`.
  indexAt(moment, column = STEP) {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.rows[middle][column] <= moment) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  has(step) {
    return this.single.has(step) || (this.rows.length > 0 && this.rows[this.indexAt(step)][STEP] === step);
  }

  at(step) {
    return this.single.get(step) ?? this.rows[this.indexAt(step)];
  }

  hear(verdicts) {
    for (const { step, text } of verdicts) this.verdicts.set(step, text);
  }

  // What Health says at a step, or at a moment not long before it that was looked at; null where there is none.
  verdictAt(step) {
    const last = this.judgedAt(step);
    return step <= (this.header.costly ? 1 : STALE) * last ? (this.verdicts.get(last) ?? null) : null;
  }

  // The last moment up to a step of which it is known what Health says; -1 for none.
  judgedAt(step) {
    let last = -1;
    for (const known of this.verdicts.keys()) if (known <= step && known > last) last = known;
    return last;
  }

  // Whether what is known of a step may be something else by now. That nothing is wrong is no claim that grows old so
  // quickly; and where a look is costly, none is taken before the moment stands.
  isToBeJudged(step) {
    if (this.header.costly || !this.rows.length) return false;
    const recorded = this.rows[this.indexAt(step)][STEP];
    return this.judgedAt(step) < recorded && this.verdictAt(step) !== "";
  }

  parameters(row) {
    return row.subarray(GRADIENTS + this.n_layers);
  }

  gradients(row) {
    return row.subarray(GRADIENTS, GRADIENTS + this.n_layers);
  }
}

function* cut(floats, width) {
  for (let start = 0; start + width <= floats.length; start += width) yield floats.slice(start, start + width);
}

// A message is the length of its header, the header in JSON, then the rows; its bytes come unaligned.
export function parseMessage(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length);
  const floats = header.run?.wide
    ? new Float64Array(body.buffer, 0, body.byteLength >> 3)
    : new Float32Array(body.buffer, 0, body.byteLength >> 2);
  return { header, floats };
}
