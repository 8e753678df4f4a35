// Which element has the focus because a pointer has pressed it, and not because somebody walked to it by keys.
//
// What was chosen in the sidebar with a mouse keeps the focus, and with it Space, arrows and End: they are the stage's
// again once the choice is made. Who walks by keys keeps them where the focus is.

const JUST_MS = 400; // from the press to the focus
/** @type {EventTarget | null} */
let pressed = null;
let pressedAt = -Infinity;
let isWatched = false;

// From now on it is noticed.
export function watchPresses() {
  if (isWatched) return;
  isWatched = true;
  const press = () => (pressedAt = performance.now());
  for (const name of ["pointerdown", "pointerup"]) document.addEventListener(name, press, true);
  document.addEventListener("keydown", ({ key }) => key === "Tab" && (pressed = null), true);
  document.addEventListener(
    "focusin",
    ({ target }) => (pressed = performance.now() - pressedAt < JUST_MS ? target : null),
    true,
  );
}

/** @param {EventTarget} element */
export const isPressed = (element) => element === pressed;
