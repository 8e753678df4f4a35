// Plotly, loaded once from our own server after the first picture stands, and the look its charts share.
import { TYPE } from "./registry.js";

/** @type {Promise<any> | null} */
let loading = null;

export function loadPlotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(url, import.meta.url).href; // from the folder of this module, or whole
    script.onload = () => {
      letGo(window.Plotly);
      resolve(window.Plotly);
    };
    script.onerror = () => reject(new Error("Plotly could not be loaded from this server."));
    document.head.append(script);
  });
  return loading;
}

const STAYS_MS = 4000; // what a finger has called up

// A finger that is lifted does not leave a chart, as a mouse does: what it has called up goes at the next touch elsewhere,
// as the page is scrolled, or after a while.
export function letGo(Plotly) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null; // while something may be there that a finger has called up
  /** @param {any} [touched] */
  const clear = (touched) => {
    if (timer) clearTimeout(timer);
    timer = null;
    for (const plot of /** @type {NodeListOf<any>} */ (document.querySelectorAll(".js-plotly-plot")))
      if (plot !== touched && plot._fullLayout) Plotly.Fx.unhover(plot);
  };
  const press = ({ pointerType, target }) => {
    if (pointerType !== "touch") return;
    clear(target.closest?.(".js-plotly-plot"));
    timer = setTimeout(clear, STAYS_MS);
  };
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("scroll", () => timer && clear(), { capture: true, passive: true });
}

export const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false };

// Text that Plotly shows as it is: it takes tags for markup and %{...} for a place to fill in.
export function textForPlotly(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("%{", "% {");
}

// A figure made for an ordinary screen, as many times as large: its type, margins, shifts, lines and marks.
const SPACES = ["l", "r", "t", "b", "pad", "standoff", "xshift", "yshift", "height", "itemwidth", "thickness"];
const LENGTHS = new Set(["size", ...SPACES]);
export function enlarged({ data, layout }, zoom) {
  const walk = (value, name) => {
    if (typeof value === "number") return LENGTHS.has(name) ? value * zoom : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, ""));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
  };
  const times = (length) => (Array.isArray(length) ? length.map(times) : length * zoom);
  // Of a part of a trace, if it has one.
  const part = (whole, name, length) =>
    whole?.[name]?.[length] === undefined
      ? whole
      : { ...whole, [name]: { ...whole[name], [length]: times(whole[name][length]) } };
  const traces = data.map((trace) => {
    const sized = part(part(trace, "line", "width"), "marker", "size");
    const marked = sized.marker ? { ...sized, marker: part(sized.marker, "line", "width") } : sized;
    return marked.colorbar ? { ...marked, colorbar: walk(marked.colorbar, "") } : marked;
  });
  return { data: traces, layout: walk(layout, "") };
}

export function axis(theme, more = {}) {
  return {
    color: theme.muted,
    gridcolor: theme.grid,
    linecolor: theme.grid,
    zeroline: false,
    fixedrange: true,
    ticks: "",
    ...more,
    tickfont: { size: TYPE.tick * theme.zoom },
    title: more.title
      ? { text: more.title, standoff: 4 * theme.zoom, font: { size: TYPE.tick * theme.zoom } }
      : undefined,
  };
}

export function layout(theme, size, margin, more = {}) {
  return {
    ...size,
    margin: { pad: 0, ...margin },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, color: theme.text, size: TYPE.small * theme.zoom },
    hoverlabel: {
      bgcolor: theme.panel,
      bordercolor: theme.grid,
      font: { family: theme.font, color: theme.text, size: TYPE.small * theme.zoom },
    },
    dragmode: false,
    showlegend: false,
    ...more,
  };
}
