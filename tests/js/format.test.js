// Numbers are written alike in Python and in the browser: one table of cases for both.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { percent, say, short, steady } from "../../playground/web/js/shared/format.js";

const cases = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url), "utf8"));
const number = (x) => (typeof x === "string" ? { nan: NaN, inf: Infinity, "-inf": -Infinity }[x] : x);

for (const [name, write] of Object.entries({ say, percent }))
  for (const [x, text] of cases[name])
    test(`${name} writes ${x} as ${text}`, () => assert.equal(write(number(x)), text));

test("a read-out keeps its places", () => {
  const found = [0, 0.5, -1.25, 123.456, 0.00042, -0.00042, 123456, NaN].map(steady);
  assert.deepEqual(found, ["0.000", "0.500", "−1.250", "123.5", "4.2×10⁻⁴", "−4.2×10⁻⁴", "1.2×10⁵", "–"]);
});

test("a small box holds few letters", () => {
  const found = [0, 0.256, -0.001, -3.14159, 250.4, 12345, -5e-12].map(short);
  assert.deepEqual(found, ["0.00", "0.26", "−1e−3", "−3.14", "250", "1e4", "−5e−12"]);
});
