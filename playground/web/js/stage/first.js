// The first picture of the home page, drawn before Streamlit's client is here (web/first.py). It stands where Streamlit
// will put the stage, and is the stage: it can be played and dragged, and show() in stage.js moves it to its place.
import { MAGNIFIED, PALETTES } from "../shared/registry.js";
import { ask } from "./ask.js";
import { parseMessage } from "./recording.js";
import { show, stages } from "./stage.js";

const LOOK_EVERY_MS = 500;
// Streamlit's page once its script has ended and all that it told is there. Before its first run a page rests, too.
const RESTING = '.stApp[data-test-script-state="notRunning"] [data-testid=stMain]:has(.stElementContainer)';
const LOADING = "[data-testid=stMain] :is([data-testid=stSkeleton], .stage-place:empty)";
const SIDEBAR_WIDTH = "sidebarWidth"; // where Streamlit keeps it, if it was dragged,
const PUT_AWAY = /^stSidebarCollapsed/; // whether it was closed,
const THEME = /^stActiveTheme/; // and a theme that was chosen by hand
const place = document.getElementById("first");

if (place) {
  begin(place)
    .catch(() => false)
    .then((drawn) => {
      if (!drawn) place.remove();
      goOn();
      if (drawn) watch(place);
    });
}

// Whether the run of this address has been drawn.
async function begin(/** @type {HTMLElement} */ place) {
  const answer = await fetch(new URL("./first", document.baseURI).href + location.search);
  if (answer.status !== 200) return false;
  const message = parseMessage(new Uint8Array(await answer.arrayBuffer()));
  const { page } = message.header;
  if (!page || !place.isConnected) return false;
  dress(place, page);
  show(place, message, { ask: (question, signal) => ask(page.ask, question, signal), tell: null });
  place.classList.add("drawn");
  return painted(place);
}

// What Streamlit's theme and layout will be.
function dress(/** @type {HTMLElement} */ place, { hidden, projector }) {
  const { background, text } = PALETTES[isDark() ? "dark" : "light"];
  const paints = { "--st-background-color": background, "--st-text-color": text, background, color: text };
  for (const [name, value] of Object.entries(paints)) place.style.setProperty(name, value);
  place.style.setProperty("--st-font", '"Source Sans", sans-serif');
  const isOpen = stored((name) => PUT_AWAY.test(name)) !== "true";
  place.classList.toggle("beside", isOpen && !hidden.includes("settings"));
  const width = stored((name) => name === SIDEBAR_WIDTH);
  if (width && place.classList.contains("beside")) place.style.setProperty("--sidebar", `${parseInt(width)}px`);
  if (projector) place.append(Object.assign(document.createElement("style"), { textContent: MAGNIFIED }));
}

function isDark() {
  const chosen = stored((name) => THEME.test(name)) ?? "";
  return /dark/i.test(chosen) || (!/light/i.test(chosen) && matchMedia("(prefers-color-scheme: dark)").matches);
}

// What is kept under the first name that fits; a browser may refuse to say.
function stored(/** @type {(name: string) => boolean} */ fits) {
  try {
    const name = Object.keys(localStorage).find(fits);
    return name === undefined ? null : localStorage.getItem(name);
  } catch {
    return null;
  }
}

// Once the picture is on screen.
function painted(/** @type {HTMLElement} */ place) {
  return new Promise((resolve) => {
    const look = () => {
      if (!stages.get(place)?.frames) requestAnimationFrame(look);
      else setTimeout(resolve, 0, true);
    };
    requestAnimationFrame(look);
    setTimeout(resolve, 1000, true); // a tab in the background has no frames
  });
}

function goOn() {
  /** @type {any} */ (window).mlpGoOn?.();
}

// Streamlit's page may have something else to show, such as an error: it is not covered.
function watch(/** @type {HTMLElement} */ place) {
  let rested = 0;
  const timer = setInterval(() => {
    if (!place.isConnected) return clearInterval(timer);
    rested = document.querySelector(RESTING) && !document.querySelector(LOADING) ? rested + 1 : 0;
    if (rested < 4) return undefined;
    stages.get(place)?.close();
    place.remove();
    return undefined;
  }, LOOK_EVERY_MS);
}
