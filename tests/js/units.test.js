// Numbers in the units of the data: round ticks, and texts that tell points apart.
import assert from "node:assert/strict";
import test from "node:test";

const { reading, roundTicks, unscaled } = await import("../../playground/web/js/stage/units.js");

const TICKS = /** @type {[number[], string[]][]} */ ([
  [
    [-1.08, 1.08],
    ["−1", "−0.5", "0", "0.5", "1"],
  ],
  [
    [34.8, 175.2],
    ["50", "100", "150"],
  ],
  [
    [0.52, 31.9],
    ["10", "20", "30"],
  ],
  [
    [1988.3, 2023.1],
    ["1990", "2000", "2010", "2020"],
  ],
  [
    [-3e4, 1.31e6],
    ["0", "500000", "1000000"],
  ],
  [
    [-1e9, 8e9],
    ["0", "2×10⁹", "4×10⁹", "6×10⁹", "8×10⁹"],
  ],
  [
    [1.6e12, 1.7e12],
    ["1.6×10¹²", "1.65×10¹²", "1.7×10¹²"],
  ],
  [
    [-1e-5, 3.1e-5],
    ["−1×10⁻⁵", "0", "1×10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"],
  ],
]);

for (const [ends, texts] of TICKS)
  test(`from ${ends[0]} to ${ends[1]} the ticks are ${texts.join(", ")}`, () => {
    assert.deepEqual(roundTicks(ends).ticktext, texts);
  });

// What a text says, as a number.
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const numberOf = (text) => {
  const [, mantissa, power] = /** @type {string[]} */ (/^([^×]*)(?:×10(.*))?$/.exec(text.replaceAll("−", "-")));
  const raised = [...(power ?? "0")]
    .map((c) => (RAISED.includes(c) ? RAISED.indexOf(c) : c.replace("⁻", "-")))
    .join("");
  return Number(`${mantissa}e${raised}`);
};

test("of any data there are two to seven ticks, all within, that lie where their texts say", () => {
  for (let power = -12; power <= 14; power++)
    for (const size of [1, 1.7, 3.3, 6.5, 9.9])
      for (const off of [0, 0.4, -3, 12, 1234]) {
        const [low, high] = [off - 1.08, off + 1.08].map((x) => x * size * 10 ** power);
        const { tickvals, ticktext } = roundTicks([low, high]);
        assert.ok(tickvals.length >= 1 && tickvals.length <= 7, `${low} ${high}: ${ticktext}`);
        tickvals.forEach((value, k) => {
          assert.ok(value >= low - 1e-9 * Math.abs(low) && value <= high + 1e-9 * Math.abs(high));
          assert.ok(Math.abs(numberOf(ticktext[k]) - value) <= 1e-6 * (high - low), `${value}: ${ticktext[k]}`);
        });
      }
});

test("a number of the table is read as it stands there, and so is a place between", () => {
  const height = { middle: 105, size: 65 };
  const read = reading([-1.08, 1.08].map((x) => unscaled(x, height)));
  for (const cm of [40, 83.75, 119.9, 170]) {
    const sent = Number(((cm - 105) / 65).toFixed(6)); // as the server tells it
    assert.equal(read(unscaled(sent, height)), String(cm));
  }
  assert.equal(reading([-1, 1])(-0.82991), "−0.83");
  assert.equal(reading([-1, 1])(-0.00004), "0");
  assert.equal(reading([1.6e12, 1.7e12])(1.6543218e12), "1.65432×10¹²");
  assert.equal(reading([0, 1])(NaN), "–");
  assert.equal(reading([0, 1])(Infinity), "∞");
  assert.equal(reading([0, 1])(1e300), "1×10³⁰⁰");
});
