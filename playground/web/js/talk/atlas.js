// An atlas in a talk: the page Atlas's own grid of tiles, as large as the room lets it.
import { h, tell } from "../shared/dom.js";
import { say } from "../shared/format.js";
import { TYPE } from "../shared/registry.js";
import { Grid } from "../atlas/grid.js";

/** @import { Tiles } from "../atlas/tiles.js" */

const NEAR = { letters: TYPE.small, least: 9 }; // pixels on a phone, which is held before the eyes
const STANDS = { focus: -1, pinned: -1, whole: true };

export class AtlasPanel {
  constructor() {
    this.look = { ...NEAR, most: Infinity };
    this.grid = new Grid(this.look);
    this.title = h("h3", {});
    this.box = h("div", { class: "plot" }, this.grid.element);
    this.element = h("section", { class: "panel atlas" }, this.title, this.box);
    this.grid.canvas.removeAttribute("tabindex");
    this.grid.canvas.setAttribute("role", "img");
    this.fineness = 1;
    this.show = "";
  }

  // `show`: what they show.
  setTiles(/** @type {Tiles} */ tiles, /** @type {string} */ show) {
    this.show = show;
    if (tiles !== this.grid.tiles) this.grid.setTiles(tiles);
  }

  // Where a tile is, by its column and its row from the bottom: {box, x, y, width, height}.
  placeOf(/** @type {number[]} */ [column, row]) {
    const { grid } = this;
    const tiles = /** @type {Tiles} */ (grid.tiles);
    const [x, y] = grid.corner((row - 1) * tiles.columns + column - 1);
    const size = { width: grid.side + grid.gap, height: grid.side + grid.gap };
    return { box: grid.canvas.getBoundingClientRect(), x: x + grid.side / 2, y: y + grid.side / 2, ...size };
  }

  // Rows of tiles for each column.
  get aspect() {
    const tiles = /** @type {Tiles} */ (this.grid.tiles);
    return tiles.rows / tiles.columns;
  }

  // `letters`: in pixels; null on a phone.
  draw(theme, /** @type {number} */ epoch, /** @type {boolean} */ fine, /** @type {number | null} */ letters) {
    const { grid } = this;
    const tiles = /** @type {Tiles} */ (grid.tiles);
    const { letters: high, least } = letters ? { letters, least: letters } : NEAR;
    Object.assign(this.look, { letters: high / theme.zoom, least: least / theme.zoom });
    const what = tiles.task === "regression" ? "R² on new points" : "right of 100 new points";
    tell(this.title, `Epoch ${say(Math.floor(epoch + 1e-6), 6)}. In each corner: ${what}`);
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 80 || height < 60) return;
    grid.layOut(width, height, theme);
    const start = performance.now();
    grid.draw(theme, { ...STANDS, show: this.show, epoch, fineness: fine ? grid.finest : this.fineness });
    if (!fine) this.fineness = grid.affordable(this.fineness, performance.now() - start);
    grid.canvas.setAttribute("aria-label", `${tiles.rows} rows of ${tiles.columns} tiles, epoch ${Math.floor(epoch)}`);
  }
}
