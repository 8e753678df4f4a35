// Plotly, loaded once from our own server after the first picture stands, and the look its charts share.
/** @type {Promise<any> | null} */
let loading = null;

export function loadPlotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(url, import.meta.url).href; // from the folder of this module, or whole
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("Plotly could not be loaded from this server."));
    document.head.append(script);
  });
  return loading;
}

export const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false };

// Text that Plotly shows as it is: it takes tags for markup and %{...} for a place to fill in.
export function textForPlotly(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("%{", "% {");
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
    tickfont: { size: (more.tickfont?.size ?? 11) * theme.zoom },
    title: more.title ? { text: more.title, standoff: 4, font: { size: 11 * theme.zoom } } : undefined,
  };
}

export function layout(theme, size, margin, more = {}) {
  return {
    ...size,
    margin: { pad: 0, ...margin },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, color: theme.text, size: 12 * theme.zoom },
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.grid, font: { color: theme.text, size: 12 * theme.zoom } },
    dragmode: false,
    showlegend: false,
    ...more,
  };
}
