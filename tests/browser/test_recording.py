"""The browser's copy of a run stays as small as the server's, however long it plays."""

from __future__ import annotations

import base64
import math

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Gate, Run, new_trainer
from playground.web.assets import modules_address
from playground.web.message import Question, encode
from playground.web.reply import reply
from tests.browser.harness import visit

SMALL = Experiment(Config(dataset="xor", n_samples=20, hidden_layer_sizes=(2,), batch_size=10))
TAKE = """async ([url, messages]) => {
  const { Recording, parseMessage } = await import(url);
  for (const text of messages) {
    const { header: { run: header }, floats } = parseMessage(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    window.copy ??= new Recording(header);
    if (!copy.append(floats, header.after)) throw new Error("a gap");
    copy.thin(header.dense, header.stride);
  }
  return { steps: copy.rows.map((row) => row[0]), last: copy.last, singles: copy.single.size };
}"""


def test_a_run_of_twenty_thousand_epochs_is_thinned_in_the_browser_as_on_the_server(page, server):
    visit(page, "/")
    full = new_trainer(SMALL)
    run = Run(lambda: mlp.Trainer(full.net, full.data, max_bytes=20_000), Gate())
    capacity, have = 2 * run.recording.dense_until, -1
    copy = {"steps": [], "last": -1}
    for k in range(50):
        messages = []
        for _ in range(4):
            question: Question = {"run": SMALL.name, "have": have, "want": 100}
            header, rows, have = reply(SMALL, run, question, seconds=math.inf)
            messages.append(base64.b64encode(encode({"run": header}, rows)).decode())
        copy = page.evaluate(TAKE, [f"{server.url}/{modules_address()}/stage/recording.js", messages])
        assert copy["last"] == have, f"after {4 * k + 4} answers"
        assert len(copy["steps"]) <= capacity + 110
    assert run.recording.epochs[-1] > 10_000
    assert run.recording.stride > 50
    assert copy["steps"] == run.recording.steps.tolist()
