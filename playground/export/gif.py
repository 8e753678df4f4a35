"""A run as a small film: the decision surface from noise to the moment, as an animated GIF. Needs Pillow."""

from __future__ import annotations

import io

import numpy as np

from playground.export.pictures import grid, says
from playground.export.subject import Subject
from playground.figures.palette import LIGHT

FRAMES = 48
MILLISECONDS = 80
LAST_MILLISECONDS = 2000
GRID = 90
SIDE = 360
BAR = 34
POINTS = 600


def gif(subject: Subject) -> bytes:
    """Write the film. Raises ValueError, in one sentence, where Pillow is missing."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise ValueError("A GIF needs a package that is not installed here: pip install pillow") from None
    f, net = subject.frames, subject.net.copy()
    chosen = np.unique(np.linspace(0, len(f) - 1, FRAMES).round().astype(int))
    font = ImageFont.load_default(size=14)
    along, inputs, points = grid(subject, GRID)
    pictures = []
    for k in chosen:
        net.parameters[...] = f.parameters[k]
        ground = _colours(subject, says(net, inputs), points.y_train).reshape(GRID, GRID, 3)[::-1]
        picture = Image.new("RGB", (SIDE, SIDE + BAR), LIGHT.background)
        picture.paste(Image.fromarray(ground).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        pen = ImageDraw.Draw(picture)
        reach = float(along[-1])
        x = np.concatenate([points.x_train, points.x_test])[:POINTS]
        y = np.concatenate([points.y_train, points.y_test])[:POINTS]
        colours = _point_colours(subject, y)
        for (px, py), colour in zip((x / reach * [1, -1] + 1) * SIDE / 2, colours, strict=True):
            pen.ellipse([px - 3, py - 3, px + 3, py + 3], fill=colour, outline=LIGHT.background)
        pen.rectangle([0, SIDE, SIDE * (k + 1) / len(f), SIDE + 4], fill=LIGHT.positive)
        words = f"epoch {f.epochs[k]:.0f}    training loss {f.train_loss[k]:.3f}"
        pen.text((8, SIDE + 10), words, fill=LIGHT.text, font=font)
        pictures.append(picture.quantize(64, Image.Quantize.FASTOCTREE))
    file = io.BytesIO()
    times = [MILLISECONDS] * (len(pictures) - 1) + [LAST_MILLISECONDS]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return file.getvalue()


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], dtype=np.float64)


def _blend(t: np.ndarray, strength: float = 0.62) -> np.ndarray:
    """From orange at 0 over the ground at one half to blue at 1, paler than the points."""
    middle = _rgb(LIGHT.neutral)
    ends = [middle + strength * (_rgb(c) - middle) for c in (LIGHT.negative, LIGHT.positive)]
    s = np.clip(2.0 * t - 1.0, -1.0, 1.0)[:, None]
    return middle + np.maximum(-s, 0.0) * (ends[0] - middle) + np.maximum(s, 0.0) * (ends[1] - middle)


def _colours(subject: Subject, out: np.ndarray, y_train: np.ndarray) -> np.ndarray:
    if out.shape[1] > 1:
        tints = np.array([_rgb(c) for c in LIGHT.classes])
        ground = _rgb(LIGHT.neutral)
        return np.asarray(ground + 0.5 * (tints[out.argmax(axis=1) % len(tints)] - ground)).astype(np.uint8)
    loss = subject.net.loss
    if subject.trainer.data.task == "regression":
        middle, reach = float(y_train.mean()), float(np.abs(y_train - y_train.mean()).max()) or 1.0
    elif loss.name == "binary_crossentropy":
        middle, reach = 0.5, 0.5
    else:
        middle, reach = loss.boundary, 1.0 if loss.boundary == 0 else 0.5
    return _blend(0.5 + (out[:, 0] - middle) / (2.0 * reach)).astype(np.uint8)


def _point_colours(subject: Subject, y: np.ndarray) -> list[str | tuple[int, ...]]:
    if subject.trainer.data.task != "regression":
        return [LIGHT.classes[int(c) % len(LIGHT.classes)] for c in y]
    low, high = float(y.min()), float(y.max())
    shades = _blend((y[:, 0] - low) / (high - low or 1.0), strength=1.0).astype(int)
    return [tuple(shade) for shade in shades.tolist()]
