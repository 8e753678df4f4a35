// The browser's history on the way from page to page, as Streamlit's client writes it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { oneEntryForAPage } from "../../playground/web/js/shared/entries.js";

function browser(address) {
  const at = Object.assign(new EventTarget(), { location: new URL(address, "http://here"), entries: [address] });
  const go = (to) => (at.location = Object.assign(at.location, { href: new URL(to, at.location.href).href }));
  at.history = {
    pushState: (_, __, to) => (at.entries.push(to), go(to)),
    replaceState: (_, __, to) => (at.entries.splice(-1, 1, to), go(to)),
  };
  oneEntryForAPage(at);
  oneEntryForAPage(at); // the second module that asks for it changes nothing
  return at;
}
const act = (at, deed = "click") => at.dispatchEvent(new Event(deed));
const write = (at, ...addresses) => addresses.forEach((to) => at.history.pushState({}, "", to));

test("the way to a page without a stage is one entry, whatever Streamlit writes on it", () => {
  const at = browser("/?dataset=moons&step=500");
  act(at);
  write(at, "/?dataset=moons", "/data?dataset=moons");
  assert.deepEqual(at.entries, ["/?dataset=moons&step=500", "/data?dataset=moons"]);
  act(at);
  write(at, "/data?dataset=moons&compare=", "/compare?dataset=moons&compare=");
  act(at);
  write(at, "/compare?dataset=moons", "/atlas?dataset=moons", "/atlas?dataset=moons&atlas=lr");
  act(at);
  write(at, "/health");
  assert.deepEqual(at.entries.slice(2), [
    "/compare?dataset=moons&compare=",
    "/atlas?dataset=moons&atlas=lr",
    "/health",
  ]);
});

test("on a link to another page all that is written on the way there is one entry, in whatever order it comes", () => {
  const at = browser("/compare");
  const click = new Event("click");
  Object.defineProperty(click, "target", { value: { closest: () => ({ href: "http://here/atlas" }) } });
  at.dispatchEvent(click);
  write(at, "/compare?dataset=moons", "/compare?dataset=moons&atlas=lr", "/atlas?dataset=moons&atlas=lr");
  assert.deepEqual(at.entries, ["/compare", "/atlas?dataset=moons&atlas=lr"]);
});

test("each action has an entry of its own, on a page and from page to page", () => {
  const at = browser("/");
  for (const to of ["/?lr=0.1", "/?lr=0.2"]) {
    act(at, "keydown");
    write(at, to);
  }
  act(at, "pointerdown");
  write(at, "/inside");
  act(at);
  write(at, "/inside?lr=0.3");
  assert.deepEqual(at.entries, ["/", "/?lr=0.1", "/?lr=0.2", "/inside", "/inside?lr=0.3"]);
});

test("a change that comes late keeps its entry when its user has gone on to another page", () => {
  const at = browser("/");
  act(at);
  act(at);
  write(at, "/?lr=0.1", "/health");
  assert.deepEqual(at.entries, ["/", "/?lr=0.1", "/health"]);
});
