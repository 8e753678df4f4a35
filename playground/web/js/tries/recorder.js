// Watches what is on screen and keeps it among the tries: the server has no part in it.
import { pen } from "../shared/dom.js";
import { themeCalled } from "../shared/theme.js";
import { Network, gridPoints } from "../stage/network.js";
import { paint } from "../stage/surface.js";
import { entryOf } from "./entry.js";

/** @import { Player } from "../stage/player.js" */
/** @import { Recording } from "../stage/recording.js" */
/** @import { Store } from "./store.js" */

const LOOK_EVERY_MS = 1000;
const SIDE = 36; // pixels of a thumbnail

export class Recorder {
  /** @param {Player} player @param {Pick<Store, "note">} keeper */
  constructor(player, keeper) {
    this.player = player;
    this.store = keeper;
    /** @type {Recording | null} */
    this.seen = null; // what was on screen at the last look
    this.noted = ""; // what was kept last: the run and how much of it there was
  }

  // A run that is on screen at two looks counts as a try: one that only flew by, as a slider was moved, does not. What
  // is new of one that counts already waits until nothing moves, or until it leaves the screen.
  look() {
    const { run, moving } = this.player;
    const before = this.seen;
    this.seen = run;
    if (before && before !== run && this.knows(before)) this.keep(before);
    if (run && before === run && !(moving && this.knows(run))) this.keep(run);
  }

  leave() {
    if (this.seen && this.knows(this.seen)) this.keep(this.seen);
  }

  /** @param {Recording} run */
  knows(run) {
    return this.noted.startsWith(run.header.run);
  }

  /** @param {Recording} run */
  keep(run) {
    const key = `${run.header.run} ${run.version} ${run.header.diverged}`;
    if (key === this.noted || !run.rows.length) return;
    this.noted = key;
    this.store.note({ ...entryOf(run), maps: { light: thumbnail(run, "light"), dark: thumbnail(run, "dark") } });
  }
}

// The boundary after the last moment that is recorded, as the address of a small picture.
/** @param {Recording} run @param {"light" | "dark"} name */
function thumbnail(run, name) {
  const { header } = run;
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const network = new Network(header.net);
  const parameters = run.parameters(run.rows[run.rows.length - 1]);
  const theme = themeCalled(name);
  const context = pen(canvas);
  if (header.data.curve) {
    const { range, up } = header.data;
    const x = Float32Array.from({ length: SIDE }, (_, k) => range[0] + (k / (SIDE - 1)) * (range[1] - range[0]));
    const values = network.evaluate(parameters, x, new Float32Array(SIDE))[header.net.layers.length][0];
    context.strokeStyle = theme.positive;
    context.lineWidth = 2;
    context.beginPath();
    values.forEach((v, k) => context.lineTo(k, SIDE * (1 - (v - up[0]) / (up[1] - up[0]))));
    context.stroke();
  } else {
    const { x1, x2 } = gridPoints(header.data.range, SIDE);
    const image = context.createImageData(SIDE, SIDE);
    paint(new Uint32Array(image.data.buffer), network.evaluate(parameters, x1, x2), header, theme, null, false);
    context.putImageData(image, 0, 0);
  }
  return canvas.toDataURL();
}

/** @type {Recorder | null} */
let recorder = null;

// Watch a player for as long as the tab is open.
/** @param {Player} player @param {Store} store */
export function watch(player, store) {
  if (recorder) return;
  const mine = (recorder = new Recorder(player, store));
  setInterval(() => mine.look(), LOOK_EVERY_MS);
  addEventListener("pagehide", () => mine.leave());
}
