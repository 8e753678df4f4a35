// Build elements in one line each; text always goes in as text.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// The same for an element of a drawing.
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// Write a text that may be the same as before: writing it again would have the page laid out again. A text that takes
// the place of another is written into the same node: with a new one all rules of the page with :has() are looked up.
export function tell(element, text) {
  if (element.textContent === text) return;
  const only = element.firstChild;
  if (only?.nodeName === "#text" && !only.nextSibling) only.nodeValue = text;
  else element.textContent = text;
}

// Hide an element or show it; saying again what holds already would have the page styled again.
export function hide(element, gone) {
  if (element.hidden !== gone) element.hidden = gone;
}

// Whether keys move an element's own contents: a box that was given the focus and is too small for what it holds.
export function scrolls(element, axes = ["X", "Y"]) {
  const room = { X: element.scrollWidth - element.clientWidth, Y: element.scrollHeight - element.clientHeight };
  return (
    element !== document.body &&
    axes.some((axis) => room[axis] > 0 && /auto|scroll/.test(getComputedStyle(element)[`overflow${axis}`]))
  );
}

const SLOP = 10; // pixels that a finger may move while it presses

// What a press does: at once with a mouse or a pen; with a finger when it is lifted, for it may be on its way to scroll.
// Plotly lies above and keeps events to itself, so they are heard on their way down.
export function onPress(element, act) {
  /** @type {PointerEvent | null} */
  let down = null;
  const on = (name, hear) => element.addEventListener(name, hear, true);
  on("pointerdown", (event) => (event.pointerType === "touch" ? (down = event) : act(event)));
  on("pointercancel", () => (down = null));
  on("pointerup", (event) => {
    if (down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < SLOP) act(event);
    down = null;
  });
}

// Whether fingers press what is on the page: as the style sheets have it.
export const isForFingers = () => matchMedia("(max-width: 760px), (pointer: coarse)").matches;

// Where a canvas is drawn on.
export const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

// A canvas that is as sharp as the screen; gives its drawing context in CSS pixels.
export function fit(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const [w, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== high) {
    canvas.width = w;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = pen(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// When it has lost its server, Streamlit lays a dialog over the page and lets nothing under it be used. What is
// recorded can be played all the same, and the stage says what is the matter. Gives what watches for the dialog.
export function uncover() {
  const app = document.querySelector(".stApp");
  const watch = new MutationObserver(() => {
    const dialog = document.querySelector("body > .stDialog");
    if (!dialog || app?.getAttribute("data-test-connection-state") === "CONNECTED") return;
    /** @type {HTMLElement | null} */ (dialog.querySelector('[aria-label="Close"]'))?.click();
  });
  watch.observe(document.body, { childList: true });
  if (app) watch.observe(app, { attributeFilter: ["data-test-connection-state"] });
  return watch;
}
