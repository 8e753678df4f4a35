// What the player does at present: one value, changed by one function. It knows no clock, no page and no recording.

/**
 * loading    no run yet
 * paused     the moment stands
 * playing    the moment moves on
 * waiting    played up to the end of what has arrived, and more is on its way
 * holding    played beyond the moment of a change; it is wished that the change count from here
 * scrubbing  a hand is on the timeline
 * diverged   at the last finite moment of a run that broke
 * @typedef {"loading" | "paused" | "playing" | "waiting" | "holding" | "scrubbing" | "diverged"} Mode
 */
/**
 * idle       nothing has been asked or wished that was not answered
 * asked      an answer is on its way
 * lost       and has been for too long
 * @typedef {"idle" | "asked" | "lost"} Line
 */
/**
 * willing: whether the next run begins to play by itself. It does until somebody stops one by hand; to look at other
 * moments of it is not to stop it.
 * @typedef {{readonly mode: Mode, readonly line: Line, readonly willing: boolean}} State
 */
/**
 * What may happen. `broken`: whether the moment is now the last one of a run that broke; `begins`: whether the run that
 * was opened is one to begin with, and not one that was opened at a later moment; `urged`: whether it plays though the one
 * before was stopped by hand. After `urge` the next run plays.
 * @typedef {{type: "opened", begins: boolean, urged?: boolean, broken: boolean}
 *   | {type: "halt" | "drop" | "moved" | "end", broken: boolean}
 *   | {type: "play" | "grab" | "starve" | "feed" | "hold" | "heard" | "ask" | "answer" | "silence" | "urge"}} Event
 */

/** @type {(event: any) => Mode} */
const rest = (event) => (event.broken ? "diverged" : "paused");
/** @type {(event: any, state: State) => Mode} */
const stay = (event, state) => (event.broken ? "diverged" : state.mode);
/** @type {(event: any, state: State) => Mode} */
const open = (event, state) =>
  !event.broken && event.begins && (state.willing || event.urged) ? "playing" : rest(event);

/**
 * What each event leads to, by mode; any other leaves the mode as it is.
 * @type {Record<Mode, Partial<Record<Event["type"], Mode | ((event: any, state: State) => Mode)>>>}
 */
export const MODES = {
  loading: { opened: open },
  paused: { opened: open, moved: rest, play: "playing", grab: "scrubbing" },
  playing: { opened: open, moved: stay, halt: rest, end: rest, grab: "scrubbing", starve: "waiting", hold: "holding" },
  waiting: { opened: open, moved: stay, halt: rest, end: rest, grab: "scrubbing", feed: "playing", hold: "holding" },
  holding: { opened: open, halt: rest, grab: "scrubbing", heard: "playing" },
  scrubbing: { drop: rest },
  diverged: { opened: open, moved: rest, grab: "scrubbing" },
};

/** @type {Record<Line, Partial<Record<Event["type"], Line>>>} */
export const LINES = {
  idle: { ask: "asked" },
  asked: { answer: "idle", silence: "lost" },
  lost: { answer: "idle" },
};

/** @type {(willing: boolean) => State} */
export const begin = (willing) => ({ mode: "loading", line: "idle", willing });

/** @type {(state: State, event: Event) => State} */
export function next(state, event) {
  const to = MODES[state.mode][event.type] ?? state.mode;
  const mode = typeof to === "function" ? to(event, state) : to;
  const line = LINES[state.line][event.type] ?? state.line;
  return { mode, line, willing: wills(state, event, mode) };
}

/** @type {(state: State, event: Event, mode: Mode) => boolean} */
function wills(state, event, mode) {
  if (state.mode === "loading") return state.willing;
  if (event.type === "halt") return false;
  if (event.type === "urge") return true;
  return state.willing || (["play", "opened"].includes(event.type) && mode === "playing");
}

/** @type {(state: State) => boolean} */
export const isMoving = ({ mode }) => mode === "playing" || mode === "waiting" || mode === "holding";

/**
 * The state in one word, for those who look at it: a lost server counts for more than what is done meanwhile.
 * @type {(state: State) => Mode | "disconnected"}
 */
export const nameOf = ({ mode, line }) => (line === "lost" && mode !== "loading" ? "disconnected" : mode);
