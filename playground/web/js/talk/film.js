// The film of the layers in a talk: the page Fold's own picture, large, under a line that says where it is and how well
// a straight cut does there.
import { h } from "../shared/dom.js";
import { percent, say } from "../shared/format.js";
import { Film } from "../fold/film.js";
import { Picture } from "../fold/picture.js";
import { filmSentence } from "../fold/words.js";

/** @import { Recording } from "../stage/recording.js" */
/** @import { Stop } from "./script.js" */

const THICK = 21; // lines and points are this many times thinner than letters are high

export class FilmPanel {
  constructor() {
    this.canvas = h("canvas", { role: "img" });
    this.box = h("div", { class: "plot" }, this.canvas);
    this.element = h("section", { class: "panel film" }, this.box);
    this.picture = new Picture(this.canvas);
    /** @type {Map<Recording, Film>} */
    this.films = new Map();
    /** @type {Film | null} */
    this.film = null;
  }

  setRun(/** @type {Recording} */ run, told) {
    this.film = this.films.get(run) ?? new Film(told, run.header);
    this.films.set(run, this.film);
  }

  // Draw a moment of the run, so many layers far.
  draw(theme, parameters, { layers, fine, letters }) {
    const film = /** @type {Film} */ (this.film);
    if (!parameters.every(Number.isFinite)) return; // it has blown up: the picture before stays
    film.move(parameters, fine, { ...theme, zoom: letters / THICK });
    const at = film.stopOf(layers);
    // Axes without their names: letters as small as they have are not read from the back row.
    const scene = { ...film.sceneAt(at), labels: ["", ""] };
    this.picture.draw(
      { ...scene, axes: scene.axes.map((axis) => ({ ...axis, name: "" })) },
      film.moment.theme,
      film.groups(theme),
      null,
    );
    if (fine) this.canvas.setAttribute("aria-label", filmSentence(film.stops, at));
  }

  // Say where it is; how well a straight cut does is known for the moment at which the scene stands.
  name(/** @type {number} */ layers, /** @type {Stop} */ { separations, at: known }, /** @type {number} */ epoch) {
    const film = /** @type {Film} */ (this.film);
    const isThere = Math.abs(layers - Math.round(layers)) < 1e-6;
    const share = isThere && Math.abs(epoch - known) < 1e-6 ? separations[Math.round(layers)] : null;
    const where = placeInWords(layers);
    const cut =
      film.header.task === "regression"
        ? `flat plane, R² ${say(share, 2)}`
        : `straight cut ${percent(share ?? 0).replace(".0 ", " ")}`;
    this.element.dataset.label = share === null || share === undefined ? where : `${where}: ${cut}`;
  }
}

function placeInWords(/** @type {number} */ layers) {
  const from = Math.floor(layers + 1e-6);
  if (layers - from > 1e-6)
    return layers - from < 0.5 ? `Layer ${from + 1} turns and stretches` : `Layer ${from + 1} bends`;
  return from ? `Layer ${from}` : "Inputs";
}
