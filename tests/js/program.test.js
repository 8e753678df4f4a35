// The names of a program are found as whole names, in code and not in comments or words.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { pieces, told } = await import("../../playground/web/js/program/program.js");
const WORDS = {
  W1: { meaning: "the weights into layer 1", idea: "Sums of layer 1", term: "Weight", explained: "A number." },
};
const TEXT = `# W1 before\nW1 = np.array([[1e-05, -2.5]])\ndef new_W1(W1):\n    return W1 * 2\nprint("W1", W1)\n`;

test("nothing of the text is lost", () => {
  assert.equal(
    pieces(TEXT, WORDS)
      .map((piece) => piece.text)
      .join(""),
    TEXT,
  );
});

test("a name is linked where it stands by itself, and not in a comment, a text or a longer name", () => {
  const found = pieces(TEXT, WORDS);
  assert.equal(found.filter((piece) => piece.kind === "word").length, 4);
  assert.ok(found.filter((piece) => piece.kind === "word").every((piece) => piece.text === "W1"));
  assert.deepEqual(
    found.filter((piece) => piece.kind === "aside").map((piece) => piece.text),
    ["# W1 before", '"W1"'],
  );
  assert.deepEqual(
    found.filter((piece) => piece.kind === "keyword").map((piece) => piece.text),
    ["def", "return"],
  );
});

test("a name says what it is, and what the glossary says of it", () => {
  assert.equal(told("W1", WORDS.W1), "W1: the weights into layer 1. Weight: A number.");
  assert.equal(told("y", { meaning: "the right answers", idea: "", term: "", explained: "" }), "y: the right answers.");
});
