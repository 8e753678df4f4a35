// Whoever wears the theme is told when it changes, by one timer for all.
import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { font, grown, observeTheme } from "../../playground/web/js/shared/theme.js";

let background = "#ffffff";
let fontSize = "16px"; // of the root
const heard = {};
Object.assign(globalThis, {
  document: { documentElement: {} },
  addEventListener: (name, hear) => (heard[name] = hear),
  removeEventListener: (name) => delete heard[name],
});
globalThis.getComputedStyle = () => ({
  fontSize,
  getPropertyValue: (name) => (name === "--st-background-color" ? background : " Inter "),
});

function element(isConnected = true) {
  const worn = {};
  return { isConnected, worn, style: { setProperty: (name, value) => (worn[name] = value) } };
}

test("a changed theme is told within half a second, once, to all who are on the page", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const told = [];
  const [first, second, away] = [element(), element(), element(false)];
  const watches = [first, second, away].map((each, k) =>
    observeTheme(each, (theme) => told.push([k, theme.dark, theme.font])),
  );
  assert.deepEqual(told.splice(0), [
    [0, false, "Inter"],
    [1, false, "Inter"],
  ]);
  mock.timers.tick(5000);
  assert.deepEqual(told, [], "nothing has changed");
  background = "rgb(10, 20, 30)";
  mock.timers.tick(500);
  assert.deepEqual(told.splice(0), [
    [0, true, "Inter"],
    [1, true, "Inter"],
  ]);
  assert.equal(first.style.colorScheme, "dark");
  assert.ok(first.worn["--text"] && first.worn["--text"] === second.worn["--text"]);
  away.isConnected = true;
  watches[2].check();
  assert.deepEqual(told.splice(0), [[2, true, "Inter"]]);
  watches[0].setLook({ projector: true, zoom: 1.3 });
  assert.deepEqual([told.splice(0), first.worn["--text"]], [[[0, true, "Inter"]], "#ffffff"]);
  watches.forEach((watch) => watch.stop());
  background = "#ffffff";
  mock.timers.tick(5000);
  assert.deepEqual(told, [], "whoever has left the page is told nothing");
  mock.timers.reset();
});

test("whatever is drawn is as many times as large as the root's type, and follows the window at once", () => {
  const told = [];
  const worn = element();
  const watch = observeTheme(worn, (theme) =>
    told.push([theme.zoom, font(theme, "tick", "600"), grown({ l: 40, r: 8 }, theme)]),
  );
  assert.deepEqual(told.splice(0), [[1, "600 11px Inter", { l: 40, r: 8 }]]);
  fontSize = "24px";
  heard.resize();
  assert.deepEqual(told.splice(0), [[1.5, "600 16.5px Inter", { l: 60, r: 12 }]]);
  watch.setLook({ projector: true, zoom: 1.3 });
  assert.equal(told.splice(0)[0][0], 1.3, "a talk has a size of its own");
  watch.stop();
  assert.equal(heard.resize, undefined);
  fontSize = "16px";
});
