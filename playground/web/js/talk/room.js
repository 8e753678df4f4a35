// The way to an audience: a socket that comes back by itself, the speaker's side of a room, and the invitation.
import { h } from "../shared/dom.js";

/** @import { Presenter } from "./presenter.js" */

const AGAIN_MS = 1000;
const LONGEST_AGAIN_MS = 15_000;
const FOR_GOOD = [4403, 4410]; // the room is closed, or the secret is wrong

// A socket at an address beside this page's; whoever listens is told in words when it is lost and when it is back.
export class Line {
  /** @param {string} address @param {{hear: (told: any) => void, first?: any, state?: (state: string) => void}} options */
  constructor(address, { hear, first = null, state = () => {} }) {
    this.address = new URL(address, location.href);
    this.address.protocol = this.address.protocol.replace("http", "ws");
    this.address.hash = "";
    this.hear = hear;
    this.first = first;
    this.state = state;
    this.wait = AGAIN_MS;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.connect();
  }

  connect() {
    const socket = (this.socket = new WebSocket(this.address));
    socket.onopen = () => {
      this.wait = AGAIN_MS;
      if (this.first) socket.send(JSON.stringify(this.first()));
      this.state("open");
    };
    socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (FOR_GOOD.includes(code)) return this.state("closed");
      this.state("lost");
      setTimeout(() => this.connect(), this.wait * (0.5 + Math.random()));
      this.wait = Math.min(LONGEST_AGAIN_MS, 2 * this.wait);
      return undefined;
    };
  }

  send(/** @type {any} */ told) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(told));
  }
}

// On the large screen: make a room when the speaker invites, and tell it every moment. Who reloads the page, or opens
// it on another machine with the whole address, has the room again.
export function serveAudience(/** @type {Presenter} */ presenter, /** @type {string} */ talk) {
  /** @type {{room: string, secret: string} | null} */
  let made = null;
  /** @type {Line | null} */
  let line = null;
  let viewers = 0;
  const found = /(?:^|[#&])room=([\w-]+)&key=([\w-]+)/.exec(location.hash);
  const open = ({ room, secret }) => {
    made = { room, secret };
    presenter.extra = `&room=${room}&key=${secret}`;
    presenter.write();
    line = new Line(`../live/${room}/speak`, {
      first: () => ({ secret, remote: false }),
      hear(told) {
        if (told.action) return presenter.act(told.action);
        viewers = told.viewers;
        for (const place of document.querySelectorAll(".viewers")) place.textContent = inWords(viewers);
        return presenter.takeVotes(told.counted);
      },
      state: (state) => state === "open" && presenter.tell(),
    });
    presenter.listeners.add((told) => line?.send(told));
  };
  if (found) open({ room: found[1], secret: found[2] });
  presenter.invite = async () => {
    if (!made) {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch("../live", { method: "POST", headers, body: JSON.stringify({ talk }) });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.problem);
      open(said);
    }
    const { room, secret } = /** @type {{room: string, secret: string}} */ (made);
    return invitation(new URL(`../live/${room}`, location.href), secret, viewers);
  };
}

const inWords = (n) => (n === 1 ? "1 phone follows." : `${n} phones follow.`);

function invitation(/** @type {URL} */ address, /** @type {string} */ secret, /** @type {number} */ viewers) {
  const { href } = Object.assign(address, { hash: "", search: "" });
  const code = h("img", {
    src: `${href}/code?address=${encodeURIComponent(href)}`,
    alt: "QR code of the audience's page",
  });
  code.addEventListener("error", () => code.remove()); // where no QR codes can be drawn, the address must do
  return h(
    "div",
    { class: "invite" },
    code,
    h(
      "div",
      {},
      h("h2", {}, "Follow on your phone"),
      h("p", {}, h("b", {}, href.replace(/^https?:\/\//, ""))),
      h("p", { class: "viewers" }, inWords(viewers)),
      h(
        "details",
        {},
        h("summary", {}, "For the speaker alone"),
        h(
          "p",
          {},
          "Notes and a remote on your own phone: ",
          h("a", { href: `${href}#key=${secret}`, target: "_blank" }, "this link"),
          ".",
        ),
      ),
    ),
  );
}
