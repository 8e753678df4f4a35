// The rows of small pictures.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { arrange } = await import("../../playground/web/js/portraits/portraits.js");

// A row as a page has it: what is appended again moves to the end and loses the focus.
function rowOf(children, focused = null) {
  const row = { children, focused, moves: 0, querySelector: () => row.focused };
  row.append = (...elements) => {
    row.moves += 1;
    row.focused = null;
    row.children = [...row.children.filter((child) => !elements.includes(child)), ...elements];
  };
  return row;
}

test("rows stand in the order that came in last, and the button that has the focus keeps it", () => {
  const [base, first, second] = ["base", "first", "second"].map((name) => ({ name }));
  const told = [];
  const button = { focus: (options) => told.push(options) };
  const row = rowOf([base, first, second], button);
  arrange(row, [base, second, first]);
  assert.deepEqual(row.children, [base, second, first]);
  assert.deepEqual(told, [{ preventScroll: true }]);
  arrange(rowOf([first, base]), [base, first]); // without a focus to keep
});

test("rows that stand in their order are left alone", () => {
  const row = rowOf([{}, {}]);
  arrange(row, [...row.children]);
  assert.equal(row.moves, 0);
});
