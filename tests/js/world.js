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

// How a link is played that says nothing of it.
export const OPENING = {
  number: 1,
  play: null,
  until: null,
  goal: "usual",
  speed: "",
  usual_speed: "60",
  scale: "",
  discretize: false,
  test_points: true,
  ring: null,
  ...{ neuron: "", panel: "" },
};

const PAGE = {
  ...{
    serial: 0,
    moment: 0,
    instead_of: null,
    undo: "",
    branches: [],
    made_room: "",
    parts: "full",
    whole: false,
  },
  ...{ hidden: [], projector: false, view_link: "", plotly: "", ask: "" },
  opening: OPENING,
};

export class World {
  constructor(options = {}) {
    mock.timers.enable({ apis: ["setTimeout"] });
    this.now = 1000;
    this.questions = [];
    this.wishes = [];
    this.player = new Player({ clock: { now: () => this.now }, ...options });
    this.player.connect({
      ask: (question, signal) => {
        this.questions.push(question);
        // Answered at once when the test says so, and not a little later, as a promise would be.
        return { then: (answered, failed) => (this.asking = { answered, failed, signal }) };
      },
      tell: (wish) => this.wishes.push(wish),
    });
  }

  close() {
    mock.timers.reset();
  }

  // What the page says: that it shows a run, and epochs `after` to `to` of it where it shows it for the first time.
  tell({ run = "r", after = -1, to = 0, singles = [], about = {}, ...more } = {}) {
    const of = (page) => Object.fromEntries(Object.entries(more).filter(([name]) => name in PAGE === page));
    const { header, floats } = about
      ? this.rows({ run, after, to, singles, about, ...of(false) })
      : { header: {}, floats: new Float32Array(0) };
    return this.player.receive({ header: { ...header, page: { ...PAGE, run, ...of(true) } }, floats });
  }

  // What the server answers to the last question: all epochs up to one, after what the player has.
  answer({ to, about = null, ...more }) {
    const { run, have } = this.asked;
    const { asking } = this;
    this.asking = null;
    asking.answered(this.rows({ run, after: have, to, about, ...more }));
  }

  rows({ run, after, to, singles = [], about, ...more }) {
    const rows = steps(after < 0 ? 0 : Math.floor(after / PER) + 1, to).map((epoch) => row(epoch * PER));
    const header = {
      data: { name: "points" },
      ...{ run, after, singles: singles.length, width: WIDTH, dense: 1e9, stride: 1, reached: to * PER },
      ...{ diverged: null, stopped: null, marks: [], verdicts: [] },
      ...(about && {
        ...{ family: "f", parent: null, fork: 0, goal: 20, steps_per_epoch: PER, task: "binary" },
        ...{ net: { layers: new Array(N_LAYERS).fill({}) }, ...about },
      }),
      ...more,
    };
    return {
      header: { run: header },
      floats: Float32Array.from([...rows.flat(), ...singles.flatMap((step) => row(step))]),
    };
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

  get wished() {
    return this.wishes.at(-1);
  }
}
