"""The geometry of learning: how each layer bends the plane, and the landscape that training goes through."""
