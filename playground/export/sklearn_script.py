"""The run as a program with scikit-learn's estimators, where they can express the network."""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

from mlp.source import source_of
from playground.export.pieces import (
    batches,
    block,
    check,
    example,
    intro,
    join,
    literal,
    names,
    numbers,
    optimizer_settings,
    own_rows,
    plain_settings,
    predict,
    schedule,
    score,
    targets,
)
from playground.export.transcript import Transcript

ESTIMATORS = {
    ("binary_crossentropy", "identity"): "MLPClassifier",
    ("categorical_crossentropy", "identity"): "MLPClassifier",
    ("mean_squared_error", "identity"): "MLPRegressor",
}


def sklearn_script(t: Transcript) -> str:
    """Write the whole program. Raises ValueError, in a sentence, for what the estimators cannot express."""
    estimator = _estimator(t)
    words = (
        "Needs NumPy and scikit-learn. Its estimators choose their first weights and batches themselves, so this "
        "program hands both to them: one mini-batch at a time through partial_fit, after putting the weights in place."
    )
    numbered = "[CLASSES[k] for k in net.predict(prepare(rows))]"  # the estimator looks for the class itself
    answers = numbered if estimator == "MLPClassifier" else "answers(net.predict(prepare(rows)).reshape(len(rows), -1))"
    return join(
        intro(t, "scikit-learn", words) + f"\nimport numpy as np\nfrom sklearn.neural_network import {estimator}",
        names(t),
        _network(t, estimator),
        own_rows(t, numbered=estimator == "MLPClassifier"),
        predict(t, "net", f"return {answers}"),
        batches(t),
        schedule(t),
        _main(t, estimator),
        check(),
        numbers(t),
        'if __name__ == "__main__":\n    main()',
    )


def _estimator(t: Transcript) -> str:
    net, s = t.first, t.settings
    estimator = ESTIMATORS.get((net.loss.name, net.output_activation))
    if estimator is None:
        raise ValueError(f"scikit-learn's estimators do not have the loss “{net.loss.label}” with this output.")
    if len(set(net.activations)) > 1:
        raise ValueError(
            "scikit-learn's estimators have one activation for all hidden layers; this network has several."
        )
    for rule in (*(layer.activation for layer in net.layers[:-1]), s.optimizer):
        source_of(rule, "sklearn", "scikit-learn")
    for name, words in (
        ("l1", "L1 regularization"), ("dropout", "dropout"), ("clip_norm", "gradient clipping"), ("frozen", "frozen layers"),
    ):  # fmt: skip
        if t.uses(name):
            raise ValueError(f"scikit-learn's estimators do not have {words}.")
    if t.scheduled and "momentum" in optimizer_settings(s.optimizer):
        raise ValueError(
            "scikit-learn keeps the learning rate in the momentum, so under a schedule its numbers would differ."
        )
    if not net.shape.use_bias:
        raise ValueError("scikit-learn's estimators always have biases.")
    if t.summed:
        raise ValueError("scikit-learn's estimators follow the mean of a batch's slopes, and not their sum.")
    if len(t.stretches) > 1:
        raise ValueError("Settings were changed in the middle of this run, which scikit-learn's estimators cannot do.")
    return estimator


def _scale(t: Transcript) -> float:
    """By how much its gradient is smaller than ours: it halves squared errors, and adds them up over the outputs."""
    return 0.5 * t.first.sizes[-1] if t.first.loss.name == "mean_squared_error" else 1.0


def _network(t: Transcript, estimator: str) -> str:
    net, optimizer, scale = t.first, t.settings.optimizer, _scale(t)
    values = optimizer_settings(optimizer)
    adam = optimizer.name == "adam"
    rate = values["learning_rate"] if adam else values["learning_rate"] / scale
    hidden = literal(tuple(net.sizes[1:-1]))
    lines = [f"hidden_layer_sizes={hidden},"]
    if net.activations:
        activation = source_of(net.layers[0].activation, "sklearn", "scikit-learn")
        lines.append(f'activation="{activation}",')
    solver = source_of(optimizer, "sklearn", "scikit-learn")
    lines.append(f'solver="{solver}",')
    note = "" if scale == 1.0 or adam else "  # its gradient of a squared error is that much smaller"
    lines.append(f"learning_rate_init={literal(rate)},{note}")
    if adam:
        lines.append(f"beta_1={literal(values['beta_1'])}, beta_2={literal(values['beta_2'])},")
    else:
        nesterov = optimizer.name == "nesterov"
        lines.append(f"momentum={literal(values.get('momentum', 0.0))}, nesterovs_momentum={nesterov},")
    lines += ["alpha=0.0,", "shuffle=False,"]
    body = "\n".join(f"        {line}" for line in lines)
    classes = "" if estimator == "MLPRegressor" else ", classes=np.unique(Y_TRAIN)"
    target = "Y_TRAIN" if estimator == "MLPClassifier" else "targets(Y_TRAIN)"
    one = t.first.sizes[-1] == 1
    shape = block(f'''
        def targets(y):
            """Numbers as the estimator wants them: {"a plain row for one output" if one else "a column for each output"}."""
            return {targets(t, "sklearn")}{".ravel()" if one else ""}
        ''')
    return (
        (shape + "\n\n\n" if estimator == "MLPRegressor" else "# ---- the network\n")
        + f"def make_estimator():\n    net = {estimator}(\n{body}\n    )\n"
        f"    net.partial_fit(X_TRAIN, {target}{classes})  # one step for nothing, which builds the network\n"
        "    net.coefs_ = [W.copy() for W in FIRST_WEIGHTS]\n"
        "    net.intercepts_ = [b.copy() for b in FIRST_BIASES]\n"
        "    del net._optimizer  # it would remember that step\n"
        "    return net\n"
    )


def _main(t: Transcript, estimator: str) -> str:
    s, scale = t.stretches[0], _scale(t)
    values = optimizer_settings(s.settings.optimizer)
    lines = [
        "net = make_estimator()",
        f"for step, (_, rows) in zip(range({s.last}), batches({s.settings.batch_size}, 0, 0)):",
        "    net.batch_size = len(rows)",
    ]
    if t.scheduled:
        adam = s.settings.optimizer.name == "adam"
        rate = literal(values["learning_rate"] if adam else values["learning_rate"] / scale)
        lines[1] = lines[1].replace("_", "time", 1)
        lines += [
            f"    rate = {rate} * {plain_settings(s, t)['schedule']}(time)",
            "    net.learning_rate_init = max(rate, 1e-300)  # counts in the first step; 0 would be refused",
            '    if hasattr(net, "_optimizer"):',
            f"        net._optimizer.learning_rate{'_init' if adam else ''} = rate",
        ]
    if t.uses("l2"):
        lines.append(
            f"    net.alpha = {literal(s.settings.l2 * scale)} * len(rows)  # it divides the penalty by the samples"
        )
    if s.settings.optimizer.name == "adam":
        epsilon, beta = literal(values["epsilon"] * scale), literal(values["beta_2"])
        lines += [
            "    # Adam's epsilon is added before the bias correction here, and after it in PyTorch and the playground.",
            f"    epsilon = {epsilon} * np.sqrt(1.0 - {beta} ** (step + 1))",
            "    net.epsilon = epsilon",
            '    if hasattr(net, "_optimizer"):',
            "        net._optimizer.epsilon = epsilon",
        ]
    if estimator == "MLPRegressor":
        lines += [
            "    net.partial_fit(X_TRAIN[rows], targets(Y_TRAIN[rows]))",
            "train_loss = ((net.predict(X_TRAIN) - targets(Y_TRAIN)) ** 2).mean()",
            "outputs = net.predict(X_TRAIN).reshape(len(X_TRAIN), -1)",
            f"score = {score(t, 'outputs')}",
        ]
    else:
        lines += [
            "    net.partial_fit(X_TRAIN[rows], Y_TRAIN[rows], classes=np.unique(Y_TRAIN))",
            "chances = net.predict_proba(X_TRAIN)",
            "train_loss = -np.log(chances[np.arange(len(Y_TRAIN)), Y_TRAIN]).mean()",
            "score = (net.predict(X_TRAIN) == Y_TRAIN).mean()",
        ]
    lines.append("compare(net.coefs_, net.intercepts_, train_loss, score)")
    lines += example(t, "net")
    return "# ---- the loop\ndef main():\n" + "\n".join(f"    {line}" for line in lines) + "\n"
