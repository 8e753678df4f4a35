"""One step of training taken apart: forwards, the loss, backwards and the update, on the real numbers.

Read step (the numbers), expressions (a formula that shows itself and computes itself), formulas (the textbook's,
a table each for activations, losses and optimizers), terms (what is behind one unit or one weight), ideas (the
walk from input to update), snippet (the same step as a NumPy program), picture and view (how it comes on screen).
"""
