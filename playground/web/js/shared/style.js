// A style sheet of a component's own, so that pages without it do not load it: a file beside the module that asks.
/** @type {Map<string, Promise<unknown>>} */
const loaded = new Map();

export function loadStyle(name, from) {
  const href = new URL(name, from).href;
  const load = (/** @type {(value?: unknown) => void} */ resolve) => {
    const sheet = { rel: "stylesheet", href, onload: () => resolve(), onerror: () => resolve() };
    document.head.append(Object.assign(document.createElement("link"), sheet));
  };
  if (!loaded.has(href)) loaded.set(href, new Promise(load));
  return loaded.get(href);
}
