// Training points by their rows, and where the stage has them: there those of a class stand together, in order.

/** @import { Points } from "../stage/types.d.ts" */

// The training traces, each with the rows of its points. `labels` are the classes of the rows, or their values.
/** @param {Points} data @param {number[]} labels */
function withRows(data, labels) {
  const training = data.traces.filter((trace) => !trace.test);
  return training.map((trace) => ({
    ...trace,
    rows: labels.map((_, row) => row).filter((row) => trace.class === null || labels[row] === trace.class),
  }));
}

// Where a row's point lies on the plane; null for none.
/** @param {any} data @param {number[]} labels @param {number} row */
export function placeOfRow(data, labels, row) {
  for (const { rows, x1, x2 } of data ? withRows(data, labels) : []) {
    const k = rows.indexOf(row);
    if (k >= 0) return [x1[k], x2[k]];
  }
  return null;
}

// The row of the training point nearest to a place; null where none is drawn.
/** @param {any} data @param {number[]} labels @param {number[]} place */
export function rowAt(data, labels, [x, y]) {
  let [best, least] = [/** @type {number | null} */ (null), Infinity];
  for (const { rows, x1, x2 } of data ? withRows(data, labels) : [])
    rows.forEach((row, k) => {
      const far = (x1[k] - x) ** 2 + (x2[k] - y) ** 2;
      if (far < least) [best, least] = [row, far];
    });
  return best;
}
