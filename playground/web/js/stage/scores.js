// The score over time, or what stands behind it at the moment: a confusion matrix, or residuals.
import { h } from "../shared/dom.js";
import { Answers } from "./answers.js";
import { Curves } from "./curves.js";
import { TEST_SCORE, TRAIN_SCORE } from "./recording.js";

/** @import { Player } from "./player.js" */

const ANSWERS_EVERY_MS = 1000;

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
    /** @type {string | null} */
    this.askedFor = null; // the moment for which the answers were asked
    this.button = h("button", { type: "button", class: "words small", onclick: () => this.swap() });
    this.heading = /** @type {Node} */ (this.title.firstChild);
    this.title.append(this.button);
    this.box.after(this.answers.element);
  }

  get isRegression() {
    return this.run?.header.task === "regression";
  }

  get isOpen() {
    return !this.answers.element.hidden;
  }

  setRun(run) {
    super.setRun(run);
    this.swap(this.isOpen);
  }

  swap(open = !this.isOpen) {
    this.answers.element.hidden = !open;
    this.answers.drawn = null;
    this.askedFor = null;
    this.box.hidden = this.legend.hidden = open;
    const behind = this.isRegression ? ["Residuals", "Residuals"] : ["Confusion matrix", "Confusion"];
    this.heading.textContent = open ? behind[0] : this.isRegression ? "R²" : "Accuracy";
    this.button.textContent = open ? "Over time" : behind[1];
    this.player.wantsAnswers = open;
    this.player.changed = true;
  }

  drawChart(Plotly, theme, goal) {
    if (!this.isOpen) return super.drawChart(Plotly, theme, goal);
    const { clientWidth: width, clientHeight: height } = this.answers.element;
    this.askForAnswers();
    this.answers.draw(Plotly, theme, this.run.header, { width, height });
    return false;
  }

  // Once for a moment that stands, and every second while it plays. Every question that is asked while the panel is
  // open brings the answers along.
  askForAnswers() {
    const { player, run } = this;
    const second = Math.floor(player.clock.now() / ANSWERS_EVERY_MS);
    const moment = [run.header.run, player.moving ? second : player.step].join();
    const settled = player.moving || player.told === player.step; // before that, the player is about to ask
    if (!settled || player.scrubbing || player.asked || moment === this.askedFor) return;
    this.askedFor = moment;
    if (player.moving || run.header.answers?.step !== player.step) player.ask({});
  }
}
