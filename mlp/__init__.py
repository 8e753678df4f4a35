"""A multilayer perceptron in pure NumPy: small enough to read in an evening, fast enough to watch it learn.

README.md, beside this file, says in which order to read the others.
"""

from mlp.activations import ACTIVATIONS, Activation, LeakyReLU, softmax
from mlp.check import gradient_check
from mlp.classics import CLASSICS, Classic, DemoMLP, TutorialMLP
from mlp.curvature import Curvature, Largest, eigenvalues, lanczos
from mlp.datasets import DATASETS, Dataset, DatasetEntry, make_dataset
from mlp.features import FEATURES, Feature, expand_features
from mlp.frames import Frames, FrameStore, spaced_epochs
from mlp.initializers import INITIALIZERS, Initializer
from mlp.jobs import Job, Slice
from mlp.loop import State
from mlp.losses import LOSSES, Loss
from mlp.measure import Measures
from mlp.metrics import accuracy, confusion_matrix, mean_absolute_error, precision_recall_f1, r2_score
from mlp.network import MLP, Layer, LayerTrace
from mlp.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, Momentum, Nesterov, Optimizer, RMSprop
from mlp.plan import describe_step
from mlp.recording import Divergence, Recording
from mlp.schedules import SCHEDULES, Constant, Cosine, Exponential, OneCycle, Schedule, StepDecay, WarmUp
from mlp.settings import EarlyStopping, Settings
from mlp.shape import Shape
from mlp.stack import Curves, Stack, StackFrames, StackState
from mlp.surface import Surface, random_direction
from mlp.threads import use_one_thread
from mlp.trainer import EpochRecord, StepRecord, Trainer

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
    "Curvature",
    "Curves",
    "Dataset",
    "DatasetEntry",
    "DemoMLP",
    "Divergence",
    "EarlyStopping",
    "EpochRecord",
    "Exponential",
    "Feature",
    "FrameStore",
    "Frames",
    "Initializer",
    "Job",
    "Largest",
    "Layer",
    "LayerTrace",
    "LeakyReLU",
    "Loss",
    "Measures",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Recording",
    "Schedule",
    "Settings",
    "Shape",
    "Slice",
    "Stack",
    "StackFrames",
    "StackState",
    "State",
    "StepDecay",
    "StepRecord",
    "Surface",
    "Trainer",
    "TutorialMLP",
    "WarmUp",
    "accuracy",
    "confusion_matrix",
    "describe_step",
    "eigenvalues",
    "expand_features",
    "gradient_check",
    "lanczos",
    "make_dataset",
    "mean_absolute_error",
    "precision_recall_f1",
    "r2_score",
    "random_direction",
    "softmax",
    "spaced_epochs",
    "use_one_thread",
]
