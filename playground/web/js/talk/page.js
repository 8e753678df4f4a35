// The page of a talk. Its runs lie in the page itself (a file), or come from the server, which records them first and
// says how far it is; from then on nothing is asked of anybody.
import { bytesOf } from "../shared/bytes.js";
import { h, tell } from "../shared/dom.js";
import { Follower } from "./follower.js";
import { Presenter } from "./presenter.js";
import { Line, serveAudience } from "./room.js";
import { unpack } from "./script.js";
import { channelOf, serveSpeaker, SPEAKER, SpeakersWindow } from "./speaker.js";

const AGAIN_MS = 1000;
const STILL_RECORDING = 202;
const FORGOTTEN = 410;
const place = /** @type {HTMLElement} */ (document.getElementById("talk"));

/** What tests and tools may look at. @type {any} */
const page = {};
Object.assign(window, { mlpTalk: page });

start();

// Whose page it is: the large screen's, the speaker's window or phone, or one of the audience.
async function start() {
  const bytes = embedded() ?? (await recorded());
  if (!bytes) return;
  const { talk, runs } = unpack(bytes);
  const { room, name } = document.body.dataset;
  const secret = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (room && secret) page.speaker = new SpeakersWindow(place, talk, (hear) => phoneOf(room, secret, hear));
  else if (room) page.follower = new Follower(place, talk, runs, room);
  else if (location.hash === SPEAKER) page.speaker = new SpeakersWindow(place, talk, channelOf);
  else {
    keep(talk.source);
    page.presenter = new Presenter(place, talk, runs);
    serveSpeaker(page.presenter);
    if (name) serveAudience(page.presenter, name);
  }
}

function phoneOf(/** @type {string} */ room, /** @type {string} */ secret, /** @type {(data: any) => void} */ hear) {
  const line = new Line(`../live/${room}/speak`, { first: () => ({ secret, remote: true }), hear });
  return (/** @type {any} */ data) => line.send(data);
}

function embedded() {
  const text = document.getElementById("told")?.textContent?.trim();
  return text ? bytesOf(text) : null;
}

// Ask until all is recorded. A server that was started anew is given the talk again.
async function recorded() {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Recorded" });
  const words = h(
    "p",
    { role: "status" },
    "The runs of this talk are being recorded, so that nothing is trained on stage.",
  );
  place.replaceChildren(h("main", { class: "waits" }, words, bar));
  const { told = "" } = document.body.dataset;
  for (;;) {
    const answer = await fetch(told).catch(() => null);
    if (answer?.status === 200) return new Uint8Array(await answer.arrayBuffer());
    if (answer?.status === STILL_RECORDING) bar.value = (await answer.json()).recorded;
    else if (answer?.status === FORGOTTEN && (await bringBack())) continue;
    else if (answer && answer.status !== 503) {
      const said = await answer.json().catch(() => null);
      words.textContent = said?.problem ?? `The server answers with ${answer.status}.`;
      bar.remove();
      return null;
    } else {
      tell(words, "The server does not answer at the moment; the talk begins as soon as it does.");
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

const key = `mlp talk ${location.pathname}`;

function keep(/** @type {string} */ source) {
  try {
    sessionStorage.setItem(key, source);
  } catch {
    // a browser may keep nothing
  }
}

// Once: or a server that takes it and forgets it would be asked for ever.
async function bringBack() {
  const source = kept();
  if (source === null) return false;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ source });
  const answer = await fetch(document.body.dataset.talks ?? "", { method: "POST", headers, body });
  sessionStorage.removeItem(key);
  return answer.ok;
}

function kept() {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
