// The score over time, or what stands behind it at the moment: a confusion matrix, or for numbers what was predicted
// for each test point beside what is true, and by how much it is off.
import { h } from "../shared/dom.js";
import { Answers } from "./answers.js";
import { Probe } from "./probe.js";
import { Curves } from "./curves.js";
import { TEST_SCORE, TRAIN_SCORE } from "./recording.js";

/** @import { Player } from "./player.js" */

const ANSWERS_EVERY_MS = 1000;
/** @typedef {{name: string, heading: string, button: string, about: string}} Face one of the views that the panel can show */
const OVER_TIME = "time";
const FACES = {
  classes: [
    {
      name: OVER_TIME,
      heading: "Accuracy",
      button: "Over time",
      about:
        "The share of points that the network gets right. It learns from the training points; the test points are kept secret. Where the test line stays far below the other, it has learned by heart.",
    },
    {
      name: "matrix",
      heading: "Confusion matrix",
      button: "Confusion",
      about:
        "The test points, counted: a row for each true class, a column for what the network takes them for. A cell has the colour of the guess. What is right lies on the diagonal, in bold; all other numbers are mix-ups.",
    },
  ],
  numbers: [
    {
      name: OVER_TIME,
      heading: "R²",
      button: "Over time",
      about:
        "How good the guesses are: 1 if every one is right, 0 if they are no better than always guessing the mean. It learns from the training points; the test points are kept secret.",
    },
    {
      name: "predicted",
      heading: "Predicted against true",
      button: "Predicted",
      about:
        "A dot for each test point: to the right its true value, upwards what the network guesses. Dots on the line are right.",
    },
    {
      name: "residuals",
      heading: "Residuals",
      button: "Residuals",
      about:
        "A dot for each test point: to the right its true value, upwards by how much the guess is too high. Dots at zero are right.",
    },
  ],
};

export class Scores extends Curves {
  constructor(/** @type {Player} */ player) {
    super({
      name: "scores",
      title: "Accuracy",
      lines: (run, theme) => [
        { name: "training", colour: theme.train, of: (row) => row[TRAIN_SCORE] },
        { name: "test", colour: theme.test, dash: "dot", of: (row) => row[TEST_SCORE] },
      ],
      yaxis: () => (this.isRegression ? {} : { range: [-0.02, 1.03], tickformat: ".0%" }),
    });
    this.player = player;
    this.answers = new Answers();
    this.probe = new Probe(() => (player.changed = true));
    this.face = OVER_TIME;
    /** @type {string | null} */
    this.usual = null; // what the data show by themselves
    /** @type {string | null} */
    this.askedFor = null; // the moment for which the answers were asked
    this.buttons = h("span", { class: "faces" });
    this.title.append(this.buttons);
    this.box.after(this.answers.element, this.probe.element);
  }

  get isRegression() {
    return this.run?.header.task === "regression";
  }

  get isOpen() {
    return this.face !== OVER_TIME;
  }

  /** @returns {Face[]} */
  get faces() {
    return this.isRegression ? FACES.numbers : FACES.classes;
  }

  // What is this?
  get about() {
    return /** @type {Face} */ (this.faces.find(({ name }) => name === this.face)).about;
  }

  // The face stays what was chosen, as far as there is such a one; data that open with another of their own bring it.
  setRun(run, network) {
    super.setRun(run);
    this.probe.setRun(run, network);
    const usual = run.header.data.face;
    const { look } = this.player;
    const stays = this.usual === null || this.usual === usual;
    if (!stays || !this.faces.some(({ name }) => name === look.panel)) look.panel = "";
    this.usual = usual;
    this.turn(look.panel || usual);
  }

  turn(name) {
    const face = this.faces.find((one) => one.name === name) ?? this.faces[0];
    this.face = face.name;
    this.answers.drawn = null;
    this.askedFor = null;
    this.player.wantsAnswers &&= this.isOpen; // a question asked before the next drawing brings none along
    this.box.hidden = this.legend.hidden = this.isOpen;
    this.answers.element.hidden = !this.isOpen;
    this.probe.element.hidden = face.name !== "predicted" || !this.probe.canAsk;
    this.named.textContent = face.heading;
    const others = this.faces.filter((one) => one !== face && this.usual); // without a server there are the curves alone
    this.buttons.replaceChildren(
      ...others.map(({ name: other, button }) =>
        h("button", { type: "button", class: "words small", onclick: () => this.turnByHand(other) }, button),
      ),
    );
    this.player.changed = true;
  }

  // The button that was pressed is gone: the focus goes to the one that leads back.
  turnByHand(name) {
    this.player.look.panel = name === this.usual ? "" : name;
    this.turn(name);
    /** @type {HTMLElement} */ (this.buttons.firstChild).focus();
  }

  drawChart(Plotly, theme, goal) {
    this.player.wantsAnswers = this.isOpen && !this.element.hidden;
    if (this.element.hidden) return false;
    if (!this.isOpen) return super.drawChart(Plotly, theme, goal);
    const { clientWidth: width, clientHeight: height } = this.answers.element;
    this.askForAnswers();
    this.answers.draw(Plotly, theme, this.run.header, this.face, { width, height });
    return false;
  }

  // Once for a moment that stands, and every second while it plays. Every question that is asked while the panel is
  // open brings the answers along.
  askForAnswers() {
    const { player, run } = this;
    const second = Math.floor(player.clock.now() / ANSWERS_EVERY_MS);
    const moment = [run.header.run, player.moving ? second : player.step].join();
    if (player.scrubbing || player.question || moment === this.askedFor) return;
    this.askedFor = moment;
    if (player.moving || run.header.answers?.step !== player.step) player.ask({});
  }
}
