// Where the panels of a scene stand, as large as the room lets them: pictures are square, one row of them where that
// makes them larger than two; a window that is higher than it is wide has them one below the other.

/** @typedef {{x: number, y: number, width: number, height: number}} Place */
/**
 * `atlas` is how many rows of tiles there are for each column; 0 for none.
 * @typedef {{pictures: number, network: boolean, chart: boolean, atlas: number}} Panels
 */

const GAP = 20;
const LEAST_BESIDE = 0.34; // of the width, for what stands beside the pictures

/**
 * @param {Panels} panels
 * @param {number} width of the room, in pixels
 * @param {number} height
 * @param {number} head pixels above each picture for its name
 * @returns {{pictures: Place[], network: Place | null, chart: Place | null, atlas: Place | null,
 *   height: number}} the height that all take
 */
export function placesOf({ pictures, network, chart, atlas }, width, height, head) {
  if (atlas) return whole(width, width < height ? Math.min(height, width * (0.85 * atlas + 0.3)) : height);
  if (width < height) return stacked({ pictures, network, chart }, width, head);
  const others = Number(network) + Number(chart);
  const room = others ? (1 - LEAST_BESIDE) * width - GAP : width;
  const columns = columnsOf(pictures, room, height, head);
  const rows = Math.ceil(pictures / columns);
  const side = pictures ? Math.max(0, squareOf(pictures, columns, room, height, head)) : 0;
  const tall = pictures ? rows * (side + head) + (rows - 1) * GAP : height;
  const wide = pictures ? columns * side + (columns - 1) * GAP : 0;
  const left = others ? 0 : (width - wide) / 2;
  const top = (height - tall) / 2;
  const places = {
    pictures: Array.from({ length: pictures }, (_, k) => ({
      x: left + (k % columns) * (side + GAP),
      y: top + Math.floor(k / columns) * (side + head + GAP),
      width: side,
      height: side + head,
    })),
    ...beside(
      { x: wide ? wide + GAP : 0, y: top, width: width - (wide ? wide + GAP : 0), height: tall },
      network,
      chart,
    ),
  };
  return { ...places, atlas: null, height };
}

// An atlas stands alone.
function whole(width, height) {
  return { pictures: [], network: null, chart: null, atlas: { x: 0, y: 0, width, height }, height };
}

// The network and the chart in what is left: one above the other, or next to each other where there is no picture.
function beside({ x, y, width, height }, network, chart) {
  const across = x === 0;
  const both = network && chart;
  const part =
    both && across ? { width: (width - GAP) / 2, height } : { width, height: both ? (height - GAP) / 2 : height };
  const second = both && across ? { x: x + part.width + GAP, y } : { x, y: both ? y + part.height + GAP : y };
  return { network: network ? { x, y, ...part } : null, chart: chart ? { ...second, ...part } : null };
}

// The side of the largest square of which so many fit.
function squareOf(n, columns, width, height, head) {
  const rows = Math.ceil(n / columns);
  return Math.min((width - (columns - 1) * GAP) / columns, (height - (rows - 1) * GAP) / rows - head);
}

function columnsOf(n, width, height, head) {
  let best = 1;
  for (let columns = 2; columns <= n; columns++)
    if (squareOf(n, columns, width, height, head) > squareOf(n, best, width, height, head)) best = columns;
  return best;
}

function stacked({ pictures, network, chart }, width, head) {
  const columns = pictures > 1 ? 2 : 1;
  const side = (width - (columns - 1) * GAP) / columns;
  let y = 0;
  const below = (high) => {
    const place = { x: 0, y, width, height: high };
    y += high + GAP;
    return place;
  };
  const all = Array.from({ length: pictures }, (_, k) => ({
    x: (k % columns) * (side + GAP),
    y: Math.floor(k / columns) * (side + head + GAP),
    width: side,
    height: side + head,
  }));
  y = Math.ceil(pictures / columns) * (side + head + GAP);
  const places = {
    pictures: all,
    network: network ? below(0.6 * width) : null,
    chart: chart ? below(0.6 * width) : null,
    atlas: null,
  };
  return { ...places, height: Math.max(0, y - GAP) };
}
