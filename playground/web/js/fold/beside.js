// Another run below the pictures of this one: its neurons in the order of their likes, at the same epoch.
//
// A network whose neurons are changed about, or turned over, is the same network written otherwise: so its parameters are
// put in order once a picture, and everything else is as with the run itself.
import { ask } from "../stage/ask.js";
import { EPOCH, Recording } from "../stage/recording.js";

const CHUNK = 60; // epochs in one question
const AGAIN_MS = 1000;

/** @param {ArrayLike<number>} parameters @param {{order: number[], signs: number[]}} told */
export const inOrder = (parameters, { order, signs }) =>
  Float32Array.from(order, (place, k) => signs[k] * parameters[place]);

export class Beside {
  /** @param {any} told what pages/fold.py says of it @param {any} header of the run on screen @param {() => void} wake */
  constructor(told, header, wake) {
    this.told = told;
    this.run = new Recording({ ...header, run: told.run, diverged: null, stopped: null });
    this.wake = wake;
    this.hangUp = new AbortController();
    this.wanted = header.goal; // the epoch up to which its rows are wanted
    this.isFetching = false;
    this.fetch();
  }

  close() {
    this.hangUp.abort();
  }

  async fetch() {
    if (this.isFetching) return;
    this.isFetching = true;
    const { run, told } = this;
    const { signal } = this.hangUp;
    while (!signal.aborted && !run.ended && run.lastEpoch < this.wanted) {
      try {
        const want = Math.max(1, Math.min(CHUNK, Math.ceil(this.wanted - run.lastEpoch))); // beyond what is here
        const answer = await ask(told.ask, { run: told.run, have: run.last, want }, signal);
        if (!answer) throw new Error("unknown run"); // until the page is drawn anew
        const before = run.last;
        run.take(answer.header.run, answer.floats);
        this.wake();
        if (run.last === before) await new Promise((done) => setTimeout(done, AGAIN_MS / 10));
      } catch {
        if (!signal.aborted) await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
    this.isFetching = false;
  }

  // Its parameters at an epoch, in order; where it has ended, its last ones. Null where they have not come yet.
  /** @param {number} epoch */
  parametersAt(epoch) {
    const { run } = this;
    this.wanted = Math.max(this.wanted, epoch);
    if (!run.ended && run.lastEpoch < this.wanted) this.fetch();
    if (!run.rows.length || (!run.ended && run.lastEpoch < epoch - 1e-6)) return null;
    return inOrder(run.parameters(run.rows[run.indexAt(epoch * (1 + 1e-6) + 1e-6, EPOCH)]), this.told);
  }

  // What is to be said where it has no picture of the moment.
  /** @param {number} epoch */
  lateWords(epoch) {
    const { run } = this;
    return run.ended && run.lastEpoch < epoch
      ? `ended at epoch ${Math.floor(run.lastEpoch)}, and shown as it was then`
      : "";
  }
}
