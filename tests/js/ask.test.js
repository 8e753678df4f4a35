// A question on its way to the server, which is a fetch of the test's own.
import assert from "node:assert/strict";
import test, { afterEach } from "node:test";

import { ask } from "../../playground/web/js/stage/ask.js";

const { fetch: real } = globalThis;
afterEach(() => (globalThis.fetch = real));

const QUESTION = { run: "r", have: 3, want: 2 };
const { signal } = new AbortController();

function message(header, numbers) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4 * numbers.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(new Uint8Array(Float32Array.from(numbers).buffer), 4 + text.length);
  return bytes;
}

test("a question is posted as JSON to an address from the module's own folder, and can be hung up", async () => {
  const asked = [];
  globalThis.fetch = async (...what) => {
    asked.push(what);
    return new Response(message({ run: { run: "r", width: 3 } }, [1, 2, 3]));
  };
  const { header, floats } = await ask("../../../../ask", QUESTION, signal);
  assert.deepEqual([header.run.width, [...floats]], [3, [1, 2, 3]]);
  const [[url, { method, headers, body, signal: same }]] = asked;
  const folder = new URL("../../playground/web/js/stage/", import.meta.url);
  assert.equal(url.href, new URL("../../../../ask", folder).href);
  assert.deepEqual([method, headers, JSON.parse(body)], ["POST", { "Content-Type": "application/json" }, QUESTION]);
  assert.equal(same, signal);
});

test("a server that does not know the run gives no answer, and any other refusal is an error", async () => {
  globalThis.fetch = async () => new Response('{"problem": "unknown run"}', { status: 410 });
  assert.equal(await ask("ask", QUESTION, signal), null);
  for (const status of [400, 404, 413, 500, 502, 503]) {
    globalThis.fetch = async () => new Response("no", { status });
    await assert.rejects(ask("ask", QUESTION, signal), new RegExp(`${status}`));
  }
});

test("an answer that is none is an error and no picture", async () => {
  for (const bytes of [new Uint8Array(0), new TextEncoder().encode("<!doctype html><title>A proxy</title>")]) {
    globalThis.fetch = async () => new Response(bytes);
    await assert.rejects(ask("ask", QUESTION, signal));
  }
});
