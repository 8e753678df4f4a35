// What a tab keeps of a session, and when it tells the next one.
import assert from "node:assert/strict";
import { test } from "node:test";

import { leave } from "../../playground/web/js/way_back/way_back.js";

const box = (kept = null) => ({
  kept,
  getItem() {
    return this.kept;
  },
  setItem(_, text) {
    this.kept = text;
  },
});
const said = (name, text, asks = true) => ({ name, text, asks });

test("a tab keeps what its session says, and tells the next one before that writes anything", () => {
  const storage = box();
  const at = () => storage;
  assert.equal(leave(said("one", "a"), at), null);
  assert.equal(leave(said("one", "b\nc"), at), null, "a session is not told of itself");
  assert.equal(leave(said("two", "d"), at), "b\nc");
  assert.equal(leave(said("two", "d"), at), "b\nc", "again, until it has heard");
  assert.equal(leave(said("two", "e", false), at), null);
  assert.equal(storage.kept, "two\ne");
});

test("a session that must not be told forgets what was before it", () => {
  const storage = box("one\na");
  assert.equal(
    leave(said("two", "", false), () => storage),
    null,
  );
  assert.equal(
    leave(said("three", "x"), () => storage),
    null,
  );
});

test("a browser that keeps nothing, or something else, does no harm", () => {
  const refuses = () => {
    throw new Error("SecurityError");
  };
  assert.equal(leave(said("one", "a"), refuses), null);
  for (const odd of ["", "nonsense", "\n"])
    assert.equal(
      leave(said("one", "a"), () => box(odd)),
      null,
    );
});
