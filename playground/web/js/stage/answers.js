// Right or wrong, and how far off: the confusion matrix, or the residuals of a regression, beside the score's curve.
// The numbers are the server's for the moment it was told last; while the run plays they follow every second or so.
import { h } from "../shared/dom.js";
import { CONFIG, axis, layout } from "../shared/plot.js";
import { percent } from "../shared/format.js";

const MARGIN = { l: 44, r: 8, t: 4, b: 30 };

export class Answers {
  constructor() {
    this.element = h("div", { class: "answers", hidden: true });
    this.plot = h("div", { class: "over" });
    this.drawn = null; // of what the picture was drawn, as a text to compare
  }

  // A picture for one moment; `size` is that of the chart whose place it takes.
  draw(Plotly, theme, header, size) {
    const { answers } = header;
    if (!answers) return this.element.replaceChildren(); // they are on their way
    const key = JSON.stringify([header.run, answers.step, theme.dark, theme.zoom, size]);
    if (key === this.drawn) return undefined;
    this.drawn = key;
    if (answers.matrix) this.element.replaceChildren(matrix(answers.matrix, theme));
    else this.drawResiduals(Plotly, theme, answers, size);
    return undefined;
  }

  drawResiduals(Plotly, theme, { truth, residual }, size) {
    if (!this.plot.isConnected) this.element.replaceChildren(this.plot);
    const trace = {
      type: "scatter",
      mode: "markers",
      x: truth,
      y: residual,
      marker: { size: 4 * theme.zoom, color: theme.positive, opacity: 0.7 },
      hovertemplate: "true %{x:.3f}<br>off by %{y:.3f}<extra></extra>",
    };
    const look = layout(theme, size, MARGIN, {
      hovermode: "closest",
      xaxis: axis(theme, { title: "true value", nticks: 5, tickfont: { size: 10 } }),
      yaxis: axis(theme, {
        title: "predicted − true",
        nticks: 4,
        tickfont: { size: 10 },
        zeroline: true,
        zerolinecolor: theme.muted,
      }),
    });
    Plotly.react(this.plot, [trace], look, CONFIG);
  }
}

// Rows are the true classes, columns what the network takes them for; each cell is shaded by its share of the row.
export function matrix(counts, theme) {
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "true \\ said"),
    ...counts.map((_, c) => h("th", { scope: "col" }, String(c))),
  );
  const rows = counts.map((row, c) => {
    const all = row.reduce((a, b) => a + b, 0) || 1;
    const cell = (n, k) => {
      const shade = Math.round((100 * n) / all);
      const colour = k === c ? theme.positive : theme.negative;
      const style = `background: color-mix(in srgb, ${colour} ${Math.round(shade * 0.55)}%, transparent)`;
      return h("td", { style, title: `${percent(n / all)} of class ${c} are taken for class ${k}` }, String(n));
    };
    return h("tr", {}, h("th", { scope: "row" }, String(c)), ...row.map(cell));
  });
  return h(
    "table",
    { "aria-label": "Confusion matrix of the test points" },
    h("thead", {}, head),
    h("tbody", {}, ...rows),
  );
}
