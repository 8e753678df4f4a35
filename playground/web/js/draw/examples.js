// Small drawings to begin with, as pictures to press while there is nothing yet for a network to learn.
import { fit, h } from "../shared/dom.js";
import { mark } from "./marks.js";
import { STAMPS, dice, stamped } from "./stamps.js";

const WIDTH = 0.18; // of the brush
const RADIUS = 1 / 45; // of a point, of a picture's side
const IDLE = "Draw points of two classes on the sheet: here you see at once what a network makes of them.";

const [BLOB, RING, STRIPE, ARM] = STAMPS;
/** @type {any} */
const MOON = { name: "moon", line: (t) => [Math.cos(Math.PI * t), Math.sin(Math.PI * t)] };
const part = (c, stamp, n, at, size, angle = 0) => ({ c, stamp, n, where: { at, size, angle } });

/** @type {{name: string, label: string, parts: ReturnType<typeof part>[]}[]} */
export const EXAMPLES = [
  {
    ...{ name: "moons", label: "Two moons" },
    parts: [part(0, MOON, 60, [-0.8, -0.35], 1.6), part(1, MOON, 60, [0.8, 0.35], 1.6, Math.PI)],
  },
  { name: "ring", label: "A ring", parts: [part(0, BLOB, 50, [0, 0], 1.3), part(1, RING, 80, [0, 0], 2.1)] },
  {
    ...{ name: "stripes", label: "Stripes" },
    parts: [-1.8, -0.6, 0.6, 1.8].map((x, k) => part(k % 2, STRIPE, 35, [x, 0], 2.4, Math.PI / 2)),
  },
  {
    ...{ name: "spiral", label: "A spiral" },
    parts: [part(0, ARM, 75, [0, 0], 2.6), part(1, ARM, 75, [0, 0], 2.6, Math.PI)],
  },
];

// Its points, [x1, x2, class]: the same each time.
export function pointsOf({ parts }) {
  const random = dice();
  return parts.flatMap(({ c, stamp, n, where }) =>
    stamped(stamp, where, WIDTH, random, n).map((place) => [...place, c]),
  );
}

export class Examples {
  // `begin` gets the points of the one that is pressed.
  constructor(begin) {
    this.pictures = EXAMPLES.map((example) => ({ points: pointsOf(example), canvas: h("canvas", {}) }));
    const buttons = this.pictures.map(({ points, canvas }, k) =>
      h("button", { type: "button", onclick: () => begin(points) }, canvas, h("span", {}, EXAMPLES[k].label)),
    );
    this.element = h(
      "section",
      { class: "examples", "aria-label": "Drawings to begin with" },
      h("h3", {}, "Begin with one of these, or draw your own"),
      h("div", { class: "choices" }, ...buttons),
      h("p", { class: "note-line" }, IDLE),
    );
  }

  // Draw them so large, for a sheet from -reach to reach.
  draw(theme, side, reach) {
    const at = (x) => (side * (x + reach)) / (2 * reach);
    for (const { points, canvas } of this.pictures) {
      const context = fit(canvas, side, side);
      context.fillStyle = theme.background;
      context.fillRect(0, 0, side, side);
      for (const [x, y, c] of points) mark(context, at(x), side - at(y), Math.max(2, RADIUS * side), c, theme);
    }
  }
}
