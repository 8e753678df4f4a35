// Whole shapes of points at a click, and what symmetry makes of a point. Places are [x1, x2] on the sheet; `random`
// gives numbers from 0 to 1.

export const POINTS = 36; // in a stamp
const TURNS = 1.25; // of a spiral arm
const OUTLINE = 60; // pieces of a line

// A stamp is a line from t = 0 to 1, for a size of 1 around the middle; its points lie about it. A blob has none.
/** @type {{name: string, label: string, key: string, title: string, line: ((t: number) => [number, number]) | null}[]} */
export const STAMPS = [
  { name: "blob", label: "Blob", key: "b", title: "a cloud of points", line: null },
  { name: "ring", label: "Ring", key: "o", title: "points around a middle", line: (t) => polar(1, t) },
  { name: "stripe", label: "Stripe", key: "s", title: "points along a straight line", line: (t) => [2 * t - 1, 0] },
  {
    ...{ name: "arm", label: "Spiral arm", key: "a", title: "points that wind outwards" },
    line: (t) => polar(t, TURNS * t),
  },
];

/** @returns {[number, number]} */
const polar = (far, turns) => [far * Math.cos(2 * Math.PI * turns), far * Math.sin(2 * Math.PI * turns)];

// A place of a shape of size 1 on the sheet: `at` is its middle, `angle` how far it is turned.
function placed([x, y], { at, size, angle }) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [at[0] + size * (x * cos - y * sin), at[1] + size * (x * sin + y * cos)];
}

// Somewhere in a disc around a place, anywhere alike.
/** @param {number[]} place @param {number} width */
export function sprayed([x, y], width, random = Math.random) {
  const angle = 2 * Math.PI * random();
  const far = width * Math.sqrt(random());
  return [x + far * Math.cos(angle), y + far * Math.sin(angle)];
}

// Somewhere in a cloud of size 1: two thirds of it within a distance of a half.
function inCloud(random) {
  const far = 0.34 * Math.sqrt(-2 * Math.log(1 - random()));
  return polar(far, random());
}

// The places of a stamp's points. A line is gone along with even steps, of a spiral with more points farther out.
/** @param {any} stamp @param {{at: number[], size: number, angle: number}} where @param {number} width */
export function stamped({ name, line }, where, width, random = Math.random, n = POINTS) {
  return Array.from({ length: n }, (_, k) => {
    const t = (k + random()) / n;
    const place = line ? line(name === "arm" ? Math.sqrt(t) : t) : inCloud(random);
    return sprayed(placed(place, where), width, random);
  });
}

// Where a stamp will come to lie, as a line to show before it does.
export function outline({ line }, where) {
  const along = line ?? ((t) => polar(0.7, t));
  return Array.from({ length: OUTLINE + 1 }, (_, k) => placed(along(k / OUTLINE), where));
}

export const SYMMETRIES = [
  { name: "none", label: "None", key: "n", title: "what is drawn stays as it is" },
  { name: "mirror", label: "Mirror", key: "h", title: "what is drawn on one side comes on the other too" },
  { name: "turn", label: "Turn", key: "t", title: "what is drawn comes again, turned by 180 degrees" },
];

// Classes go in pairs: the other of 0 is 1, the other of 2 is 3.
export const otherClass = (c) => c ^ 1;

// The points that come of one: itself, and its image.
/** @param {number[]} place @param {number} c @param {string} symmetry @param {boolean} other whether the image is of the other class */
export function images([x, y], c, symmetry, other) {
  if (symmetry === "none") return [[x, y, c]];
  return [
    [x, y, c],
    [-x, symmetry === "turn" ? -y : y, other ? otherClass(c) : c],
  ];
}

// Numbers from 0 to 1 that are the same each time.
export function dice(seed = 123456789) {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}
