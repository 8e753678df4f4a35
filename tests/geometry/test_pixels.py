"""Data that are pictures are known as such: each pixel is where its name says."""

import numpy as np

import mlp
from playground.geometry.pixels import pixels_of
from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.tables.examples import EXAMPLES


def test_the_digits_are_pictures_and_their_pixels_are_told_as_the_network_is_told_them():
    experiment = Experiment(Config(own_data=EXAMPLES["digits"].load().changed(scaling="standard")))
    pixels = pixels_of(experiment)
    assert pixels is not None
    assert (pixels["rows"], pixels["columns"]) == (8, 8)
    whole = mlp.make_dataset("digits", n_samples=mlp.DATASETS["digits"].max_samples, noise=0.0, test_fraction=0.0)
    ink = whole.x_train / pixels["high"]
    assert ink.max() == 1.0
    told = (ink[:, pixels["places"]] * pixels["high"] - pixels["middle"]) / pixels["size"]
    _, data = make_data(experiment)
    for row in data.x_train[:5]:
        assert np.abs(told - row).sum(axis=1).min() < 1e-9


def test_other_data_are_none():
    assert pixels_of(Experiment()) is None
    assert pixels_of(Experiment(Config(own_data=EXAMPLES["wine"].load()))) is None
