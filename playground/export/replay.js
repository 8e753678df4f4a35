// The stage with no server behind it: it plays what lies in this file.
import { player } from "mlp/shared/player.js";
import { parseMessage } from "mlp/stage/recording.js";
import { show } from "mlp/stage/stage.js";

/** @import { Recording } from "mlp/stage/recording.js" */

const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const text = (id) => /** @type {string} */ (element(id).textContent);
const { header, floats } = parseMessage(
  Uint8Array.from(atob(text("recording").trim()), (letter) => letter.charCodeAt(0)),
);
header.page.plotly = URL.createObjectURL(new Blob([text("plotly")], { type: "text/javascript" }));

const nothing = new Float32Array(0);

// Whatever the stage asks for, all there is has been given; Play at the end begins again.
async function ask(question) {
  await null; // it is put in the middle of a frame
  const { last: after, lastEpoch } = /** @type {Recording} */ (player.run);
  if (question.want && player.moving) {
    player.goal = lastEpoch;
    player.place(0);
  }
  return { header: { run: { ...header.run, after } }, floats: nothing };
}

// Nor is there anybody to fulfil a wish.
function tell({ serial, moment }) {
  setTimeout(() => player.receive({ header: { page: { ...header.page, serial, moment } }, floats: nothing }), 0);
}

show(element("replay"), { header, floats }, { ask, tell });
player.byEpoch = true; // there are no steps between the recorded ones
document.querySelector("select[aria-label=Speed] option")?.remove(); // nor slow motion
