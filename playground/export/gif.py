"""A run as a small film: the decision surface from noise to the moment, as an animated GIF. Needs Pillow."""

from __future__ import annotations

import io

import numpy as np

from playground.export.colours import ground, point_colours
from playground.export.subject import Subject
from playground.figures.palette import LIGHT
from playground.run.data import make_data
from playground.run.number import say
from playground.run.surface import answers, colour_scale, grid

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
    points, _ = make_data(subject.experiment)
    along, inputs = grid(subject.experiment, points, GRID)
    scale = colour_scale(net, points)
    pictures = []
    for k in chosen:
        net.parameters[...] = f.parameters[k]
        with np.errstate(all="ignore"):  # just before a run breaks, answers may be too large for any number
            out = np.nan_to_num(answers(net, inputs), nan=scale.middle)
        below = ground(out, scale).reshape(GRID, GRID, 3)[::-1]  # a picture begins at its top
        picture = Image.new("RGB", (SIDE, SIDE + BAR), LIGHT.background)
        picture.paste(Image.fromarray(below).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        pen = ImageDraw.Draw(picture)
        reach = float(along[-1])
        x = np.concatenate([points.x_train, points.x_test])[:POINTS]
        y = np.concatenate([points.y_train, points.y_test])[:POINTS]
        colours = point_colours(y, scale)
        for (px, py), colour in zip((x / reach * [1, -1] + 1) * SIDE / 2, colours, strict=True):
            pen.ellipse([px - 3, py - 3, px + 3, py + 3], fill=colour, outline=LIGHT.background)
        pen.rectangle([0, SIDE, SIDE * (k + 1) / len(f), SIDE + 4], fill=LIGHT.positive)
        words = f"epoch {say(float(f.epochs[k]), 4)}    training loss {f.train_loss[k]:.3g}"
        pen.text((8, SIDE + 10), words, fill=LIGHT.text, font=font)
        pictures.append(picture.quantize(64, Image.Quantize.FASTOCTREE))
    file = io.BytesIO()
    times = [MILLISECONDS] * (len(pictures) - 1) + [LAST_MILLISECONDS]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return file.getvalue()
