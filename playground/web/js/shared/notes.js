// Explanations where something stands: of a word, which is underlined with dots, and of a picture, behind a small sign.
// Each is a button, so that it is reached by tap and by keyboard alike; Escape, or a press elsewhere, puts it away.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { GLOSSARY } from "./registry.js";

const EDGE = "8px"; // between an explanation and the edge of the window
const WIDTH = `min(18.75rem, 100vw - 2 * ${EDGE})`;

// A word of the glossary, as it stands in a sentence.
export function term(word, text = word) {
  return noted(h("button", { type: "button", class: "term", title: GLOSSARY[word] }, text), word, GLOSSARY[word]);
}

// What is a picture about? `tell` gives it in words, for what is shown may change.
export function whatIsThis(name, tell) {
  const button = h("button", { type: "button", class: "what", title: "What is this?", "aria-label": `About: ${name}` });
  button.append(icon("help"));
  return noted(button, "What is this?", tell);
}

function noted(button, heading, text) {
  const note = h("span", { class: "explained", popover: "auto" });
  note.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return note.replaceChildren(); // or it would be part of the sentence that it stands in
    note.replaceChildren(h("b", {}, heading), typeof text === "function" ? text() : text);
    return put(note, button.getBoundingClientRect());
  });
  button.popoverTargetElement = note;
  return h("span", { class: "noted" }, button, note);
}

// Below what it explains, or above it where that is low on the screen.
function put(note, { left, top, bottom }) {
  const low = bottom > 0.6 * innerHeight;
  Object.assign(note.style, {
    width: WIDTH,
    left: `clamp(${EDGE}, ${left}px, 100vw - ${WIDTH} - ${EDGE})`,
    top: low ? "auto" : `${bottom + 6}px`,
    bottom: low ? `${innerHeight - top + 6}px` : "auto",
  });
}
