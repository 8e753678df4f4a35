// Where two networks disagree: over the plane, and on points.
import { placeOf } from "../shared/colour.js";

// The class that a network's outputs name at place p: the largest, or the right side of the boundary.
export function classAt(outputs, p, scale) {
  if (outputs.length === 1) return Number(outputs[0][p] > scale.middle);
  let top = 0;
  for (let c = 1; c < outputs.length; c++) if (outputs[c][p] > outputs[top][p]) top = c;
  return top;
}

// At how many of n places the two name different classes.
export function disagreements(a, b, scales, n) {
  let count = 0;
  for (let p = 0; p < n; p++) if (classAt(a, p, scales[0]) !== classAt(b, p, scales[1])) count++;
  return count;
}

/**
 * Fill pixels with B minus A: blue where B is higher, orange where it is lower, in shares of what the scale spans. Of
 * several classes, where they name different ones: full colour; else neutral.
 */
export function paintDifference(pixels, a, b, scales, signed) {
  const single = a.length === 1 && b.length === 1;
  for (let p = 0; p < pixels.length; p++) {
    const value = single
      ? (b[0][p] - scales[1].middle) / scales[1].reach / 2 - (a[0][p] - scales[0].middle) / scales[0].reach / 2
      : Number(classAt(a, p, scales[0]) !== classAt(b, p, scales[1]));
    pixels[p] = signed[placeOf(value, 0, 1)];
  }
}

// In words; `held` is how many points both were asked about, `names` are the runs' letters, `of` whose points they are.
export function inWords(names, share, wrong, held, task, of = "") {
  if (task === "regression")
    return `${names[1]} minus ${names[0]}: blue where ${names[1]} says more, orange where less.`;
  const plane =
    share < 0.0005
      ? "on less than 0.1 % of the plane"
      : `on ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % of the plane`;
  const points = held ? `, and on ${wrong} of ${held} test points${of}` : "";
  return `${names[0]} and ${names[1]} disagree ${plane}${points}.`;
}
