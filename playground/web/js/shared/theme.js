// Colours that every picture of the stage shares.
import { PALETTES, ROOT, STRONG, TYPE } from "./registry.js";

// Streamlit gives its theme as CSS variables; a dark background means the dark palette. A projector washes colours
// out: text at full contrast. `zoom` is how many times as large as on an ordinary screen the page's type is, and with it
// whatever is drawn.
function currentTheme(element, { projector = false, zoom = pageZoom() }) {
  const style = getComputedStyle(element);
  const background = style.getPropertyValue("--st-background-color").trim() || PALETTES.light.background;
  const dark = brightness(background) < 0.5;
  const name = dark ? "dark" : "light";
  return {
    ...PALETTES[name],
    ...(projector && STRONG[name]),
    zoom,
    dark,
    projector,
    font: style.getPropertyValue("--st-font").trim() || "sans-serif",
  };
}

// What web/look.py has made of the root's type in this window.
const pageZoom = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / ROOT;

// The font of a canvas, with letters of one of the sizes of the page's type.
export const font = (theme, /** @type {keyof typeof TYPE} */ size, weight = "") =>
  `${weight} ${TYPE[size] * theme.zoom}px ${theme.font}`;

// Lengths that go with the type, such as the margins of a chart: {l: 44, ...} for an ordinary screen.
/** @type {<L extends Record<string, number>>(lengths: L, theme: {zoom: number}) => L} */
export const grown = (lengths, { zoom }) =>
  /** @type {any} */ (Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, length * zoom])));

// The colours of a theme by its name, for a picture that outlasts the one on screen.
export const themeCalled = (name) => ({ ...PALETTES[name], dark: name === "dark" });

// The colour of a layer's curve: spread over the palette, from the first layer to the last.
export function layerColour(theme, layer, nLayers) {
  return theme.layers[Math.round((layer * (theme.layers.length - 1)) / Math.max(1, nLayers - 1))];
}

const LOOK_EVERY_MS = 500; // Streamlit changes its theme without a word
const PAINTS = ["panel", "text", "muted", "grid", "positive", "negative", "background", "neutral"];
/** @type {Set<() => void>} */
const looks = new Set();
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

const lookAll = () => looks.forEach((each) => each());

// A window of another size has other type.
function begin() {
  globalThis.addEventListener?.("resize", lookAll);
  return setInterval(lookAll, LOOK_EVERY_MS);
}

// Dress an element in the theme, now and whenever it changes: its variables --text, --grid and so on, and `tell(theme)`.
// Only what is on the page has a theme: `check` looks at once after an element has come there.
export function observeTheme(element, tell) {
  /** @type {any} */
  let shown = null;
  let look = {};
  const check = () => {
    if (!element.isConnected) return;
    const theme = currentTheme(element, look);
    if (shown && ["dark", "font", "projector", "zoom"].every((name) => shown[name] === theme[name])) return;
    shown = theme;
    element.style.colorScheme = theme.dark ? "dark" : "light";
    for (const name of PAINTS) element.style.setProperty(`--${name}`, theme[name]);
    tell(theme);
  };
  looks.add(check);
  timer ??= begin();
  check();
  return {
    check,
    setLook(other) {
      look = other;
      check();
    },
    stop() {
      looks.delete(check);
      if (looks.size) return;
      clearInterval(timer);
      globalThis.removeEventListener?.("resize", lookAll);
      timer = undefined;
    },
  };
}

function rgb(hex) {
  const n = parseInt(hex.slice(1, 7), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

function brightness(colour) {
  const [r, g, b] = colour.startsWith("#") ? rgb(colour) : colour.match(/[\d.]+/g).map(Number);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

// 256 colours from `low` over `middle` to `high`, as the 32-bit numbers that ImageData takes; `strength` below 1
// keeps the ends paler, so that points of the same colour stand out on them.
function ramp(low, middle, high, strength = 1) {
  const b = rgb(middle);
  const [a, c] = [low, high].map((end) => rgb(end).map((v, i) => b[i] + strength * (v - b[i])));
  return Uint32Array.from({ length: 256 }, (_, k) => {
    const t = (k / 255) * 2;
    const [from, to, s] = t < 1 ? [a, b, t] : [b, c, t - 1];
    const mix = from.map((v, i) => Math.round(v + (to[i] - v) * s));
    return (255 << 24) | (mix[2] << 16) | (mix[1] << 8) | mix[0];
  });
}

// The colour scales of a theme: full for cells and small maps, paler for a surface that carries points.
/** @type {any} */
let made = null;
export function ramps(theme) {
  if (made?.dark !== theme.dark) {
    made = {
      dark: theme.dark,
      signed: ramp(theme.negative, theme.neutral, theme.positive),
      surface: ramp(theme.negative, theme.neutral, theme.positive, 0.62),
      classes: theme.classes.map((colour) => ramp(theme.neutral, theme.neutral, colour, 0.62)),
    };
  }
  return made;
}
