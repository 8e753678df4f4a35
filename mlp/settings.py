"""Everything about how to train, from the optimizer to early stopping, checked once."""

from __future__ import annotations

from dataclasses import dataclass

from mlp.arrays import check_choice, check_number, check_settings, check_whole, setting
from mlp.network import MAX_LAYERS
from mlp.optimizers import SGD, Optimizer
from mlp.schedules import Constant, Schedule


@dataclass(frozen=True)
class EarlyStopping:
    """End training when the watched figure has not improved for `patience` epochs.

    Where settings are changed in mid-run the count begins anew, as Keras does in each call of `fit`.
    """

    patience: int = 20
    min_delta: float = 0.0
    """An improvement is a figure below the best one so far by more than this (as in Keras)."""
    watch: str = "test_loss"
    """train_loss or test_loss"""

    def __post_init__(self) -> None:
        check_whole("patience", self.patience, 1, 1_000_000)
        check_number("min_delta", self.min_delta, 0.0, 1e9)
        check_choice("watch", self.watch, ("train_loss", "test_loss"))


@dataclass(frozen=True)
class Settings:
    """Everything about training that may be changed in mid-run.

    Raises ValueError, in one sentence, for a setting out of its range.
    """

    optimizer: Optimizer = SGD()  # noqa: RUF009 - frozen, so safe to share
    batch_size: int = 10
    """Samples for each step; as many as there are, or more, for full-batch training."""
    seed: int = 0
    """Decides the order of the batches and which units dropout switches off."""
    l1: float = setting(0.0, low=0.0, high=10.0, help="Pulls every weight towards zero at the same pace; many arrive.")
    l2: float = setting(0.0, low=0.0, high=10.0, help="Pulls large weights towards zero, the largest most.")
    dropout: float = setting(
        0.0, low=0.0, high=0.95, help="The share of hidden neurons that sit out each step, chosen by chance."
    )
    clip_norm: float | None = None
    """Longest gradient allowed, all parameters together; None for any length."""
    schedule: Schedule = Constant()  # noqa: RUF009
    reduction: str = "mean"
    """Whether a step follows the mean of its samples' slopes or their "sum". The sum over n samples with rate r is the
    mean with rate n r, for rules that take the rate times the gradient (SGD, with or without momentum)."""
    frozen: tuple[int, ...] = ()
    """Layers, counted from 0, that training leaves as they are; (), for none. As where PyTorch is told
    `requires_grad_(False)`: no step, no penalty and no weight decay there, the gradient counts for nothing in clipping,
    and what the optimizer remembers of the layer stands, the number of its steps too, until the layer is let go."""
    early_stopping: EarlyStopping | None = None
    """When to end a run that no longer improves; None to go on."""

    def __post_init__(self) -> None:
        check_settings(self)
        check_whole("batch_size", self.batch_size, 1, 1_000_000)
        check_whole("seed", self.seed, 0, 2**63 - 1)
        check_choice("reduction", self.reduction, ("mean", "sum"))
        if not isinstance(self.frozen, tuple) or len(set(self.frozen)) < len(self.frozen):
            raise ValueError(f"frozen must be a tuple that names each layer once, as in (0, 1); got {self.frozen!r}.")
        for layer in self.frozen:
            check_whole("each of frozen", layer, 0, MAX_LAYERS - 2)
        if self.clip_norm is not None:
            check_number("clip_norm", self.clip_norm, 0.0, 1e9, open_low=True)
        if not isinstance(self.optimizer, Optimizer):
            raise ValueError(f"optimizer must be one such as mlp.Adam(learning_rate=0.01); got {self.optimizer!r}.")
        if not isinstance(self.schedule, Schedule):
            raise ValueError(f"schedule must be one such as mlp.Cosine(epochs=100); got {self.schedule!r}.")
        if not isinstance(self.early_stopping, EarlyStopping | None):
            raise ValueError(f"early_stopping must be one such as mlp.EarlyStopping(); got {self.early_stopping!r}.")
