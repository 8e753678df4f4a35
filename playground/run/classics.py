"""The two classic texts as experiments of the playground, each opened by a button or by `?classic=NAME` in a link.

The networks are those of `mlp/classics.py`: tests hold each run to the classic's own code.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.run.config import Config


@dataclass(frozen=True)
class Classic:
    """A run that a text made well known."""

    name: str
    label: str
    config: Config
    what: str
    """What it is, in a sentence"""
    look: str
    """What to look at, in a sentence"""
    exact: str
    """How it corresponds to the text's own code, in a sentence"""


_SUM = Config(
    dataset="sum", n_samples=1200, noise=0.0, test_fraction=1 / 6, data_seed=0, hidden_layer_sizes=(5,),
    activations=("sigmoid",), output_activation="sigmoid", use_bias="off", initializer="normal", seed=0,
    loss="mean_squared_error", optimizer="sgd", learning_rate=0.5, batch_size=1,
)  # fmt: skip

CLASSICS: dict[str, Classic] = {
    classic.name: classic
    for classic in (
        Classic(
            "from_scratch", "From scratch",
            Config(
                dataset="blobs", n_classes=3, n_samples=600, noise=0.3, test_fraction=0.5, data_seed=0,
                hidden_layer_sizes=(4,), activations=("sigmoid",), initializer="normal", seed=0, optimizer="sgd",
                learning_rate=0.001, batch_size=300, reduction="sum",
            ),
            "The network of the from-scratch tutorials: one hidden layer of four sigmoids and a softmax tell three "
            "clouds of points apart, with all points in every step.",
            "Watch the borders turn until each cloud has its own colour, and the gradients of both layers shrink as "
            "the probabilities come close to the truth.",
            "The tutorials' rate of 0.001 on the sum of all 300 slopes is a rate of 0.3 on their mean.",
        ),
        Classic(
            "sum", "The sum, as in the demo", _SUM,
            "The demo that learns to add: two numbers from 0 to 0.5 go in, five sigmoids and a sigmoid output without "
            "any bias are to give their sum, one pair at a time.",
            "Nearly all of it happens in the first five epochs: press Home, choose Slow motion and play. The points of "
            "the picture of predicted against true move onto the line, but bend away from it at both ends, where a "
            "sigmoid is nearly flat; type two numbers below it, such as 0.45 and 0.4.",
            "The demo's rate of 1 on half the squared error is a rate of 0.5 on the whole; and here the pairs are "
            "shuffled, which the demo does not do, so that the error differs in the third digit.",
        ),
        Classic(
            "sum_today", "The sum, today",
            _SUM.changed(
                activations=("tanh",), output_activation="identity", use_bias="on", initializer="glorot_uniform",
                optimizer="adam", learning_rate=0.05, batch_size=32, schedule="cosine", cosine_epochs=30.0,
            ),
            "The same task as one would do it now: tanh, a linear output with biases, Adam, batches of 32, and a "
            "learning rate that falls to zero in 30 epochs.",
            "After 30 epochs the points lie on the line from end to end; compare the test loss with the demo's.",
            "None of it is in the demo's text: it is what later practice changed, each part a setting of its own.",
        ),
    )
}  # fmt: skip


def classic_of(config: Config) -> Classic | None:
    """The classic that a run begins as, if it is one."""
    return next((classic for classic in CLASSICS.values() if classic.config == config), None)
