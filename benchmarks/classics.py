"""The two classics in their own code, the engine, Keras on TensorFlow and PyTorch: `python -m benchmarks.classics`.

What is run is the code in docs/classics.md itself, each piece in a process of its own, on one thread, in turns.
Times are processor time, without imports. Keras runs in .venv/tensorflow, which `make check` installs.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import statistics
import subprocess
import sys
import time
from itertools import pairwise, product
from pathlib import Path

import mlp
from playground.export import side_by_side

ROOT = Path(__file__).parents[1]
TENSORFLOW = Path(sys.prefix) / "tensorflow/bin/python"
SEEDS = 3
CLASSES = (mlp.TutorialMLP, mlp.DemoMLP)
WAYS = {
    "classic": "its own code",
    "engine": "the engine",
    "keras": "Keras 3 on TensorFlow",
    "pytorch": "PyTorch",
}
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "KERAS_BACKEND": "tensorflow",
}
RUN = """
import contextlib, io, json, re, sys, time
data, code = json.load(sys.stdin)
for line in re.findall(r"^import \\w+$", code, re.MULTILINE):
    exec(line)
scope = {}
exec(data, scope)
start = time.process_time()
with contextlib.redirect_stdout(io.StringIO()):
    exec(code, scope)
print(json.dumps([time.process_time() - start, float(scope["error"])]))
"""


def pieces() -> list[dict[str, str]]:
    """The code of docs/classics.md: for each of the two classics {"data": ..., "classic": ..., "engine": ...}."""
    return [side_by_side.pieces(section) for section in side_by_side.sections()]


def run(way: str, data: str, code: str) -> tuple[float, float]:
    """Seconds of processor time and the test error."""
    python = TENSORFLOW if way == "keras" else sys.executable
    done = subprocess.run(
        [python, "-c", RUN],
        input=json.dumps([data, code]), cwd=ROOT, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    seconds, error = json.loads(done.stdout.splitlines()[-1])
    return seconds, error


def lines(source: str) -> int:
    """Lines of code: neither empty, nor a comment, nor a docstring."""
    silent = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    rows = enumerate(source.splitlines(), start=1)
    return sum(1 for number, row in rows if number not in silent and row.strip() and not row.strip().startswith("#"))


def compare(rounds: int) -> None:
    """Print a table for each classic."""
    for piece, own in zip(pieces(), CLASSES, strict=True):
        results: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _, way in product(range(rounds), WAYS):
            results[way].append(run(way, piece["data"], piece[way]))
        print("\n| in | lines | time | test error |\n|---|---|---|---|")
        for way, label in WAYS.items():
            n = lines(piece[way])
            length = f"{lines(inspect.getsource(own))}, and {n} to use it" if way == "classic" else f"{n}"
            seconds = statistics.median(seconds for seconds, _ in results[way])
            print(f"| {label} | {length} | {seconds:.2g} s | {results[way][-1][1]:.6g} |", flush=True)


def learned(layers: list[int], n: int, epochs: int) -> tuple[float, float]:
    """Train the demo's network by the engine, rate 1, one of `n` pairs at a time: (seconds, test error), medians."""
    results = []
    for seed in range(SEEDS):
        full = mlp.make_dataset("sum", n_samples=2000, test_fraction=0.5, seed=seed)
        data = mlp.Dataset(full.x_train[:n], full.y_train[:n], full.x_test, full.y_test, "regression")
        net = mlp.DemoMLP(2, layers, 1, seed=seed).to_mlp()
        trainer = mlp.Trainer(net, data, mlp.SGD(learning_rate=1.0 / 2), batch_size=1, seed=seed)
        start = time.process_time()
        trainer.run(epochs, every=epochs)
        results.append((time.process_time() - start, net.loss_value(data.x_test, data.y_test)))
    seconds, errors = zip(*results, strict=True)
    return statistics.median(seconds), statistics.median(errors)


def promises() -> None:
    """Print what hidden layers, time and data do to the error of the sum, and how well the same class classifies."""
    print("\n| hidden layers | parameters | time | test error |\n|---|---|---|---|")
    for layers in ([], [1], [2], [5], [20], [5, 5], [20, 20], [5, 5, 5], [5, 5, 5, 5]):
        n_weights = sum(a * b for a, b in pairwise([2, *layers, 1]))
        seconds, error = learned(layers, n=1000, epochs=100)
        print(f"| {layers or 'none'} | {n_weights} | {seconds:.2g} s | {error:.1e} |", flush=True)
    print("\n| pairs | epochs | time | test error |\n|---|---|---|---|")
    for n, epochs in ((10, 100), (100, 100), (1000, 1), (1000, 10), (1000, 100), (1000, 1000)):
        seconds, error = learned([5], n, epochs)
        print(f"| {n:,} | {epochs:,} | {seconds:.2g} s | {error:.1e} |", flush=True)
    data = mlp.make_dataset("moons", n_samples=600, noise=0.1, test_fraction=0.5, seed=0)
    for use_bias in (False, True):
        net = mlp.DemoMLP(2, [5], 1, use_bias=use_bias, seed=0)
        net.train(data.x_train, data.y_train, epochs=200, learning_rate=1.0, report=None)
        right = (net.forward_propagate(data.x_test)[:, 0] > 0.5) == data.y_test
        print(f"\nTwo moons by DemoMLP, biases {use_bias}: {right.mean():.1%} of {len(right)} new points right")


def main() -> None:
    """Run all."""
    compare(rounds=1 if "--quick" in sys.argv else 3)
    promises()


if __name__ == "__main__":
    main()
