"""Everything that a run can be taken along as: one entry an exporter, in one table.

The page, the command line and the tests loop over `EXPORTERS`. An exporter is a function of a `Subject` (experiment,
run, moment) to the bytes of a file; what it cannot express it says in a sentence, as a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.export.archive import archive
from playground.export.experiment_file import experiment_json
from playground.export.gif import gif
from playground.export.keras_script import keras_script
from playground.export.numpy_script import numpy_script
from playground.export.onnx_model import onnx_model
from playground.export.pytorch_script import pytorch_script
from playground.export.replay import replay_html
from playground.export.sklearn_script import sklearn_script
from playground.export.subject import Subject
from playground.export.tables import data_csv, history_csv
from playground.export.transcript import Transcript
from playground.export.weights import npz, safetensors, state_dict


@dataclass(frozen=True)
class Exporter:
    """One entry of EXPORTERS."""

    name: str
    label: str
    help: str
    group: str
    suffix: str
    mime: str
    write: Callable[[Subject], bytes]
    picture: str
    """On its card; one of PICTURES in web/js/take/pictures.js."""
    needs: str = ""
    """An optional package that has to be there."""

    def filename(self, subject: Subject) -> str:
        """What the file is called."""
        return subject.stem + self.suffix


def _script(write: Callable[[Transcript], str]) -> Callable[[Subject], bytes]:
    return lambda subject: write(subject.transcript).encode()


EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "numpy", "NumPy", "The formulas themselves, and nothing but NumPy.",
            "code", "-numpy.py", "text/x-python", _script(numpy_script), "code",
        ),
        Exporter(
            "pytorch", "PyTorch", "The same network in the framework most research is written in.",
            "code", "-pytorch.py", "text/x-python", _script(pytorch_script), "code",
        ),
        Exporter(
            "sklearn", "scikit-learn", "With its ready-made estimators, where they can express the network.",
            "code", "-sklearn.py", "text/x-python", _script(sklearn_script), "code",
        ),
        Exporter(
            "keras", "Keras", "In Keras 3, on TensorFlow or PyTorch.",
            "code", "-keras.py", "text/x-python", _script(keras_script), "code",
        ),
        Exporter(
            "experiment", "Experiment (JSON)", "All that makes the run, to open here again or to read.",
            "file", ".json", "application/json", experiment_json, "braces",
        ),
        Exporter(
            "npz", "Weights (.npz)", "The network's numbers at this moment, for NumPy.",
            "file", ".npz", "application/octet-stream", npz, "weights",
        ),
        Exporter(
            "safetensors", "Weights (.safetensors)", "Its numbers for JAX and most others, and how to build it.",
            "file", ".safetensors", "application/octet-stream", safetensors, "weights",
        ),
        Exporter(
            "state_dict", "PyTorch state (.safetensors)", "Its numbers under PyTorch's own names, for load_state_dict.",
            "file", "-state-dict.safetensors", "application/octet-stream", state_dict, "weights",
        ),
        Exporter(
            "onnx", "Model (ONNX)", "From raw rows to answers, for phones, browsers and other languages.",
            "file", ".onnx", "application/octet-stream", onnx_model, "network", needs="onnx",
        ),
        Exporter(
            "replay", "Replay (HTML)", "The stage and this recording in one file that plays offline, with no server.",
            "film", "-replay.html", "text/html", replay_html, "play",
        ),
        Exporter(
            "gif", "Film (GIF)", "The decision surface from noise to this moment, for slides.",
            "film", ".gif", "image/gif", gif, "film", needs="PIL",
        ),
        Exporter(
            "history", "History (CSV)", "Losses, scores and gradient norms at every recorded moment.",
            "file", "-history.csv", "text/csv", history_csv, "curve",
        ),
        Exporter(
            "data", "Data (CSV)", "The points, one a row.",
            "file", "-data.csv", "text/csv", data_csv, "points",
        ),
    )
}  # fmt: skip


def _everything(subject: Subject) -> bytes:
    rest = (exporter for exporter in EXPORTERS.values() if exporter.name != "zip")
    return archive(subject, ((e.help, e.filename(subject), e.write) for e in rest))


EXPORTERS["zip"] = Exporter(
    "zip", "Everything (.zip)",
    "All files in one, with a word on what this run cannot be written as. Not the pictures: your browser draws them.",
    "file", ".zip", "application/zip", _everything, "box",
)  # fmt: skip


def exporter_of(name: str) -> Exporter:
    """The exporter of a name; ValueError, in a sentence, if there is none."""
    if name not in EXPORTERS:
        raise ValueError(f"There is no export “{name[:40]}”; there are {', '.join(EXPORTERS)}.")
    return EXPORTERS[name]


__all__ = ["EXPORTERS", "Exporter", "Subject", "exporter_of"]
