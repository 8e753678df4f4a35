// A style sheet of a component's own, so that pages without it do not load it: the file beside the module that asks.
export function loadStyle(name, from) {
  return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const href = new URL(name, from).href;
    if (document.querySelector(`link[href="${href}"]`)) return resolve();
    const sheet = { rel: "stylesheet", href, onload: () => resolve(), onerror: () => resolve() };
    document.head.append(Object.assign(document.createElement("link"), sheet));
  });
}
