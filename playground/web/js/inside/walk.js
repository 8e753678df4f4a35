// The walk as a progress bar: a stop for each idea, under the stage it belongs to, with its name where there is room; else
// only the present one has it.
//
// One stop of the Tab key; from there on the arrow keys, which are the walk's own on the whole page, lead on.
import { h, tell } from "../shared/dom.js";

const STAGES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };
const NAMED = 48; // pixels on an ordinary screen that a stop needs for its name
const ROOMY = 72; // and for its name in larger type

export class Walk {
  constructor(go) {
    /** @type {(k: number) => void} */
    this.go = go;
    this.at = 0;
    this.zoom = 1;
    this.ideas = [];
    /** @type {number | null} */
    this.following = null; // the step after the one that it walks through
    this.stops = [];
    this.list = h("ol", { class: "stops" });
    this.back = h(
      "button",
      { type: "button", title: "The idea before (Left arrow)", "aria-label": "Back", onclick: () => go(this.at - 1) },
      "←",
    );
    this.next = h("button", { type: "button", class: "next", onclick: () => go(this.at + 1) }, "Next →");
    this.here = h("p", { class: "here" }); // on a narrow page, where no stop has room for its name
    this.element = h(
      "nav",
      { class: "walk", "aria-label": "Walk through the step" },
      this.back,
      this.list,
      this.next,
      this.here,
    );
  }

  // The ideas of another step are mostly the same: what has the focus stays. `following` is the number of the step that
  // comes next; null at the end of the run.
  receive(ideas, following) {
    this.following = following;
    const same = ideas.length === this.ideas.length && ideas.every((idea, k) => this.ideas[k].title === idea.title);
    this.ideas = ideas;
    if (same) return;
    this.stops = ideas.map((idea, k) =>
      h(
        "button",
        {
          ...{ type: "button", onclick: () => this.go(k) },
          ...{ title: `${k + 1}. ${idea.title}`, "aria-label": `${k + 1} of ${ideas.length}: ${idea.title}` },
        },
        h("i", {}),
        h("span", {}, ...named(idea.short)),
      ),
    );
    const stages = Object.keys(STAGES).filter((stage) => ideas.some((idea) => idea.stage === stage));
    this.list.replaceChildren(
      ...stages.map((stage) => {
        const of = this.stops.filter((_, k) => ideas[k].stage === stage);
        return h(
          "li",
          { "data-stage": stage, style: `--n: ${of.length}` },
          h("b", {}, STAGES[stage]),
          h("span", { class: "of" }, ...of),
        );
      }),
    );
    this.fit();
  }

  // Where it has come to: what lies behind is filled, and the stop itself is marked.
  mark(at) {
    const focused = this.stops.includes(document.activeElement);
    this.at = at;
    this.stops.forEach((stop, k) => {
      stop.classList.toggle("done", k < at);
      if (k === at) stop.setAttribute("aria-current", "step");
      else stop.removeAttribute("aria-current");
      stop.setAttribute("tabindex", k === at ? "0" : "-1");
    });
    for (const stage of this.list.children)
      stage.classList.toggle("now", stage.getAttribute("data-stage") === this.ideas[at].stage);
    this.back.disabled = at === 0;
    tell(this.here, `${at + 1} of ${this.ideas.length}: ${this.ideas[at].title}`);
    this.markNext(at === this.stops.length - 1);
    if (focused) this.stops[at].focus();
    const { offsetLeft, offsetWidth } = this.stops[at];
    this.list.scrollLeft = offsetLeft + offsetWidth / 2 - this.list.clientWidth / 2;
  }

  // From the last stop it leads on to the step that comes next.
  markNext(isLast) {
    const { following } = this;
    this.next.disabled = isLast && following === null;
    const leads = isLast && following !== null;
    tell(this.next, leads ? `Step ${following} →` : "Next →");
    this.next.setAttribute("title", `${leads ? "To the next mini-batch" : "The next idea"} (Right arrow)`);
  }

  // `zoom` is how many times as large as there everything is.
  fit(zoom = this.zoom) {
    this.zoom = zoom;
    const room = this.list.clientWidth / this.stops.length / zoom;
    this.list.classList.toggle("named", room >= NAMED);
    this.list.classList.toggle("roomy", room >= ROOMY);
  }
}

// "gradient layer 2" on two lines: what, and where.
function named(short) {
  const [what, ...where] = short.split(" ");
  return where.length ? [`${what} `, h("br", {}), where.join(" ")] : [what];
}
