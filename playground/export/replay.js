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
header.plotly = URL.createObjectURL(new Blob([text("plotly")], { type: "text/javascript" }));

// Whatever the stage asks for, all there is has been given; Play at the end begins again.
function send(question) {
  setTimeout(() => {
    const { last: after, lastEpoch } = /** @type {Recording} */ (player.run);
    player.receive({
      header: { ...header, serial: question.serial, after, singles: 0, moment: player.step },
      floats: new Float32Array(0),
    });
    if (question.want && player.moving) {
      player.goal = lastEpoch;
      player.place(0);
    }
  }, 0);
}

show(element("replay"), { header, floats }, { send });
player.byEpoch = true; // there are no steps between the recorded ones
document.querySelector("select[aria-label=Speed] option")?.remove(); // nor slow motion
