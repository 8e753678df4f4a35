// The list of keys that "?" opens. Each component on a page adds its own keys, and takes them away when it goes.
import { h } from "./dom.js";

/** @typedef {[keys: string, does: string]} Row */
/** @typedef {{place: Element, title: string, rows: Row[]}} Group */

// What letters are typed into; a list that was chosen from and is closed is none.
export const TYPED_INTO =
  "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [aria-expanded=false])";
const TYPED_IN =
  "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=combobox]";
// In the list itself, so that a page that is one file has it too.
const STYLE = `
.key-list {
  color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent);
  border-radius: var(--corner-card);
  padding: 1rem 1.5rem 1.25rem;
  width: min(34rem, calc(100vw - 2rem));
  max-height: calc(100vh - 4rem);
  font: var(--type-lead)/1.5 var(--st-font, sans-serif);
}
.key-list::backdrop {
  background: var(--veil);
}
.key-list h2 {
  font-size: var(--type-loud);
  font-weight: 600;
  margin: 0.5rem 0;
  padding: 0;
}
.key-list dl {
  display: grid;
  grid-template-columns: minmax(7rem, max-content) 1fr;
  gap: 0.25rem 1.25rem;
  margin: 0 0 1rem;
}
.key-list dt {
  font-weight: 600;
}
.key-list dd {
  margin: 0;
}
.key-list button {
  font: inherit;
  color: inherit;
  background: transparent;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent);
  border-radius: var(--corner-plain);
  min-height: var(--touch);
  padding: 0 1rem;
  cursor: pointer;
}
@media (max-width: 480px) {
  .key-list dl {
    grid-template-columns: 1fr;
    gap: 0;
  }
  .key-list dd {
    margin-bottom: 0.5rem;
  }
}
`;
/** @type {Set<Group>} */
const groups = new Set();

/**
 * Have keys listed for as long as their component is there.
 * @param {Element} place  the component, whose colours the list has
 * @param {string} title  what the keys work on
 * @param {Row[]} rows
 * @returns {() => void} what takes them away
 */
export function listKeys(place, title, rows) {
  const group = { place, title, rows };
  if (!groups.size) document.addEventListener("keydown", onKey);
  groups.add(group);
  return () => {
    groups.delete(group);
    if (!groups.size) document.removeEventListener("keydown", onKey);
  };
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = /** @type {Element} */ (event.composedPath()[0]);
  if (event.key !== "?" || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (target.closest?.(TYPED_IN) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  open([...groups].filter(({ place }) => place.isConnected));
}

/** @param {Group[]} shown */
function open(shown) {
  if (!shown.length) return;
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { class: "key-list", "aria-label": "Keys", onclose: () => dialog.remove() },
      ...shown.flatMap(({ title, rows }) => [
        h("h2", {}, title),
        h("dl", {}, ...rows.flatMap(([keys, does]) => [h("dt", {}, keys), h("dd", {}, does)])),
      ]),
      close,
      h("style", {}, STYLE),
    )
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "?") dialog.close();
    event.stopPropagation(); // nothing plays behind it
  });
  shown[0].place.append(dialog); // there it has the page's colours
  dialog.showModal(); // the browser gives the focus back when it closes
}
