"""How a run reaches the browser: what the stage asks, what it is answered, and the modules that draw it."""
