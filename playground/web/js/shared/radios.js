// A radio group of buttons: one stop for the Tab key; the arrows go from one choice to the next.

/** Mark the one that is chosen. @param {HTMLElement[]} buttons @param {(k: number) => boolean} isOn */
export function markRadios(buttons, isOn) {
  buttons.forEach((button, k) => {
    button.setAttribute("aria-checked", String(isOn(k)));
    button.tabIndex = isOn(k) ? 0 : -1;
  });
}

/** Give the focus to the next button, where an arrow was pressed. @returns {number | null} which one has it then */
export function nextRadio(/** @type {KeyboardEvent} */ event, /** @type {HTMLElement[]} */ buttons) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return null;
  event.preventDefault();
  event.stopPropagation();
  const from = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = (from + step + buttons.length) % buttons.length;
  buttons[to].focus();
  return to;
}
