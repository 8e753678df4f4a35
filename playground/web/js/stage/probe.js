// Type the inputs and read what the network answers at this moment of training.
import { h, tell } from "../shared/dom.js";
import { say } from "../shared/format.js";

/** @import { Network } from "./network.js" */
/** @import { Recording } from "./recording.js" */

const FIRST = [0.45, 0.4]; // where the sum's demo is not at its best

export class Probe {
  // changed(): a number was typed, so that the answer must be found again.
  constructor(changed) {
    this.changed = changed;
    this.names = [];
    /** @type {HTMLInputElement[]} */
    this.fields = [];
    this.answer = h("output", {});
    this.element = h("div", { class: "probe", role: "group", "aria-label": "Ask the network", hidden: true });
    /** @type {Network | null} */
    this.network = null;
    this.adds = false; // whether the right answer is the sum of what is typed
    this.seen = [
      [0, 0],
      [0, 0],
    ]; // the least and the greatest value of each input in the data
  }

  /** @param {Recording} run @param {Network} network */
  setRun(run, network) {
    this.network = network;
    const { asks: names, adds, traces } = run.header.data;
    this.adds = adds;
    this.seen = ["x1", "x2"].map((key) => ends(traces.flatMap((trace) => trace[key])));
    if (names.join() === this.names.join()) return; // what was typed stays
    this.names = names;
    this.fields = names.map((name, k) =>
      h("input", { type: "number", step: "any", "aria-label": name, value: FIRST[k], oninput: this.changed }),
    );
    this.element.replaceChildren(
      ...this.fields.map((field, k) => h("label", {}, `${names[k]} `, field)),
      h("span", {}, "→"),
      this.answer,
    );
  }

  get canAsk() {
    return this.fields.length > 0;
  }

  // The numbers in the fields; NaN where there is none.
  typed() {
    return this.fields.map((field) => field.valueAsNumber);
  }

  draw(parameters) {
    if (this.element.hidden || !this.network) return;
    const [x1, x2 = 0] = this.typed();
    if (!Number.isFinite(x1) || !Number.isFinite(x2)) return tell(this.answer, "type a number");
    const layers = this.network.evaluate(parameters, [x1], [x2]);
    const truth = this.adds ? ` (true: ${say(x1 + x2)})` : "";
    return tell(this.answer, `${say(layers[layers.length - 1][0][0])}${truth}${this.beyond([x1, x2])}`);
  }

  // A word where it is asked about what no point of the data comes near.
  beyond(typed) {
    const outside = this.fields.some((_, k) => {
      const [low, high] = this.seen[k];
      const margin = 0.02 * (high - low);
      return typed[k] < low - margin || typed[k] > high + margin;
    });
    return outside ? ", beyond all data" : "";
  }
}

const ends = (values) =>
  values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
