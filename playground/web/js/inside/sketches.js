// The pictures of an idea, below its formula: bars that add up, a curve and where the point stands on it, or the
// mini-batch on the plane. They come from playground/inside/sketches.py, and take the room that the card has left.
import { signColour } from "../shared/colour.js";
import { h, svg } from "../shared/dom.js";
import { say, short } from "../shared/format.js";
import { pieces } from "./mathml.js";

export const EDGE = { left: 46, right: 14, top: 18, bottom: 26 }; // around a curve, in pixels on an ordinary screen
const LEAST = 60; // pixels of a picture's sides, below which there is none
const DOT = 5;
const WORD = { width: 70, height: 15 }; // of a number at an axis, with the large type for a projector
const CROWDED = 40; // pixels of width below which a bar has no number of its own

export class Sketches {
  constructor() {
    this.list = [];
    this.theme = null;
    this.element = h("div", { class: "sketches" });
  }

  receive(list, theme) {
    this.list = list;
    this.theme = theme;
    this.element.hidden = !list.length;
    this.element.replaceChildren(
      ...list.map((sketch) =>
        h(
          "figure",
          { class: sketch.kind },
          h("figcaption", {}, sketch.says),
          h("div", { class: "plot", role: "img", "aria-label": inWords(sketch) }),
        ),
      ),
    );
  }

  // Without what is drawn, which would keep the size of a former place.
  clear() {
    for (const { lastChild } of this.element.children) lastChild.replaceChildren();
  }

  // Each as large as its place is.
  draw() {
    const { theme } = this;
    if (!theme) return;
    this.list.forEach((sketch, k) => {
      const place = this.element.children[k].lastChild;
      const size = { width: place.clientWidth / theme.zoom, height: place.clientHeight / theme.zoom };
      if (size.width > LEAST && size.height > LEAST) place.replaceChildren(...DRAWN[sketch.kind](sketch, size, theme));
    });
  }
}

/**
 * Where a number lies: `low` and `high` are the ends of the scale, `from` and `to` their places.
 * @param {number[]} ends
 * @param {number[]} places
 */
export const scale = ([low, high], [from, to]) => {
  const room = high - low || 1;
  return (x) => from + ((x - low) / room) * (to - from);
};

// The ends of a chart's heights: those of the curve, and a little more.
export function ends(values) {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const more = 0.06 * (high - low || Math.abs(high) || 1);
  return [low - more, high + more];
}

// What a picture shows, for those who cannot see it.
export function inWords(sketch) {
  if (sketch.kind === "bars") {
    const parts = [...sketch.bars, ...(sketch.total ? [sketch.total] : [])];
    return `${sketch.says} ${parts.map(({ label, value }) => `${text(label)}: ${value[1]}`).join(", ")}.`;
  }
  if (sketch.kind === "plane") return sketch.says;
  const [x, y] = sketch.names.map(text);
  const at = ([a, b]) => `${x} = ${say(a)}, ${y} = ${say(b)}`;
  return `${sketch.says} The point: ${at(sketch.at)}${sketch.to ? `; after the step ${at(sketch.to)}` : ""}.`;
}

const text = (formula) =>
  pieces(formula)
    .map((piece) => piece.textContent)
    .join(" ");

const frame = ({ width, height }, zoom, ...children) =>
  svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width: width * zoom, height: height * zoom, "aria-hidden": "true" },
    ...children,
  );

const label = (x, y, words, kind = "", more = {}) => svg("text", { x, y, class: kind, ...more }, words);

// A formula at a place of the picture: `place` are its distances from the edges, in pixels on an ordinary screen.
const named = (formula, kind, place, zoom) =>
  h(
    "span",
    {
      class: `named ${kind}`,
      style: Object.entries(place)
        .map(([side, length]) => `${side}: ${length * zoom}px`)
        .join("; "),
    },
    ...pieces(formula),
  );

// ---- bars -------------------------------------------------------------------------------------------------------
function bars({ bars, total, marked }, { width, height }, theme) {
  const all = [...bars, ...(total ? [{ ...total, isTotal: true }] : [])];
  const values = all.map(({ value }) => Number(value[2]));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const y = scale([low, high], [height - EDGE.bottom - (low < 0 ? 14 : 0), high > 0 ? 16 : 4]);
  const pitch = width / (all.length + (total ? 0.5 : 0));
  const thick = Math.min(44, 0.7 * pitch);
  const centre = (k) => pitch * (k + 0.5 + (all[k].isTotal ? 0.5 : 0));
  const columns = all.map(({ key, group, isTotal }, k) => {
    const [value, x] = [values[k], centre(k)];
    const fill = group == null ? signColour(value, theme) : theme.classes[group % theme.classes.length];
    const [top, low] = [Math.min(y(0), y(value)), Math.max(y(0), y(value))];
    const kind = `column ${isTotal ? "total" : ""} ${k === marked ? "marked" : ""}`;
    const number = label(x, value < 0 ? low + 12 : top - 4, brief(value), "figure");
    return svg(
      "g",
      { class: kind, ...(key && { "data-key": key }) },
      svg("rect", { x: x - thick / 2, y: top, width: thick, height: Math.max(1, low - top), fill }),
      ...(pitch >= CROWDED || isTotal || k === marked ? [number] : []),
    );
  });
  const zero = svg("line", { class: "zero", x1: 0, x2: width, y1: y(0), y2: y(0) });
  const parting =
    total && svg("line", { class: "parting", x1: width - 1.5 * pitch, x2: width - 1.5 * pitch, y1: 4, y2: height });
  return [
    frame({ width, height }, theme.zoom, zero, ...(parting ? [parting] : []), ...columns),
    ...all.map((bar, k) =>
      named(bar.label, `middle${bar.isTotal ? " total" : ""}`, { left: centre(k), bottom: 2 }, theme.zoom),
    ),
  ];
}

// ---- a curve ----------------------------------------------------------------------------------------------------
// `promise` is a place beside the curve, where the tangent says that it would lead.
export function curve(
  { names, x, y, at, slope, to, truth, promise = /** @type {number[] | null} */ (null) },
  { width, height },
  theme,
) {
  const across = scale([x[0], x.at(-1)], [EDGE.left, width - EDGE.right]);
  const heights = ends([...y.map((value) => value ?? NaN), at[1], ...(to ? [to[1]] : [])]);
  const up = scale(heights, [height - EDGE.bottom, EDGE.top]);
  /** @type {(kind: string, from: number[], to: number[]) => SVGElement} */
  const line = (kind, [x1, y1], [x2, y2]) =>
    svg("line", { class: kind, x1: across(x1), y1: up(y1), x2: across(x2), y2: up(y2) });
  const known = x.map((each, k) => [each, y[k]]).filter(([, value]) => value !== null);
  /** @type {(value: number, ends: number[]) => boolean} */
  const inside = (value, [low, high]) => low < value && value < high;
  /** @type {(at: number[], kind: string) => SVGElement} */
  const dot = ([a, b], kind) => svg("circle", { class: kind, cx: across(a), cy: up(b), r: DOT });
  // The numbers of the point stand at the axes, and the axes' ends where there is room beside them.
  const under = [at, ...(to ? [to] : [])];
  const free = (place, taken, least) => taken.every((each) => Math.abs(each - place) > least);
  const atX = apart(
    under.map(([a]) => across(a)),
    WORD.width,
  );
  const atY = apart(
    under.map(([, b]) => up(b)),
    WORD.height,
  );
  const foot = height - EDGE.bottom + 13;
  const isLow = y.at(-1) !== null && up(y.at(-1)) > height - EDGE.bottom - 24;
  const sides = [x[0], x.at(-1)];
  const tops = [y.find((each) => each !== null), y.findLast((each) => each !== null)];
  const [endsX, onX] = split(distinct([...sides, ...under.map(([a]) => a)], at[0]));
  const [endsY, onY] = split(distinct([...tops, ...under.map(([, b]) => b)], at[1]));
  return [
    frame(
      { width, height },
      theme.zoom,
      svg("line", { class: "axis", x1: EDGE.left, x2: width - EDGE.right, y1: up(heights[0]), y2: up(heights[0]) }),
      svg("line", { class: "axis", x1: EDGE.left, x2: EDGE.left, y1: up(heights[0]), y2: EDGE.top }),
      ...(inside(0, [x[0], x.at(-1)]) ? [line("zero", [0, heights[0]], [0, heights[1]])] : []),
      ...(inside(0, heights) ? [line("zero", [x[0], 0], [x.at(-1), 0])] : []),
      ...(truth !== null && inside(truth, [x[0], x.at(-1)])
        ? [line("truth", [truth, heights[0]], [truth, heights[1]])]
        : []),
      ...under.flatMap(([a, b]) => [line("drop", [a, heights[0]], [a, b]), line("drop", [x[0], b], [a, b])]),
      svg("polyline", { class: "graph", points: known.map(([a, b]) => `${across(a)},${up(b)}`).join(" ") }),
      ...(slope === null ? [] : [line("tangent", ...tangentOf(x, heights, at, slope))]),
      ...(promise && inside(promise[1], heights) ? [dot(promise, "promise")] : []),
      dot(at, to ? "ring" : "dot"),
      ...(to ? [dot(to, "dot")] : []),
      ...onX.map((words, k) => label(atX[k], foot, words, "figure")),
      ...sides
        .map((each, k) => ({ place: across(each), words: endsX[k] }))
        .filter(({ place }) => free(place, atX, 40))
        .map(({ place, words }) => label(place, foot, words, "tick")),
      ...onY.map((words, k) => label(EDGE.left - 5, atY[k] + 4, words, "figure up")),
      ...tops
        .map((each, k) => ({ place: up(each), words: endsY[k] }))
        .filter(({ place }, k, both) => free(place, [...atY, ...both.slice(0, k).map((other) => other.place)], 14))
        .map(({ place, words }) => label(EDGE.left - 5, place + 4, words, "tick up")),
    ),
    // At the end of its axis, or at the beginning where the curve ends down there.
    named(
      names[0],
      ...(isLow
        ? ["", { left: EDGE.left + 5, bottom: EDGE.bottom + 2 }]
        : ["end", { right: 2, bottom: EDGE.bottom + 2 }]),
      theme.zoom,
    ),
    named(names[1], "", { left: EDGE.left + 5, top: 0 }, theme.zoom),
  ];
}

const split = (words) => [words.slice(0, 2), words.slice(2)]; // of the ends, and of the points

// A number over a bar: small ones with two figures, or parts and their sum would not fit one another.
export const brief = (x) => (x !== 0 && Math.abs(x) < 0.01 ? say(x, 2) : short(x));

// Numbers of an axis in as few figures as tell them apart; where that takes too many, how far they are from one of them.
export function distinct(values, from = values[0]) {
  const told = [4, 5, 6, 7].map((figures) => values.map((value) => say(value, figures)));
  const away = (value) => `${value > from ? "+" : ""}${short(value - from)}`;
  const apart = told.find((words) => new Set(words).size === new Set(values).size);
  return apart ?? values.map((value) => (value === from ? say(value) : away(value)));
}

// Two labels that would lie over one another move apart.
function apart(places, least) {
  const [a, b] = places;
  if (b === undefined || Math.abs(a - b) >= least) return places;
  const [middle, way] = [(a + b) / 2, Math.sign(b - a) || 1];
  return [middle - (way * least) / 2, middle + (way * least) / 2];
}

/**
 * The part of a tangent that lies in the picture: its two ends.
 * @param {number[]} x
 * @param {number[]} heights
 * @param {number[]} point
 * @param {number} slope
 * @returns {[number[], number[]]}
 */
export function tangentOf(x, [low, high], [a, b], slope) {
  const at = (each) => [each, b + slope * (each - a)];
  const [first, last] = [x[0], x[x.length - 1]];
  if (!slope) return [at(first), at(last)];
  const sides = [a + (low - b) / slope, a + (high - b) / slope].sort((p, q) => p - q);
  return [at(Math.max(first, sides[0])), at(Math.min(last, sides[1]))];
}

// ---- the plane --------------------------------------------------------------------------------------------------
function plane({ names, points, groups, at }, { width, height }, theme) {
  const side = Math.min(width - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom);
  const middle = width / 2;
  const spans = [0, 1].map((axis) => ends([0, ...points.map((point) => point[axis])]));
  const reach = Math.max(...spans.map(([low, high]) => high - low)) / 2;
  /** @type {(ends: number[]) => number[]} */
  const around = ([low, high]) => [(low + high) / 2 - reach, (low + high) / 2 + reach]; // as long across as up
  const across = scale(around(spans[0]), [middle - side / 2, middle + side / 2]);
  const up = scale(around(spans[1]), [EDGE.top + side, EDGE.top]);
  const colour = (k) => (groups ? theme.classes[groups[k] % theme.classes.length] : theme.muted);
  const [x, y] = points[at];
  const foot = EDGE.top + side + 13;
  return [
    frame(
      { width, height },
      theme.zoom,
      svg("rect", { class: "sheet", x: middle - side / 2, y: EDGE.top, width: side, height: side }),
      svg("line", { class: "zero", x1: across(0), x2: across(0), y1: EDGE.top, y2: EDGE.top + side }),
      svg("line", { class: "zero", x1: middle - side / 2, x2: middle + side / 2, y1: up(0), y2: up(0) }),
      ...points.map(([a, b], k) =>
        svg("circle", { class: "point", cx: across(a), cy: up(b), r: 3.5, style: `fill: ${colour(k)}` }),
      ),
      svg("line", { class: "drop", x1: across(x), x2: across(x), y1: EDGE.top + side, y2: up(y) }),
      svg("line", { class: "drop", x1: middle - side / 2, x2: across(x), y1: up(y), y2: up(y) }),
      svg("circle", { class: "ring", cx: across(x), cy: up(y), r: DOT + 3 }),
      svg("circle", { class: "point", cx: across(x), cy: up(y), r: DOT, style: `fill: ${colour(at)}` }),
      label(across(x), foot, short(x), "figure"),
      label(middle - side / 2 - 5, up(y) + 4, short(y), "figure up"),
    ),
    named(names[0], "", { left: middle + side / 2 + 4, bottom: height - EDGE.top - side }, theme.zoom),
    named(names[1], "", { left: middle - side / 2 + 2, top: 0 }, theme.zoom),
  ];
}

const DRAWN = { bars, curve, plane };
