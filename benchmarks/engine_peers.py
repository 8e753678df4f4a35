"""What the engine is measured against: plain programs, written as one would write them first.

`PlainNetwork` is the loop of clean layer classes; `SumDemo` a transcription of the sum-of-two-numbers demo. Both are
also used by tests, which hold the engine's numbers against theirs.
"""

# ruff: noqa: D102 - these are read for their formulas

from __future__ import annotations

import numpy as np


class PlainLayer:
    """One dense layer, as textbooks write it: fresh arrays at each call."""

    def __init__(self, weights, biases, bend, slope):
        self.W, self.b, self.bend, self.slope = weights.copy(), biases.copy(), bend, slope

    def forward(self, x):
        self.x = x
        self.a = self.bend(x @ self.W + self.b)
        return self.a

    def backward(self, d_a):
        d_z = d_a * self.slope(self.a)
        self.d_W = self.x.T @ d_z
        self.d_b = d_z.sum(axis=0)
        return d_z @ self.W.T


class PlainNetwork:
    """Layers in a list, tanh inside, cross-entropy at the end, trained by SGD or Adam on shuffled batches."""

    def __init__(self, net, adam=False, learning_rate=0.01):
        self.layers = [PlainLayer(layer.weights, layer.biases, np.tanh, lambda a: 1 - a**2) for layer in net.layers]
        self.layers[-1].bend = lambda z: z
        self.layers[-1].slope = np.ones_like
        self.binary = net.sizes[-1] == 1
        self.adam, self.learning_rate, self.t = adam, learning_rate, 0
        self.memory = [
            {name: [np.zeros_like(getattr(layer, name)), np.zeros_like(getattr(layer, name))] for name in ("W", "b")}
            for layer in self.layers
        ]

    def step(self, x, y):
        a = x
        for layer in self.layers:
            a = layer.forward(a)
        if self.binary:
            p = 1 / (1 + np.exp(-a))
            loss = -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))
        else:
            e = np.exp(a - a.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss = -np.mean(np.sum(y * np.log(p + 1e-12), axis=1))
        d = (p - y) / len(x)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        self.t += 1
        for layer, memory in zip(self.layers, self.memory, strict=True):
            for name, gradient in (("W", layer.d_W), ("b", layer.d_b)):
                self._update(layer, name, gradient, memory[name])
        return loss

    def _update(self, layer, name, g, memory):
        if not self.adam:
            setattr(layer, name, getattr(layer, name) - self.learning_rate * g)
            return
        m = memory[0] = 0.9 * memory[0] + 0.1 * g
        v = memory[1] = 0.999 * memory[1] + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
        setattr(layer, name, getattr(layer, name) - self.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8))

    def fit(self, x, y, epochs, batch_size, rng):
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                rows = order[start : start + batch_size]
                self.step(x[rows], y[rows])


class SumDemo:
    """The sum-of-two-numbers demo: a list of hidden layers, sigmoids, no biases, one sample at a time."""

    def __init__(self, weights):
        self.weights = [w.copy() for w in weights]
        self.derivatives = [np.zeros_like(w) for w in weights]
        self.activations = [np.zeros(len(w)) for w in weights] + [np.zeros(weights[-1].shape[1])]

    def forward_propagate(self, inputs):
        activations = inputs
        self.activations[0] = activations
        for i, w in enumerate(self.weights):
            net_inputs = np.dot(activations, w)
            activations = self._sigmoid(net_inputs)
            self.activations[i + 1] = activations
        return activations

    def back_propagate(self, error):
        for i in reversed(range(len(self.derivatives))):
            activations = self.activations[i + 1]
            delta = error * self._sigmoid_derivative(activations)
            delta_row = delta.reshape(delta.shape[0], -1).T
            current = self.activations[i]
            current = current.reshape(current.shape[0], -1)
            self.derivatives[i] = np.dot(current, delta_row)
            error = np.dot(delta, self.weights[i].T)

    def gradient_descent(self, learning_rate):
        for i in range(len(self.weights)):
            self.weights[i] += self.derivatives[i] * learning_rate

    def train(self, inputs, targets, epochs, learning_rate):
        errors = []
        for _ in range(epochs):
            sum_errors = 0.0
            for x, target in zip(inputs, targets, strict=True):
                output = self.forward_propagate(x)
                self.back_propagate(target - output)
                self.gradient_descent(learning_rate)
                sum_errors += np.average((target - output) ** 2)
            errors.append(sum_errors / len(inputs))
        return errors

    @staticmethod
    def _sigmoid(x):
        return 1.0 / (1 + np.exp(-x))

    @staticmethod
    def _sigmoid_derivative(a):
        return a * (1.0 - a)
