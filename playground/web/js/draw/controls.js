// The buttons above the drawing sheet: what is drawn, with what, how wide, and what symmetry makes of it. On a phone,
// what a first stroke does not need waits behind More.
import { fit, h } from "../shared/dom.js";
import { moreButton } from "../shared/more.js";
import { mark } from "./marks.js";
import { STAMPS, SYMMETRIES, dice, otherClass, stamped } from "./stamps.js";

export const WIDTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1]; // of the brush
export const TOOLS = [
  { name: "draw", label: "Draw", title: "click to add a point, drag to spray", key: "d" },
  { name: "erase", label: "Erase", title: "drag over points to take them away", key: "e" },
  { name: "move", label: "Move", title: "drag a point to another place", key: "m" },
];

const ICON = 24; // CSS pixels

export class Controls {
  // `sheet` holds what is chosen, and is told of another choice.
  constructor(sheet) {
    this.sheet = sheet;
    this.classes = radios("Class to draw");
    const choice = ({ name, label, title, key }, choose, ...icon) => {
      const said = { "aria-label": label, title: `${label}: ${title} (${key.toUpperCase()})` };
      const onclick = () => choose(name);
      return h("button", { type: "button", role: "radio", ...said, onclick }, ...icon, h("span", {}, label));
    };
    const setTool = (name) => sheet.setTool(name);
    this.tools = TOOLS.map((tool) => choice(tool, setTool));
    this.stamps = STAMPS.map((stamp) => choice(stamp, setTool, h("canvas", { "aria-hidden": "true" })));
    this.symmetries = SYMMETRIES.map((one) => choice(one, (name) => sheet.setSymmetry(name)));
    this.other = h("input", { type: "checkbox", onchange: () => sheet.setOther(this.other.checked) });
    this.otherLabel = h("label", {}, this.other, "other class");
    this.width = h("input", {
      ...{ type: "range", min: 0, max: WIDTHS.length - 1, step: 1, "aria-label": "Width of the brush" },
      title: "How far points fly from the pointer, or from a stamp's line (+ and −)",
      oninput: () => sheet.setWidth(WIDTHS[Number(this.width.value)]),
    });
    const act = (label, title, onclick) => h("button", { type: "button", title, onclick }, label);
    this.undo = act("Undo", "Take the last stroke back (Ctrl+Z)", () => sheet.undo());
    this.clear = act("Clear", "A blank sheet (Undo brings the points back)", () => sheet.clear());
    // More room for the sheet, or less.
    this.more = moreButton("stamps, the brush's width and symmetry", () => sheet.draw());
    this.element = h(
      "div",
      { class: "buttons", role: "group", "aria-label": "How to draw" },
      labelled("Class", this.classes),
      this.more,
      // One choice: what a click does.
      radios("Tool", labelled("Tool", ...this.tools), seldom(labelled("Stamp", ...this.stamps))),
      seldom(labelled("Brush width", this.width)),
      seldom(labelled("Symmetry", radios("Symmetry", ...this.symmetries), this.otherLabel)),
    );
  }

  name(/** @type {string[]} */ classes) {
    this.classes.replaceChildren(
      ...classes.map((name, k) => {
        const look = { role: "radio", title: `Draw ${name} (${k + 1})`, "aria-label": name };
        const canvas = h("canvas", { "aria-hidden": "true" });
        return h("button", { type: "button", ...look, onclick: () => this.sheet.choose(k) }, canvas);
      }),
    );
  }

  draw(theme) {
    const { sheet } = this;
    const light = (button, on) => {
      button.style.borderColor = on ? theme.text : "";
      button.style.boxShadow = on ? `inset 0 0 0 1px ${theme.text}` : "";
    };
    const press = (button, on) => {
      button.setAttribute("aria-checked", String(on));
      light(button, on);
    };
    [...this.classes.children].forEach((button, k) => {
      press(button, k === sheet.chosen);
      const context = fit(button.firstChild, 20, 20);
      context.clearRect(0, 0, 20, 20);
      mark(context, 10, 10, 7, k, theme);
    });
    this.tools.forEach((button, k) => press(button, TOOLS[k].name === sheet.tool));
    this.stamps.forEach((button, k) => {
      press(button, STAMPS[k].name === sheet.tool);
      drawIcon(button.firstChild, STAMPS[k], theme.classes[sheet.chosen % theme.classes.length]);
    });
    this.symmetries.forEach((button, k) => press(button, SYMMETRIES[k].name === sheet.symmetry));
    light(this.more, Boolean(sheet.stamp) || sheet.symmetry !== "none"); // what is chosen there is not to be seen
    this.other.checked = sheet.other;
    this.other.disabled = sheet.symmetry === "none";
    const [of, image] = [sheet.chosen, sheet.other ? otherClass(sheet.chosen) : sheet.chosen];
    this.otherLabel.title = `The image of ${sheet.classes[of]} is ${sheet.classes[image]} (X)`;
    this.width.value = String(WIDTHS.indexOf(sheet.width));
    this.width.setAttribute("aria-valuetext", `${sheet.width} of the sheet's units`);
    this.undo.disabled = !sheet.past.length;
    this.clear.disabled = !sheet.points.length;
  }
}

const radios = (name, ...parts) => h("span", { class: "group", role: "radiogroup", "aria-label": name }, ...parts);

const labelled = (name, ...parts) =>
  h(
    "span",
    { class: "labelled" },
    h("small", { "aria-hidden": "true" }, name),
    h("span", { class: "group" }, ...parts),
  );

const seldom = (element) => {
  element.classList.add("seldom");
  return element;
};

// A stamp as small as a letter, the same each time.
function drawIcon(canvas, stamp, colour) {
  const context = fit(canvas, ICON, ICON);
  context.clearRect(0, 0, ICON, ICON);
  context.fillStyle = colour;
  for (const [x, y] of stamped(stamp, { at: [0, 0], size: 1, angle: 0.6 }, 0.08, dice(), 18)) {
    context.beginPath();
    context.arc(ICON * (0.5 + 0.4 * x), ICON * (0.5 - 0.4 * y), 1.4, 0, 7);
    context.fill();
  }
}
