// The address bar holds what is on screen, and the moment once it stands: a reload, and a copy of it, open the same.
// The server adds an entry to the browser's history for each action of the user; this only ever changes the last one.

import { USUAL_SPEED } from "./player.js";
import { STOPS } from "./stops.js";

/** @import { Player } from "./player.js" */

// The query of a link to the run on screen that stands at a step, or plays from the beginning where there is none; ""
// for the default run. Python reads it: playground/run/playback.py.
/** @param {Player} player @param {number | null} step */
export function queryOf({ run, page, until, stop, speed, look, ringed }, step) {
  const said = {
    step,
    play: step === null ? until : null,
    goal: stop === STOPS[0] ? null : stop.key,
    speed: speed === USUAL_SPEED ? null : speed.key,
    scale: look.scale || null,
    discretize: look.discretize ? "on" : null,
    points: look.testPoints ? null : "training",
    ring: ringed && ringed.join(),
    neuron: look.neuron || null,
    panel: look.panel || null,
  };
  const words = Object.entries(said).map(([key, value]) => value !== null && `${key}=${value}`);
  return [run?.header.link.slice(1), ...words, page?.view_link].filter(Boolean).join("&");
}

export class Address {
  constructor(at = window) {
    this.at = at;
    this.seen = /** @type {string | null} */ (null); // what stood there when the page was drawn, or was written since
  }

  // The page has been drawn: what stands in the bar belongs to what it shows.
  drawn() {
    this.seen = this.at.location.search;
  }

  /** @param {Player} player */
  follow(player) {
    const { run, page } = player;
    const { location, history } = this.at;
    if (!run || !page?.ask || page.run !== run.header.run || player.wish || location.search !== this.seen) return;
    const stands = !player.moving && !player.scrubbing && player.told === player.step;
    if (!player.moving && !stands) return;
    const others = [...new URLSearchParams(location.search)].filter(([key]) => key.startsWith("embed"));
    const kept = others.length ? new URLSearchParams(others).toString() : "";
    const query = [queryOf(player, stands ? player.step : null), kept].filter(Boolean).join("&");
    const search = query && `?${query}`;
    if (same(search, location.search)) return;
    history.replaceState(history.state, "", location.pathname + search + location.hash);
    this.seen = location.search;
  }
}

// Whether two queries say the same, however their signs are written.
function same(one, other) {
  const told = (query) => JSON.stringify([...new URLSearchParams(query)].sort());
  return told(one) === told(other);
}
