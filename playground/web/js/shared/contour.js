// Where values on a lattice of `size` columns and `high` rows change sign, as pieces of straight lines: [[p, q, share], ...],
// two ends a piece, each on the edge of a cell so far from the point p to the point q. A single row has single ends.
export function contour(values, size, high, level = 0) {
  const ends = [];
  const cut = (p, q) =>
    values[p] > level !== values[q] > level && ends.push([p, q, (values[p] - level) / (values[p] - values[q])]);
  if (high === 1) {
    for (let p = 0; p + 1 < size; p++) cut(p, p + 1);
    return ends;
  }
  for (let row = 0; row + 1 < high; row++)
    for (let column = 0; column + 1 < size; column++) {
      const p = row * size + column;
      const [q, r, s] = [p + 1, p + size + 1, p + size];
      if (!Number.isFinite(values[p] + values[q] + values[r] + values[s])) continue;
      // Around the cell; of four cuts (a saddle) the first two and the last two belong together.
      cut(p, q);
      cut(q, r);
      cut(r, s);
      cut(s, p);
    }
  return ends;
}
