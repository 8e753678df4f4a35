"""How fast the engine is, beside scikit-learn, PyTorch and a plain NumPy loop: `python -m benchmarks.engine`.

All contestants of a row train the same network on the same data, on one thread, and take turns within each round.
Processor time is measured and medians over the rounds are printed, so that whatever else the machine is doing changes
little. `--quick` for a short version.

Our column "recorded" is `Trainer.run(epochs)`, which after each epoch also measures loss, score and gradient norms
over all training and test data and keeps the parameters; "engine" is the same with a frame at the end only, which is
more like what the others do. "frames" is the share of a recorded run that goes into its frames.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from itertools import pairwise

# One thread for everybody: at these sizes more bring nothing, and on a busy machine they wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import mlp
from benchmarks.engine_peers import PlainNetwork, SumDemo

RATE = 0.01
SHAPES = {
    "2-4-2-1": [2, 4, 2, 1],
    "2-8-8-1": [2, 8, 8, 1],
    "2-8x6-1": [2, 8, 8, 8, 8, 8, 8, 1],
    "2-64-64-3": [2, 64, 64, 3],
    "64-32-10": [64, 32, 10],
}

Contestant = Callable[[int], None]
"""Trains for so many epochs."""


def network(sizes: list[int]) -> mlp.MLP:
    loss = "binary_crossentropy" if sizes[-1] == 1 else "categorical_crossentropy"
    return mlp.MLP(sizes, loss=loss, seed=7)


def dataset(sizes: list[int]) -> mlp.Dataset:
    if sizes[0] == 64:
        return mlp.make_dataset("digits", n_samples=1797, seed=7)
    return mlp.make_dataset("spirals", n_samples=500, seed=7, n_classes=max(2, sizes[-1]))


def engine(sizes: list[int], data: mlp.Dataset, batch_size: int, optimizer: str, recorded: bool) -> Contestant:
    rule = mlp.OPTIMIZERS[optimizer](learning_rate=RATE)
    trainer = mlp.Trainer(network(sizes), data, rule, batch_size=batch_size)
    return lambda epochs: trainer.run(epochs, every=1 if recorded else epochs)


def plain(sizes: list[int], data: mlp.Dataset, batch_size: int, optimizer: str) -> Contestant:
    peer = PlainNetwork(network(sizes), adam=optimizer == "adam", learning_rate=RATE)
    y = data.y_train[:, None] if sizes[-1] == 1 else np.eye(sizes[-1])[data.y_train]
    rng = np.random.default_rng(0)
    return lambda epochs: peer.fit(data.x_train, y, epochs, batch_size, rng)


def sklearn(sizes: list[int], data: mlp.Dataset, batch_size: int, optimizer: str) -> Contestant:
    from sklearn.neural_network import MLPClassifier

    def fit(epochs: int) -> None:
        MLPClassifier(
            sizes[1:-1], activation="tanh", solver=optimizer, batch_size=min(batch_size, len(data.x_train)), alpha=0.0,
            learning_rate_init=RATE, momentum=0.0, nesterovs_momentum=False, max_iter=epochs, tol=0.0,
            n_iter_no_change=10**9, random_state=0,
        ).fit(data.x_train, data.y_train)  # fmt: skip

    return fit


def pytorch(sizes: list[int], data: mlp.Dataset, batch_size: int, optimizer: str) -> Contestant:
    import torch

    torch.set_num_threads(1)
    modules: list[torch.nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        modules += [torch.nn.Linear(n_in, n_out, dtype=torch.float64), torch.nn.Tanh()]
    model = torch.nn.Sequential(*modules[:-1])
    x = torch.tensor(data.x_train)
    if sizes[-1] == 1:
        y, loss = torch.tensor(data.y_train[:, None], dtype=torch.float64), torch.nn.BCEWithLogitsLoss()
    else:
        y, loss = torch.tensor(data.y_train), torch.nn.CrossEntropyLoss()
    kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
    rule = kind(model.parameters(), lr=RATE)

    def fit(epochs: int) -> None:
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(batch_size):
                rule.zero_grad()
                loss(model(x[rows]), y[rows]).backward()
                rule.step()

    return fit


def timed(run: Callable[[], object]) -> float:
    """Seconds of processor time, which is time by the clock on a machine that has nothing else to do."""
    start = time.process_time()
    run()
    return time.process_time() - start


def race(contestants: dict[str, Contestant], seconds: float, rounds: int) -> dict[str, list[float]]:
    """Epochs per second of each, one number a round; all take turns."""
    epochs = {}
    for name, fit in contestants.items():
        fit(1)
        pilot = timed(lambda fit=fit: fit(1))
        epochs[name] = max(1, round(seconds / pilot))
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, fit in contestants.items():
            speeds[name].append(epochs[name] / timed(lambda fit=fit, name=name: fit(epochs[name])))
    return speeds


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Median over the rounds of how many times faster."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def training(shapes: list[str], batches: list[str], optimizers: list[str], seconds: float, rounds: int) -> None:
    print("Training: steps a second (medians), and how many times faster the engine is\n")
    print(
        f"{'network':>10} {'batch':>5} {'rule':>5} | {'engine':>8} {'recorded':>8} {'sklearn':>8} {'PyTorch':>8} "
        f"{'plain':>8} | {'frames':>6} | {'x sklearn':>9} {'x PyTorch':>9} {'x plain':>8}"
    )
    slower = []
    for shape in shapes:
        sizes, data = SHAPES[shape], dataset(SHAPES[shape])
        for batch in batches:
            n = len(data.x_train)
            size = n if batch == "full" else int(batch)
            for optimizer in optimizers:
                job = (sizes, data, size, optimizer)
                contestants = {
                    "engine": engine(*job, recorded=False),
                    "recorded": engine(*job, recorded=True),
                    "sklearn": sklearn(*job),
                    "PyTorch": pytorch(*job),
                    "plain": plain(*job),
                }
                speeds = race(contestants, seconds, rounds)
                steps = -(-n // size)
                medians = {name: steps * statistics.median(values) for name, values in speeds.items()}
                ratios = {name: ratio(speeds["engine"], speeds[name]) for name in ("sklearn", "PyTorch", "plain")}
                slower += [(shape, batch, optimizer, name, r) for name, r in ratios.items() if r < 1.0]
                print(
                    f"{shape:>10} {batch:>5} {optimizer:>5} | "
                    + " ".join(f"{medians[name]:8,.0f}" for name in contestants)
                    + f" | {1.0 - 1.0 / ratio(speeds['engine'], speeds['recorded']):6.0%}"
                    + f" | {ratios['sklearn']:9.1f} {ratios['PyTorch']:9.1f} {ratios['plain']:8.1f}",
                    flush=True,
                )
    for shape, batch, optimizer, name, r in slower:
        print(f"\nSlower than {name}: {shape}, batch {batch}, {optimizer} ({r:.2f} times)")


def stacks(seconds: float, rounds: int) -> None:
    data = mlp.make_dataset("spirals", n_samples=500, seed=7)
    settings = [mlp.Settings(mlp.SGD(learning_rate=0.01 + 0.001 * i), seed=i) for i in range(256)]

    def nets() -> list[mlp.MLP]:
        return [mlp.MLP(SHAPES["2-8-8-1"], seed=i) for i in range(256)]

    stack = mlp.Stack(nets(), data, settings)
    loop = [
        mlp.Trainer(net, data, s.optimizer, batch_size=10, seed=s.seed) for net, s in zip(nets(), settings, strict=True)
    ]

    def run_loop(epochs: int) -> None:
        for trainer in loop:
            trainer.run(epochs, every=epochs)

    speeds = race({"stack": lambda epochs: stack.run(epochs, every=epochs), "loop": run_loop}, seconds, rounds)
    stacked, single = 256 * statistics.median(speeds["stack"]), 256 * statistics.median(speeds["loop"])
    times = ratio(speeds["stack"], speeds["loop"])
    print("\n256 networks 2-8-8-1 at once, batch 10, SGD: network-epochs a second")
    print(f"  stack {stacked:,.0f}   loop over single plans {single:,.0f}   {times:.1f} times")


def memory() -> None:
    print("\nMemory: bytes of a recording over the steps that it can replay (spirals or digits, batch 10, 400 epochs)")
    for shape in ("2-8-8-1", "64-32-10"):
        sizes, data = SHAPES[shape], dataset(SHAPES[shape])
        for optimizer in ("sgd", "adam"):
            trainer = mlp.Trainer(network(sizes), data, mlp.OPTIMIZERS[optimizer](learning_rate=RATE), batch_size=10)
            recording = trainer.run(400)
            somewhere = trainer.step_count - 3 * len(data.x_train) // 10 - 1
            seek = 1e3 * timed(lambda recording=recording, step=somewhere: recording.seek(step))
            every = 8 * trainer.net.n_parameters * (3 if optimizer == "adam" else 1)
            print(
                f"  {shape:>8} {optimizer:>5}: {recording.nbytes:>11,} bytes for {trainer.step_count:,} steps = "
                f"{recording.nbytes / trainer.step_count:,.0f} a step (a state at every step: {every:,}); "
                f"seek {seek:.1f} ms; cap {recording.max_bytes:,}"
            )


def sum_of_two_numbers(rounds: int, epochs: int) -> None:
    same, today = mlp.CLASSICS["sum"], mlp.CLASSICS["sum_today"]
    data = same.make(0).data
    weights = [layer.weights for layer in same.make(0).net.layers]
    demo_seconds, same_seconds, today_seconds = [], [], []
    for _ in range(rounds):
        demo = SumDemo(weights)
        demo_seconds.append(timed(lambda demo=demo: demo.train(data.x_train, data.y_train, epochs, 0.1)))
        trainer = same.make(0)
        same_seconds.append(timed(lambda trainer=trainer: trainer.run(epochs, every=epochs)))
        modern = today.make(0)
        today_seconds.append(timed(lambda modern=modern: modern.run(today.epochs, every=today.epochs)))
    scale = same.epochs / epochs
    full = same.make(0)
    test_error = full.run(same.epochs, every=same.epochs).test_loss[-1]
    modern_error = modern.recording.test_loss[-1]
    demo_time = scale * statistics.median(demo_seconds)
    algorithm = statistics.median(a / b for a, b in zip(demo_seconds, same_seconds, strict=True))
    faster = statistics.median(scale * a / b for a, b in zip(demo_seconds, today_seconds, strict=True))
    print(f"\nSum of two numbers, 5,000 pairs ({epochs} of the demo's {same.epochs} epochs timed)")
    print(f"  demo, transcribed       {demo_time:7.2f} s")
    print(
        f"  engine, same algorithm  {scale * statistics.median(same_seconds):7.2f} s   test error {test_error:.1e}"
        f"   {algorithm:.1f} times faster"
    )
    print(
        f"  engine, today's way     {statistics.median(today_seconds):7.2f} s   test error {modern_error:.1e}"
        f"   {faster:.0f} times faster, {test_error / modern_error:.0f} times less error"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one network, fewer rounds")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")  # scikit-learn warns that it has not converged
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}\n")
    if quick:
        training(["2-8-8-1"], ["10", "full"], ["sgd", "adam"], seconds=0.08, rounds=5)
    else:
        training(list(SHAPES), ["1", "10", "32", "full"], ["sgd", "adam"], seconds=0.12, rounds=5)
    stacks(seconds=0.2, rounds=3 if quick else 9)
    memory()
    sum_of_two_numbers(rounds=1 if quick else 3, epochs=2 if quick else 10)


if __name__ == "__main__":
    main()
