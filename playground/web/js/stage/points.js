// The data points on a canvas: where there is no Plotly, or not yet; and the sign of a class in a legend.
import { h } from "../shared/dom.js";

export const SYMBOLS = {
  circle: (c, x, y, r) => c.arc(x, y, r, 0, 7),
  square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  diamond: (c, x, y, r) =>
    shape(c, [
      [x, y - 1.3 * r],
      [x + 1.3 * r, y],
      [x, y + 1.3 * r],
      [x - 1.3 * r, y],
    ]),
};

const SIGNS = { circle: "●", diamond: "◆", square: "■", "triangle-up": "▲" };

// The sign that the points of a class have in the picture, in their colour.
export function signOf({ traces }, c, theme) {
  const symbol = traces.find((trace) => trace.class === c)?.symbol;
  return h("span", { style: `color: ${theme.classes[c]}`, "aria-hidden": "true" }, SIGNS[symbol] ?? "");
}

function shape(context, points) {
  context.moveTo(...points[0]);
  for (const point of points.slice(1)) context.lineTo(...point);
  context.closePath();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number, width: number, height: number}} box where the plane is
 * @param {{data: any, scale: any}} run the header of the run whose points they are
 * @param {any} theme
 * @param {number} r how large they are
 * @param {boolean} tests whether those that are held back are drawn too
 */
export function drawPoints(context, box, { data, scale }, theme, r, tests = true) {
  const place = (value, [low, high]) => (value - low) / (high - low);
  for (const trace of data.traces) {
    if (trace.test && !tests) continue;
    const draw = SYMBOLS[trace.symbol] ?? SYMBOLS.circle;
    for (let k = 0; k < trace.x1.length; k++) {
      const x = box.x + place(trace.x1[k], data.range) * box.width;
      const y = box.y + (1 - place(trace.x2[k], data.up)) * box.height;
      const colour = trace.values ? shade(trace.values[k], scale, theme) : theme.classes[trace.class];
      context.beginPath();
      draw(context, x, y, r);
      context.lineWidth = trace.test ? 1.2 : 0.6;
      context.strokeStyle = trace.test ? colour : theme.background;
      context.fillStyle = trace.test ? "transparent" : colour;
      context.fill();
      context.stroke();
    }
  }
}

export function shade(value, { middle, reach }, theme) {
  const s = Math.max(-1, Math.min(1, (value - middle) / reach));
  const end = s < 0 ? theme.negative : theme.positive;
  return `color-mix(in srgb, ${end} ${Math.round(100 * Math.abs(s))}%, ${theme.neutral})`;
}
