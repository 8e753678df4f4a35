// The stage with no server behind it: it plays what lies in this file.
import mount from "mlp/stage/stage.js";

const text = (id) => document.getElementById(id).textContent;
const bytes = Uint8Array.from(atob(text("recording").trim()), (letter) => letter.charCodeAt(0));
const length = new DataView(bytes.buffer).getUint32(0, true);
const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
header.plotly = URL.createObjectURL(new Blob([text("plotly")], { type: "text/javascript" }));

function message(head, rows) {
  const words = new TextEncoder().encode(JSON.stringify(head));
  const result = new Uint8Array(4 + words.length + rows.length);
  new DataView(result.buffer).setUint32(0, words.length, true);
  result.set(words, 4);
  result.set(rows, 4 + words.length);
  return result;
}

// Whatever the stage asks for, all there is has been sent; Play at the end begins again.
function answer(name, question) {
  const { player } = window.__stage;
  const nothing = { ...header, serial: question.serial ?? 0, after: player.run.last, singles: 0, moment: player.step };
  setTimeout(() => {
    tell(nothing, new Uint8Array(0));
    if (question.want && player.moving) {
      player.goal = player.run.lastEpoch;
      player.place(0);
    }
  }, 0);
}

function tell(head, rows) {
  mount({ data: message(head, rows), parentElement: document.getElementById("replay"), setTriggerValue: answer });
}

tell(header, bytes.subarray(4 + length));
window.__stage.player.byEpoch = true; // there are no steps between the recorded ones
document.querySelector("select[aria-label=Speed] option")?.remove(); // nor slow motion
