"""A multilayer perceptron in pure NumPy: small enough to read in an evening, fast enough to watch it learn.

Read the files in this order:

arrays        the few types and checks that all others use
activations   what a neuron does with its sum (erf: the one function that NumPy lacks)
losses        how wrong an answer is
network       layers, forwards and backwards, as a textbook has it
initializers  how the weights start
optimizers    how a gradient becomes a step
schedules     how the learning rate changes
features      what a network is told about a point
datasets      what there is to learn
metrics       how good the answers are
check         is the gradient right?
calls         a step as a short list of NumPy calls
plan          from a network to that list
chance        random numbers by address
machine       the loop that trains
frames        the film of a run
recording     everything that happened, and every moment between
trainer       training as a stream
stack         many networks at once
surface       what every neuron sees
threads       one is enough
classics      two famous small networks, ready to run
"""

from mlp.activations import ACTIVATIONS, Activation, softmax
from mlp.check import gradient_check
from mlp.classics import CLASSICS, Classic
from mlp.datasets import DATASETS, Dataset, DatasetEntry, make_dataset
from mlp.features import FEATURES, Feature, expand_features
from mlp.frames import Frames
from mlp.initializers import INITIALIZERS, Initializer
from mlp.losses import LOSSES, Loss
from mlp.machine import Measures, Settings, State
from mlp.metrics import accuracy, confusion_matrix, mean_absolute_error, precision_recall_f1, r2_score
from mlp.network import MLP, Layer, LayerTrace
from mlp.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, Momentum, Nesterov, Optimizer, RMSprop
from mlp.recording import Divergence, Recording
from mlp.schedules import SCHEDULES, Constant, Cosine, Exponential, OneCycle, Schedule, StepDecay, WarmUp
from mlp.stack import Curves, Stack
from mlp.surface import Surface
from mlp.threads import use_one_thread
from mlp.trainer import EarlyStopping, Record, Trainer

__all__ = [
    "ACTIVATIONS",
    "CLASSICS",
    "DATASETS",
    "FEATURES",
    "INITIALIZERS",
    "LOSSES",
    "MLP",
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Activation",
    "Adagrad",
    "Adam",
    "AdamW",
    "Classic",
    "Constant",
    "Cosine",
    "Curves",
    "Dataset",
    "DatasetEntry",
    "Divergence",
    "EarlyStopping",
    "Exponential",
    "Feature",
    "Frames",
    "Initializer",
    "Layer",
    "LayerTrace",
    "Loss",
    "Measures",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Record",
    "Recording",
    "Schedule",
    "Settings",
    "Stack",
    "State",
    "StepDecay",
    "Surface",
    "Trainer",
    "WarmUp",
    "accuracy",
    "confusion_matrix",
    "expand_features",
    "gradient_check",
    "make_dataset",
    "mean_absolute_error",
    "precision_recall_f1",
    "r2_score",
    "softmax",
    "use_one_thread",
]
