// A question to the server: it goes out as JSON, and the answer comes as the bytes of a message (web/route.py).
import { parseMessage } from "./recording.js";

/** @import { Answer, Question } from "./types.d.ts" */

const UNKNOWN = 410;

/**
 * The answer; null where the server does not know the run. Rejects where there is no answer to be had at present.
 * @param {string} address from the folder of this module, or whole
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<Answer | null>}
 */
export async function ask(address, question, signal) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify(question);
  const answer = await fetch(new URL(address, import.meta.url), { method: "POST", headers, body, signal });
  if (answer.status === UNKNOWN) return null;
  if (!answer.ok) throw new Error(`The server answers a question with ${answer.status}.`);
  return parseMessage(new Uint8Array(await answer.arrayBuffer()));
}
