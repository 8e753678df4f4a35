// Ways to the groups of settings, which lie far apart in the sheet of a phone.
//
// Comes in:  {groups}, their headings.
import { h } from "../shared/dom.js";

export default function mount({ data, parentElement }) {
  const ways = data.groups.map((group) => h("button", { type: "button", onclick: () => goTo(group) }, group));
  parentElement
    .querySelector(".jump-place")
    ?.replaceChildren(h("nav", { class: "jump", "aria-label": "Groups of settings" }, ...ways));
}

function goTo(group) {
  const headings = [...document.querySelectorAll(".stSidebar h3")];
  headings.find((heading) => heading.textContent?.trim().startsWith(group))?.scrollIntoView({ block: "start" });
}
