// A figure made for an ordinary screen is made as large as the page's type.
import assert from "node:assert/strict";
import test, { mock } from "node:test";

import "./page.js";

const { enlarged, letGo } = await import("../../playground/web/js/shared/plot.js");

test("all that is a length grows, of one point or of each, and no number of the data does", () => {
  const figure = {
    data: [
      { x: [1, 2], y: [3, 4], line: { width: 2 }, marker: { size: [11, 17], line: { width: [1, 3] } } },
      { z: [[1, 2]], x: [0, 1], width: 5, marker: { size: 8 }, colorbar: { thickness: 8, tickvals: [1, 2], len: 0.5 } },
      { type: "histogram", xbins: { size: 0.25 } },
    ],
    layout: {
      width: 300,
      height: 340,
      margin: { l: 56, t: 54 },
      title: { font: { size: 14 } },
      xaxis: { range: [0, 10], domain: [0, 1], tickfont: { size: 11 } },
      coloraxis: { colorbar: { thickness: 8 } },
      annotations: [{ x: 1, yshift: 4, font: { size: 12 } }],
    },
  };
  assert.deepEqual(enlarged(figure, 2), {
    data: [
      { x: [1, 2], y: [3, 4], line: { width: 4 }, marker: { size: [22, 34], line: { width: [2, 6] } } },
      {
        z: [[1, 2]],
        x: [0, 1],
        width: 5,
        marker: { size: 16 },
        colorbar: { thickness: 16, tickvals: [1, 2], len: 0.5 },
      },
      { type: "histogram", xbins: { size: 0.25 } },
    ],
    layout: {
      width: 300,
      height: 680,
      margin: { l: 112, t: 108 },
      title: { font: { size: 28 } },
      xaxis: { range: [0, 10], domain: [0, 1], tickfont: { size: 22 } },
      coloraxis: { colorbar: { thickness: 16 } },
      annotations: [{ x: 1, yshift: 8, font: { size: 24 } }],
    },
  });
});

test("what a finger has called up goes at a touch elsewhere, as the page is scrolled, and by itself", () => {
  const heard = {};
  const plots = [{ _fullLayout: {} }, { _fullLayout: {} }, {}]; // the last is not drawn yet
  const { addEventListener, querySelectorAll } = document;
  document.addEventListener = (name, listen) => (heard[name] = listen);
  document.querySelectorAll = () => plots;
  mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {any[]} */
  let gone = [];
  const told = () => gone.splice(0).map((plot) => plots.indexOf(plot));
  const press = (plot, pointerType = "touch") => heard.pointerdown({ pointerType, target: { closest: () => plot } });
  try {
    letGo({ Fx: { unhover: (plot) => gone.push(plot) } });
    heard.scroll();
    press(plots[0], "mouse");
    mock.timers.tick(60_000);
    assert.deepEqual(told(), [], "a mouse leaves by itself");
    press(plots[0]);
    assert.deepEqual(told(), [1], "the chart that is touched shows what is touched");
    press(null);
    assert.deepEqual(told(), [0, 1]);
    press(plots[1]);
    told();
    heard.scroll();
    heard.scroll();
    assert.deepEqual(told(), [0, 1], "once");
    press(plots[1]);
    told();
    mock.timers.tick(60_000);
    assert.deepEqual(told(), [0, 1]);
  } finally {
    mock.timers.reset();
    Object.assign(document, { addEventListener, querySelectorAll });
  }
});
