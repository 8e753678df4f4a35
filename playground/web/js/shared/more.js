// What is seldom needed waits out of sight where there is no room for it, until More is pressed.
import { h } from "./dom.js";
import { icon } from "./icons.js";

// The button. The style sheets show it on a narrow screen, and hide there what is seldom needed in the box around it
// while that is not `.open`. `title` says what there is; `turned` is told of every press.
export function moreButton(/** @type {string} */ title, turned = () => {}) {
  const button = h(
    "button",
    {
      ...{ type: "button", class: "others", "aria-label": "More", "aria-expanded": "false", title: `More: ${title}` },
      onclick: () => {
        button.setAttribute("aria-expanded", String(button.parentElement.classList.toggle("open")));
        turned();
      },
    },
    icon("others"),
  );
  return button;
}
