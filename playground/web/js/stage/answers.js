// Right or wrong, and how far off: the confusion matrix, or the predictions and residuals of a regression.
// The numbers are the server's for the moment that was asked about last: while the run plays, one every second or so.
import { h } from "../shared/dom.js";
import { CONFIG, axis, layout } from "../shared/plot.js";
import { percent } from "../shared/format.js";
import { grown } from "../shared/theme.js";
import { signOf } from "./points.js";
import { reading, unscaled } from "./units.js";

const MARGIN = { l: 44, r: 8, t: 4, b: 30 };

export class Answers {
  constructor() {
    this.element = h("div", { class: "answers", hidden: true });
    this.plot = h("div", { class: "over" });
    this.drawn = null; // of what the picture was drawn, as a text to compare
  }

  // A picture for one moment; `size` is that of the chart whose place it takes.
  draw(Plotly, theme, header, face, size) {
    const { answers } = header;
    if (!answers) return this.element.replaceChildren(); // they are on their way
    const key = JSON.stringify([header.run, answers.step, face, theme.dark, theme.zoom, size]);
    if (key === this.drawn) return undefined;
    this.drawn = key;
    if (answers.matrix) this.element.replaceChildren(matrix(answers.matrix, theme, header.data));
    else this.drawPoints(Plotly, theme, header, face, size);
    return undefined;
  }

  // A point for each test point over its true value: what was predicted, with a line where it is right, or how far off.
  drawPoints(Plotly, theme, { answers, data, scale }, face, size) {
    const unit = data.units[2];
    const truth = answers.truth.map((y) => unscaled(y, unit));
    const residual = answers.residual.map((r) => r * unit.size);
    if (!this.plot.isConnected) this.element.replaceChildren(this.plot);
    const write = reading([-1, 1].map((end) => unscaled(scale.middle + end * scale.reach, unit)));
    const off = face === "residuals";
    const shown = off ? residual : residual.map((r, k) => truth[k] + r);
    const points = {
      type: "scatter",
      mode: "markers",
      x: truth,
      y: shown,
      customdata: truth.map((y, k) => [write(y), write(shown[k])]),
      marker: { size: 4 * theme.zoom, color: theme.positive, opacity: 0.7 },
      hovertemplate: `true %{customdata[0]}<br>${off ? "off by" : "predicted"} %{customdata[1]}<extra></extra>`,
    };
    const ends = [Math.min(...truth), Math.max(...truth)];
    const right = {
      type: "scatter",
      mode: "lines",
      x: ends,
      y: ends,
      line: { color: theme.muted, width: 1.2 * theme.zoom },
      hoverinfo: "skip",
    };
    const look = layout(theme, size, grown(MARGIN, theme), {
      hovermode: "closest",
      xaxis: axis(theme, { title: "true value", nticks: 5 }),
      yaxis: axis(theme, {
        title: off ? "predicted − true" : "predicted",
        nticks: 4,
        zeroline: off,
        zerolinecolor: theme.muted,
      }),
    });
    Plotly.react(this.plot, off ? [points] : [points, right], look, CONFIG);
  }
}

// Rows are the true classes, columns what the network takes them for, both with their signs in the picture. A cell has
// the colour of the guess, the stronger the larger its share of the row: a row of one colour is right, or wrong as a whole.
export function matrix(counts, theme, data) {
  const named = (scope, c) => h("th", { scope, title: data.classes[c] }, signOf(data, c, theme), ` ${data.classes[c]}`);
  const head = h("tr", {}, h("th", { scope: "col" }, "true ↓ guess →"), ...counts.map((_, c) => named("col", c)));
  const rows = counts.map((row, c) => {
    const all = row.reduce((a, b) => a + b, 0) || 1;
    const cell = (n, k) => {
      const shade = Math.round((100 * n) / all);
      const style = `background: color-mix(in srgb, ${theme.classes[k]} ${Math.round(shade * 0.4)}%, transparent)`;
      const title = `${percent(n / all)} of ${data.classes[c]} are taken for ${data.classes[k]}`;
      return h("td", { style, title, class: k === c ? "right" : "" }, String(n));
    };
    return h("tr", {}, named("row", c), ...row.map(cell));
  });
  return h(
    "table",
    { "aria-label": "Confusion matrix of the test points" },
    h("thead", {}, head),
    h("tbody", {}, ...rows),
  );
}
