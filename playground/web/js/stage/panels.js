// The pictures of the stage, each one entry of a list: the stage makes, draws, tells and hides whatever stands in it.
import { layerColour } from "../shared/theme.js";
import { Curves } from "./curves.js";
import { Diagram, USUAL } from "./diagram.js";
import { frozenAt } from "./recording.js";
import { Scores } from "./scores.js";
import {
  diagramInWords,
  gradientsInWords,
  scoresInWords,
  surfaceInWords,
  timelineInWords,
  weightsInWords,
} from "./spoken.js";
import { Surface } from "./surface.js";
import { Timeline } from "./timeline.js";
import { Weights } from "./weights.js";

/** @import { Network } from "./network.js" */
/** @import { Player } from "./player.js" */
/** @import { Recording } from "./recording.js" */
/** @import { Row } from "./types.d.ts" */
/**
 * What a picture is drawn of. `values` is what every unit says on a grid, once the surface has been painted.
 * @typedef {object} Picture
 * @property {Recording} run
 * @property {Network} network
 * @property {Row} row
 * @property {Float32Array} parameters of the row, but for a value that is being tried
 * @property {any} theme
 * @property {any} focus the unit that is shown large
 * @property {number} epoch where the playhead is
 * @property {number} goal
 * @property {number} budget milliseconds for the network
 * @property {boolean} calm everything is drawn and nothing moves
 * @property {Float32Array[][]} [values]
 */
/**
 * What a panel may have done.
 * @typedef {object} Hands
 * @property {Player} player
 * @property {(change: Record<string, any>) => void} change change settings
 * @property {(focus: any) => void} focus show a unit large
 * @property {() => void} goBack show the output large again
 * @property {(place: number, name: string, value: number, event: any) => void} edit set a parameter by hand
 */
/**
 * @typedef {object} Panel
 * @property {string} name by which a link can hide it
 * @property {"main" | "strip" | "track"} place beside the network, in the row below, or along the bottom of every page
 * @property {(hands: Hands) => any} make a view: {element, canvas, setRun(run, network)}, and `plot` if Plotly draws
 * @property {(hands: Hands) => any} [small] the same beside the timeline of other pages, where nothing but `paint` draws
 * @property {(view: any, picture: Picture) => void} paint with every picture
 * @property {(view: any, Plotly: any, picture: Picture) => boolean} [chart] the slower part, now and then; whether there
 *   was anything to draw
 * @property {(view: any, picture: Picture) => string} words what it shows, for those who do not see it
 * @property {(view: any) => string} about what is this? In a few plain sentences
 * @property {(run: Recording) => boolean} [inSimple] whether Simple shows it; it does where nothing is said
 */

/**
 * Curves over the epochs, with a line at the moment.
 * @param {{name: string, words: (run: Recording, row: Row) => string, make: (hands: Hands) => Curves,
 *   about: (view: any) => string, inSimple?: (run: Recording) => boolean, place?: "strip" | "track",
 *   paint?: (view: any, picture: Picture) => void}} panel
 * @returns {Panel}
 */
const curves = ({ place = "strip", paint = (view, { epoch }) => view.moveCursor(epoch), words, ...panel }) => ({
  place,
  ...panel,
  paint(view, picture) {
    view.span ??= view.measure(picture.goal, picture.theme);
    view.drawLegend(picture.theme);
    paint(view, picture);
  },
  chart: (view, Plotly, { theme, goal, calm }) => view.drawChart(Plotly, theme, goal, calm),
  words: (_, { run, row }) => words(run, row),
});

const LOSS =
  "The loss says how wrong the network is: the lower, the better. Drag the mark, or click, to go to any moment. Signs on the curve stand where something happened: press one, and the sentence above says what.";
const TOOLS =
  "Log scale draws every fall to a tenth equally high, so that small losses are seen. Fork here changes one setting from this moment on, and keeps the run so far to compare with.";
const FILLED = "It learns from the filled points; the hollow ones are kept secret, to test it.";
const PLANES = {
  classes: `Every point of the plane has the colour of the class that the network takes it for: the paler, the less sure. ${FILLED}`,
  line: `There is one input, so only how far right a point lies counts: its height means nothing. The plane has the colour of the class that the network takes a point for: the paler, the less sure. ${FILLED}`,
  regression: `Every point of the plane has the colour of the value that the network gives it: blue is high, orange low. ${FILLED}`,
  curve: `The line is what the network answers for every value of its one input. ${FILLED}`,
};

const kindOfPlane = ({ data, task }) =>
  data.curve ? "curve" : data.axes[1] === null ? "line" : task === "regression" ? "regression" : "classes";

/** @type {Panel[]} */
export const PANELS = [
  {
    name: "surface",
    place: "main",
    make: ({ player, goBack }) => new Surface(player, undefined, goBack),
    small: ({ player }) => new Surface(player, { l: 0, r: 0, t: 0, b: 0 }),
    paint(view, picture) {
      picture.values = view.evaluate(picture.parameters, picture.budget);
      view.parameters = picture.parameters;
      view.draw(picture.theme, picture.focus);
    },
    chart: (view, Plotly, { theme }) => view.drawAxes(Plotly, theme),
    words: (view, { run, row }) => surfaceInWords(run, row, view.values),
    about: (view) => PLANES[kindOfPlane(view.run.header)],
  },
  {
    name: "diagram",
    place: "main",
    make: ({ player, change, focus, edit }) => new Diagram(change, focus, edit, USUAL, player),
    paint: (view, { run, row, theme, parameters, values }) =>
      view.draw(theme, parameters, values, frozenAt(run.header, row)),
    words: (_, { run, row, network, parameters }) => diagramInWords(run, row, network, parameters),
    about: () =>
      "Each small square is a neuron, and shows what it says about every point of the plane. The lines are weights: the thicker, the stronger; blue ones add, orange ones take away. Hover a neuron, or tap it, to see it large.",
  },
  {
    name: "weights",
    place: "strip",
    make: ({ edit }) => new Weights(edit),
    paint: (view, { theme, parameters }) => view.draw(theme, parameters),
    chart(view, Plotly, { theme, calm }) {
      if (calm) view.fillHover();
      return view.drawAxes(Plotly, theme);
    },
    words: (_, { run, network, parameters }) => weightsInWords(run, network, parameters),
    about: () =>
      "Every square is a weight, the number by which a neuron multiplies one of its inputs: blue above zero, orange below, the stronger the further from it. Each neuron has a column, with its bias at the bottom. Click a square to set it by hand.",
    inSimple: () => false,
  },
  curves({
    name: "gradients",
    make: () =>
      new Curves({
        name: "gradients",
        title: "Gradient norm by layer",
        lines: (run, theme) =>
          Array.from({ length: run.n_layers }, (_, l) => ({
            name: l + 1 === run.n_layers ? "output" : String(l + 1),
            colour: layerColour(theme, l, run.n_layers),
            of: (row) => run.gradients(row)[l] || null,
          })),
        yaxis: () => ({ type: "log", nticks: 5 }),
      }),
    words: gradientsInWords,
    about: () =>
      "For each layer, how strongly the last step pulled at its weights: the length of its gradient. Layers of like height learn at a like pace; one that lies far below the others hardly learns. Each line of the grid is ten times the one below it.",
    inSimple: () => false,
  }),
  curves({
    name: "scores",
    make: ({ player }) => new Scores(player),
    paint(view, { epoch, parameters }) {
      view.moveCursor(epoch);
      view.probe.draw(parameters);
    },
    words: scoresInWords,
    about: (view) => view.about,
    // The sum of two numbers can be asked, and that is what one wants to do with it.
    inSimple: (run) => run.header.data.face === "predicted",
  }),
  // After the pictures, which ask for sizes: what it moves would have the page styled for their answers.
  curves({
    name: "timeline",
    place: "track",
    make: ({ player }) => new Timeline(player),
    paint: (view, { row, theme }) => view.drawPlayhead(row, theme),
    words: timelineInWords,
    about: (view) => (view.player.page?.view === "full" ? `${LOSS} ${TOOLS}` : LOSS),
  }),
];
