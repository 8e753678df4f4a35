// A player with a server and a clock to play with: time passes only when a test says so.
import { mock } from "node:test";

import { Player } from "../../playground/web/js/stage/player.js";

export const PER = 4; // steps in an epoch
const N_LAYERS = 2;
const N_PARAMETERS = 3;
export const WIDTH = 6 + N_LAYERS + N_PARAMETERS;

export const row = (step) => {
  const values = Array.from({ length: WIDTH }, (_, k) => step + k / 100);
  return [step, step / PER, ...values.slice(2)];
};

const steps = (from, to, by = 1) =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / by) + 1) }, (_, k) => from + k * by);

export class World {
  constructor(options = {}) {
    mock.timers.enable({ apis: ["setTimeout"] });
    this.now = 1000;
    this.questions = [];
    this.player = new Player({ clock: { now: () => this.now }, ...options });
    this.player.connect({ send: (question) => this.questions.push(question) });
  }

  close() {
    mock.timers.reset();
  }

  // What the server says: epochs `after` to `to` of a run, and single steps.
  tell({ run = "r", after = -1, to = 0, singles = [], about = {}, ...more } = {}) {
    const rows = steps(after < 0 ? 0 : Math.floor(after / PER) + 1, to).map((epoch) => row(epoch * PER));
    const header = {
      ...{ run, serial: 0, after, singles: singles.length, width: WIDTH, dense: 1e9, stride: 1, reached: to * PER },
      ...{
        diverged: null,
        stopped: null,
        marks: [],
        moment: 0,
        instead_of: null,
        can_undo: false,
        branches: [],
        parts: "full",
      },
      ...{ hidden: [], projector: false, view_link: "", plotly: "" },
      ...(about && {
        ...{ family: "f", parent: null, fork: 0, goal: 20, steps_per_epoch: PER, task: "binary" },
        ...{ net: { layers: new Array(N_LAYERS).fill({}) }, ...about },
      }),
      ...more,
    };
    this.player.receive({
      header,
      floats: Float32Array.from([...rows.flat(), ...singles.flatMap((step) => row(step))]),
    });
  }

  // An answer about a run that is known: all epochs up to one, after what the player has.
  answer({ to, ...more }) {
    const known = { run: this.player.run.header.run, after: this.player.run.last, serial: this.player.serial };
    this.tell({ ...known, to, about: null, ...more });
  }

  // Let time pass in frames, as a browser paints them.
  pass(seconds, perSecond = 60) {
    for (let k = 0; k < Math.round(seconds * perSecond); k++) {
      this.now += 1000 / perSecond;
      mock.timers.tick(1000 / perSecond);
      this.player.tick(1 / perSecond);
    }
  }

  get asked() {
    return this.questions.at(-1);
  }
}
