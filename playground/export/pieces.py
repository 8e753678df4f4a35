"""The pieces of which every generated script is put together, whatever the framework.

The readable part of a script stands at its top, the packed numbers at its bottom. Text that a user wrote gets into a
script in one way only, through `literal`, which gives one line that Python reads back as that text: letters as they
are, and an escape for each quote, line end and sign that cannot be seen.
"""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

import base64
import textwrap
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

import mlp
from mlp.rng import Purpose
from playground.export.raw_rows import formula
from playground.export.transcript import Stretch, Transcript, key_of

SCHEDULES = {
    "step": "return {drop} ** math.floor(epoch / {every})",
    "exponential": "return {decay} ** epoch",
    "cosine": """\
progress = min(epoch / {epochs}, 1.0)
return {final} + (1.0 - {final}) * 0.5 * (1.0 + math.cos(math.pi * progress))""",
    "warm_up": "return {start} + (1.0 - {start}) * min(epoch / {epochs}, 1.0)",
    "one_cycle": """\
def glide(begin, end, progress):
    return end + 0.5 * (begin - end) * (1.0 + math.cos(math.pi * progress))

progress = min(epoch / {epochs}, 1.0)
if progress <= {rise}:
    return glide({start}, 1.0, progress / {rise})
return glide(1.0, {final}, (progress - {rise}) / (1.0 - {rise}))""",
}


def literal(value: Any) -> str:
    """A number, a text or a tuple of them as source code that means just that and nothing else."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, bool | int | float | str):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no literal.")


def join(*parts: str | None) -> str:
    """Top-level pieces of a script with two empty lines between them."""
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def block(code: str) -> str:
    """A piece of source that is written indented in this program's own."""
    return textwrap.dedent(code).strip("\n")


def packed(name: str, array: npt.NDArray[Any]) -> str:
    """An array as one statement: its raw bytes, compressed, as text."""
    little = np.ascontiguousarray(array, dtype="<i8" if array.dtype.kind in "iu" else "<f8")
    text = base64.b64encode(zlib.compress(little.tobytes(), 9)).decode()
    lines = "\n".join(textwrap.wrap(text, 116))
    shape = literal(tuple(int(n) for n in array.shape))
    return f'{name} = unpack("{little.dtype.str}", {shape}, """\n{lines}\n""")'


def intro(t: Transcript, framework: str, words: str) -> str:
    """The sentences at the top of a script, and what it imports from the standard library."""
    task = {"binary": "two classes", "multiclass": f"{t.data.n_classes} classes", "regression": "a number"}
    extra = "import math\n" if t.scheduled else ""
    return (
        f'"""A {t.name} network learns {task[t.data.task]}, in {framework}: a run of the MLP Playground, again.\n\n'
        f"{textwrap.fill(words, 110)}\n\n"
        f"It trains for {t.steps} steps, and says at the end whether its numbers are the playground's.\n"
        '"""\n\n'
        f"import base64\n{extra}import sys\nimport zlib\n"
    )


def names(t: Transcript) -> str | None:
    """What the columns and classes of own data are called."""
    lines = [f"TITLE = {literal(t.title)}"] if t.title else []
    if t.input_names:
        lines.append(f"INPUTS = {listed(t.input_names)}")
    if t.class_names:
        lines.append(f"CLASSES = {listed(t.class_names)}")
    return "\n".join(lines) or None


def listed(values: tuple[Any, ...]) -> str:
    """A tuple as source, in as many lines as it needs."""
    text = literal(values)
    if len(text) < 100:
        return text
    lines, line = [], ""
    for value in values:
        if line and len(line) + len(literal(value)) > 108:
            lines.append(line)
            line = ""
        line += f" {literal(value)},"
    return "(\n" + "\n".join(f"   {line}" for line in (*lines, line)) + "\n)"


def own_rows(t: Transcript, *, numbered: bool = False) -> str | None:
    """How a row of the user's own table goes in, and what comes out; None where the run learned from a dataset.

    numbered : whether the framework tells the classes' numbers itself, so that outputs need no reading.
    """
    raw = t.raw
    if raw is None:
        return None
    n, scale, target = len(raw.inputs), raw.scale, raw.target_scale
    lines = [
        "# ---- a row of the table, in and out",
        f"MIDDLE = np.array({listed(tuple(scale.middle.tolist()))})  # of each of INPUTS, among the training rows",
        f"SIZE = np.array({listed(tuple(scale.size.tolist()))})  # how far its values go from there",
        "",
        "",
        "def prepare(rows):",
        f'    """Rows (n, {n}), with the columns INPUTS in the table\'s units, as the network is given them."""',
        f"    x = (np.asarray(rows, float).reshape(-1, {n}) - MIDDLE) / SIZE",
    ]
    if raw.features:
        lines += ["    x1, x2 = x.T" if n == 2 else "    x1, x2 = x[:, 0], 0.0 * x[:, 0]"]
        lines += [f"    return np.column_stack([{', '.join(map(formula, raw.features))}])"]
    else:
        lines += ["    return x"]
    if numbered:
        return "\n".join(lines)
    lines += ["", "", "def answers(outputs):"]
    if target is not None:
        middle, size = literal(target.middle.tolist()[0]), literal(target.size.tolist()[0])
        lines += [
            f'    """What outputs (n, {t.first.sizes[-1]}) mean: numbers in the units of the target."""',
            f"    return np.asarray(outputs).ravel() * {size} + {middle}",
        ]
    else:
        which = (
            "outputs.argmax(axis=1)"
            if t.first.sizes[-1] > 1
            else f"(outputs[:, 0] > {literal(raw.boundary)}).astype(int)"
        )
        lines += [
            f'    """What outputs (n, {t.first.sizes[-1]}) mean: the name of a class for each row."""',
            f"    return [CLASSES[k] for k in {which}]",
        ]
    return "\n".join(lines)


def predict(t: Transcript, network: str, body: str) -> str | None:
    """A script's function for rows of the table: `network` is what main() returns, `body` the lines that give answers."""
    if t.raw is None:
        return None
    return (
        f"def predict(rows, {network}):\n"
        '    """Answers for rows of the table, with what main() returns."""\n'
        f"{textwrap.indent(body, '    ')}\n"
    )


def example(t: Transcript, network: str) -> list[str]:
    """The last lines of a script's main: what the trained network says of a row of the table, and the network itself."""
    if t.raw is None:
        return [f"return {network}"]
    row = literal(t.raw.example) if len(t.raw.example) < 9 else "its first row"
    return [
        f"for answer in predict([{literal(t.raw.example)}], {network}):",
        f"    print({literal(f'Of the table, {row} gives')}, answer)",
        f"return {network}",
    ]


def batches(t: Transcript) -> str:
    """The order in which the samples come."""
    key = literal(key_of(t.settings.seed, Purpose.BATCHES))
    return block(f"""
        # ---- the order of the samples
        KEY = np.array({key}, np.uint64)  # made of the seed


        def batches(batch_size, epoch, row):
            \"\"\"Mini-batches without end: (time in epochs, rows). Each epoch takes every row once, in an order of its own.\"\"\"
            n = len(X_TRAIN)
            while True:
                dice = np.random.Generator(np.random.Philox(key=KEY, counter=[0, 0, epoch, 0]))
                order = np.arange(n) if batch_size >= n and row == 0 else dice.permutation(n)
                for start in range(row, n, batch_size):
                    yield epoch + start / n, order[start : start + batch_size]
                epoch, row = epoch + 1, 0
        """)


def schedule(t: Transcript) -> str | None:
    """How the learning rate changes: one function for each kind of schedule in the run."""
    kinds = {s.settings.schedule for s in t.stretches if not isinstance(s.settings.schedule, mlp.Constant)}
    functions = []
    for kind in sorted(kinds, key=repr):
        if kind.name not in SCHEDULES:
            raise ValueError(f"The learning-rate schedule “{kind.label}” cannot be written as a program yet.")
        values = {name: literal(float(value)) for name, value in vars(kind).items()}
        body = textwrap.indent(SCHEDULES[kind.name].format(**values), "    ")
        functions.append(
            f'def {schedule_name(t, kind)}(epoch):\n    """The share of the learning rate at a time in epochs."""\n{body}'
        )
    return "\n\n\n".join(functions) or None


def schedule_name(t: Transcript, kind: mlp.Schedule) -> str:
    """What the function of a schedule is called in the script."""
    kinds = sorted({s.settings.schedule for s in t.stretches}, key=repr)
    same = [k for k in kinds if k.name == kind.name]
    return f"{kind.name}_schedule" + (f"_{same.index(kind) + 1}" if len(same) > 1 else "")


def masks(t: Transcript) -> str | None:
    """Dropout: who sits out a step."""
    if not t.uses("dropout") or len(t.first.sizes) == 2:
        return None
    key = literal(key_of(t.settings.seed, Purpose.DROPOUT))
    hidden = literal(tuple(t.first.sizes[1:-1]))
    return block(f"""
        # ---- dropout
        DROPOUT_KEY = np.array({key}, np.uint64)  # made of the seed


        def dropout_masks(step, n, dropout):
            \"\"\"For each hidden layer (n, n_units): 0 for who sits out this step, 1 / (1 - dropout) for the others.\"\"\"
            dice = np.random.Generator(np.random.Philox(key=DROPOUT_KEY, counter=[0, 0, step, 0]))
            numbers = np.floor(dice.random(sum({hidden}) * n) + (1.0 - dropout)) / (1.0 - dropout)
            parts = np.split(numbers, np.cumsum({hidden})[:-1] * n)
            return [part.reshape(units, n).T for part, units in zip(parts, {hidden})]
        """)


def targets(t: Transcript, language: str) -> str:
    """What the loss compares the outputs (n, n_out) with, made of labels or numbers y; the kinds are the losses' own."""
    kind = t.first.loss.source.targets.get(language, "numbers")
    n_out, torch = t.first.sizes[-1], language == "torch"
    if kind == "classes":
        return "torch.tensor(y)"
    column = f"np.eye({n_out})[y]" if n_out > 1 and t.data.n_classes else "y.reshape(len(y), -1).astype(float)"
    values = f"2.0 * {column} - 1.0" if kind == "signs" else column
    return f"torch.tensor({values})" if torch else values


def score(t: Transcript, outputs: str, truth: str = "Y_TRAIN") -> str:
    """The accuracy over the training data, or R² for numbers, of outputs (n, n_out), as source."""
    if not t.data.n_classes:
        y = f"{truth}.reshape(len({truth}), -1)"
        return f"(1.0 - (({outputs} - {y}) ** 2).sum(axis=0) / (({y} - {y}.mean(axis=0)) ** 2).sum(axis=0)).mean()"
    if t.first.sizes[-1] == 1:
        return f"(({outputs}[:, 0] > {literal(float(t.first.loss.boundary))}) == {truth}).mean()"
    return f"({outputs}.argmax(axis=1) == {truth}).mean()"


def check(tolerance: str = "1e-12") -> str:
    """The last words of a script."""
    return block(f"""
        # ---- is it the same run?
        def apart(ours, theirs, least):
            \"\"\"By how much of its size a number differs; not at all from one that is infinite, or none, as well.\"\"\"
            if ours == theirs or (np.isnan(ours) and np.isnan(theirs)):
                return 0.0
            return abs(ours - theirs) / max(abs(theirs), least)


        def compare(weights, biases, train_loss, score):
            ours = np.concatenate([np.vstack([W, b]).T.ravel() for W, b in zip(weights, biases)])
            largest = max(np.abs(FINAL).max(), 1e-300)
            difference = np.linalg.norm((ours - FINAL) / largest) / max(np.linalg.norm(FINAL / largest), 1.0)
            of_loss, of_score = apart(train_loss, TRAIN_LOSS, 1e-6), apart(score, SCORE, 1.0)
            print(f"After {{STEPS}} steps the training loss is {{train_loss:.12g}}; the playground has {{TRAIN_LOSS:.12g}}.")
            print(f"All weights and biases together differ by {{difference:.1e}} of their size, the loss by {{of_loss:.1e}}.")
            print(f"The score is {{score:.6g}}; the playground has {{SCORE:.6g}}.")
            if difference < {tolerance} and of_loss < 100 * {tolerance} and of_score < 1e-9:
                print("The numbers match the playground's.")
            elif difference < 1e-6 and of_loss < 1e-4 and of_score < 0.01:
                print("They match but for rounding, which this run magnifies.")
            else:
                sys.exit(
                    "They do NOT match the playground's. A run whose loss jumps about magnifies its rounding: if it is that, the "
                    "script of an earlier step matches."
                )
        """)


def numbers(t: Transcript) -> str:
    """Everything packed: data, first weights, and what must come out."""
    first = [
        line
        for k, (W, b) in enumerate(t.matrices(t.first), start=1)
        for line in (packed(f"W{k}", W), packed(f"B{k}", b))
    ]
    layers = range(1, len(t.first.layers) + 1)
    unpack = block('''
        # ---- the numbers: nothing to read from here on
        def unpack(kind, shape, text):
            """Text to an array: base64, then zlib, then raw little-endian bytes."""
            return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind).reshape(shape)
        ''')
    return "\n".join(
        [
            unpack + "\n\n",
            packed("X_TRAIN", t.data.x_train),
            packed("Y_TRAIN", t.data.y_train),
            packed("X_TEST", t.data.x_test),
            packed("Y_TEST", t.data.y_test),
            *first,
            f"FIRST_WEIGHTS = [{', '.join(f'W{k}' for k in layers)}]",
            f"FIRST_BIASES = [{', '.join(f'B{k}' for k in layers)}]",
            packed("FINAL", t.final.parameters),
            f'TRAIN_LOSS = float("{t.train_loss!r}")',
            f'SCORE = float("{float(t.train_score)!r}")  # accuracy, or R² for numbers, over the training data',
            f"STEPS = {t.steps}",
        ]
    )


def plain_settings(s: Stretch, t: Transcript) -> dict[str, str]:
    """The settings of a stretch that every script passes on, as source."""
    values = {
        "steps": f"range({s.first}, {s.last})",
        "epoch": str(s.epoch),
        "row": str(s.row),
        "batch_size": str(s.settings.batch_size),
    }
    for name in ("l1", "l2", "dropout", "clip_norm"):
        if t.uses(name) and (name != "dropout" or len(t.first.sizes) > 2):
            value = getattr(s.settings, name)
            values[name] = "None" if value is None else literal(float(value))
    if t.uses("frozen"):
        values["frozen"] = literal(s.settings.frozen)
    if t.summed:
        values["summed"] = literal(s.settings.reduction == "sum")
    if t.scheduled:
        kind = s.settings.schedule
        values["schedule"] = "lambda epoch: 1.0" if isinstance(kind, mlp.Constant) else schedule_name(t, kind)
    return values


def optimizer_settings(optimizer: mlp.Optimizer) -> dict[str, float]:
    """The numbers that an optimizer was made with."""
    return {name: float(value) for name, value in vars(optimizer).items()}
