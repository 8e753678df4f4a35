// The large screen: it walks through the talk by keys, keeps the scene in the address, and tells all who listen (the
// speaker's window, the audience) where it is.
import { h } from "../shared/dom.js";
import { actionOf, HELP } from "./keys.js";
import { View } from "./view.js";
import { Walk } from "./walk.js";

/** @import { Recording } from "../stage/recording.js" */
/** @import { Action } from "./keys.js" */
/** @import { Talk } from "./script.js" */

const FINE_AFTER_MS = 80; // a moment that stands this long is drawn on the finest grid
const IDLE_AFTER_MS = 2500; // and a pointer that rests this long goes
const TELL_EVERY_MS = 100; // while it plays, or the pointer moves
const POINTER_STEPS = 1000;

export class Presenter {
  /** @param {HTMLElement} place @param {Talk} talk @param {Recording[]} runs */
  constructor(place, talk, runs) {
    this.talk = talk;
    this.walk = new Walk(talk.scenes);
    this.walk.go(location.hash);
    this.view = new View(place, talk, runs);
    this.view.element.classList.add("stage-role");
    /** @type {Set<(told: any) => void>} */
    this.listeners = new Set();
    /** @type {HTMLElement | null} */
    this.over = null; // help or the invitation
    this.loop = 0;
    this.before = 0; // when the frame before was, while it plays
    this.toldAt = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.untold = undefined; // where the pointer moved to too soon after the last telling
    /** @type {number[] | null} */
    this.pointer = null; // where the speaker's is: the number of a panel, and the shares of its width and height
    this.started = startOf(talk);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rest = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.idle = undefined;
    /** @type {() => void} */
    this.openSpeaker = () => {};
    this.extra = /&room=[\w-]+&key=[\w-]+/.exec(location.hash)?.[0] ?? ""; // what else stands in the address
    /** @type {() => Promise<HTMLElement> | null} */
    this.invite = () => null; // where there is a server, it makes a room
    /** @type {{total: number[] | null, shown: boolean}} */
    this.votes = { total: null, shown: false };
    this.screen = new WakeLock();
    document.title = talk.title;
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("hashchange", () => this.do(() => this.walk.go(location.hash)));
    addEventListener("resize", () => this.wake());
    this.view.element.addEventListener("pointermove", (event) => this.point(event));
    this.view.element.addEventListener("click", () => this.over && this.close());
    this.write();
    this.wake();
  }

  // ---- keys --------------------------------------------------------------------------------------------------
  /** @param {KeyboardEvent} event */
  key(event) {
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    this.act(action);
  }

  /** @param {Action} action */
  act(action) {
    const { walk } = this;
    this.screen.hold();
    const hadOver = this.over !== null;
    if (hadOver) this.close();
    if (action.startsWith("big ")) return this.do(() => walk.enlarge(Number(action.slice(4))));
    if (action === "help") return hadOver ? undefined : this.open(help());
    if (action === "invite") return hadOver ? undefined : this.openInvitation();
    if (action === "full") return void toggleFullScreen();
    if (action === "speaker") return this.openSpeaker();
    if (action === "votes") return this.showVotes(!this.votes.shown);
    if (action === "next" || action === "back") this.begin();
    return this.do(
      {
        next: () => walk.next(),
        back: () => walk.back(),
        toggle: () => walk.toggle(),
        black: () => (walk.black = !walk.black),
        first: () => walk.stand(0, 0),
        last: () => walk.stand(Infinity, 0),
        leave: () => walk.leave(),
      }[action],
    );
  }

  // The clock begins with the first press.
  begin() {
    if (this.started) return;
    this.started = Date.now();
    keepStart(this.talk, this.started);
  }

  // Something has changed: it is drawn, written into the address, and told.
  do(/** @type {() => void} */ change) {
    const { scene } = this.walk;
    change();
    if (scene !== this.walk.scene) Object.assign(this.votes, { shown: false, total: null });
    this.view.votes = this.votes.shown ? this.votes.total : null;
    this.write();
    this.wake();
    this.tell();
  }

  showVotes(/** @type {boolean} */ shown) {
    this.do(() => (this.votes.shown = shown && this.votes.total !== null));
  }

  // Only votes that are new are told on: or the room and this screen would go on telling each other.
  takeVotes(/** @type {number[]} */ total) {
    if (String(total) !== String(this.votes.total)) this.do(() => (this.votes.total = total));
  }

  write() {
    const hash = this.walk.hash + this.extra;
    if (location.hash.slice(1) !== hash) history.replaceState(null, "", `#${hash}`);
  }

  // ---- time --------------------------------------------------------------------------------------------------
  wake() {
    this.loop ||= requestAnimationFrame((now) => this.frame(now));
  }

  frame(/** @type {number} */ now) {
    const { walk } = this;
    this.loop = 0;
    const moved = walk.tick(this.before ? (now - this.before) / 1000 : 0);
    this.before = walk.playing ? now : 0;
    this.view.draw(walk.moment, false);
    if (moved && (now - this.toldAt > TELL_EVERY_MS || !walk.playing)) this.tell(now);
    clearTimeout(this.rest);
    if (walk.playing) this.wake();
    else this.rest = setTimeout(() => this.view.draw(walk.moment, true), FINE_AFTER_MS);
  }

  tell(now = performance.now()) {
    this.toldAt = now;
    clearTimeout(this.untold);
    this.untold = undefined;
    const { started, pointer, votes } = this;
    const told = {
      ...this.walk.moment,
      started,
      pointer,
      votes: votes.shown ? votes.total : null,
      counted: votes.total,
    };
    for (const listener of this.listeners) listener(told);
  }

  // ---- around it ---------------------------------------------------------------------------------------------
  // A pointer that rests goes; while it moves, those who follow see it too, where the panels are.
  point(/** @type {PointerEvent} */ event) {
    this.view.element.classList.remove("idle");
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      this.view.element.classList.add("idle");
      this.pointer = null;
      this.tell();
    }, IDLE_AFTER_MS);
    const pointer = placeAmong(this.view.boxes, event.clientX, event.clientY);
    if (String(pointer) === String(this.pointer)) return;
    this.pointer = pointer;
    this.untold ??= setTimeout(() => this.tell(), TELL_EVERY_MS - (performance.now() - this.toldAt));
  }

  open(/** @type {HTMLElement} */ content) {
    this.over = h("div", { class: "over-all", role: "dialog" }, content);
    this.view.element.append(this.over);
  }

  close() {
    this.over?.remove();
    this.over = null;
  }

  async openInvitation() {
    const made = this.invite();
    if (!made)
      return this.open(h("p", {}, "An audience can follow where this talk plays from a server, not from a file."));
    const waiting = h("p", {}, "A room is being made …");
    this.open(waiting);
    const content = await made.catch((error) => h("p", {}, String(error.message)));
    if (waiting.isConnected) waiting.replaceWith(content);
    return undefined;
  }
}

// In which of the boxes a place of the window is, and where in it; null for none.
function placeAmong(/** @type {HTMLElement[]} */ boxes, /** @type {number} */ left, /** @type {number} */ top) {
  const share = (value, from, size) => Math.round((POINTER_STEPS * (value - from)) / Math.max(1, size)) / POINTER_STEPS;
  for (const [k, box] of boxes.entries()) {
    const { left: x0, top: y0, width, height } = box.getBoundingClientRect();
    const [x, y] = [share(left, x0, width), share(top, y0, height)];
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) return [k, x, y];
  }
  return null;
}

function help() {
  const rows = HELP.flatMap(([keys, what]) => [h("dt", {}, keys), h("dd", {}, what)]);
  return h("div", {}, h("h2", {}, "Keys"), h("dl", {}, ...rows));
}

async function toggleFullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen?.().catch(() => undefined); // a browser may refuse
}

// The screen stays on for as long as the page is seen; a browser takes it back when the page is left.
class WakeLock {
  constructor() {
    this.held = false;
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hold());
  }

  async hold() {
    if (this.held || !("wakeLock" in navigator)) return;
    this.held = true;
    const lock = await navigator.wakeLock.request("screen").catch(() => null);
    this.held = lock !== null;
    lock?.addEventListener("release", () => (this.held = false));
  }
}

// When the talk began, which a reload does not forget.
const nameOf = (/** @type {Talk} */ talk) => `talk began ${talk.title}`;

function startOf(/** @type {Talk} */ talk) {
  try {
    return Number(sessionStorage.getItem(nameOf(talk))) || 0;
  } catch {
    return 0; // a browser may keep nothing
  }
}

function keepStart(/** @type {Talk} */ talk, /** @type {number} */ at) {
  try {
    sessionStorage.setItem(nameOf(talk), String(at));
  } catch {
    // then the clock begins again with a reload
  }
}

// A line that says where the talk stands, for the speaker.
export function placeInWords(/** @type {Talk} */ talk, { scene, stop }) {
  const { stops } = talk.scenes[scene];
  return `Scene ${scene + 1} of ${talk.scenes.length}${stops.length > 1 ? `, press ${stop + 1} of ${stops.length}` : ""}`;
}

// What the next press brings, in words.
export function nextInWords(/** @type {Talk} */ talk, { scene, stop }) {
  const { stops } = talk.scenes[scene];
  const next = stops[stop + 1];
  if (!next) return talk.scenes[scene + 1] ? `Next scene: ${talk.scenes[scene + 1].heading}` : "This is the end.";
  const parts = [];
  if (next.play) {
    const { what, end, seconds } = next.play;
    parts.push(
      what === "film" ? `goes to layer ${end} in ${seconds} s` : `plays to epoch ${Math.round(end)} in ${seconds} s`,
    );
  }
  if (next.answer && !stops[stop].answer) parts.push("marks the right answer");
  if (next.say !== stops[stop].say) parts.push(`says “${next.say}”`);
  const shown = next.show.filter((panel) => !stops[stop].show.includes(panel));
  if (shown.length) parts.push(`shows ${shown.join(" and ")}`);
  if (next.points.length)
    parts.push(`points at ${next.points.map(({ kind, at }) => `${kind} ${at.join(".")}`).join(", ")}`);
  return `Next press: ${parts.join(", ") || "the same"}`;
}
