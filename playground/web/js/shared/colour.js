// Which colour a value has: one rule for the surface, the neurons' maps, the links, the biases and the heat map.
// A signed value is orange below the middle and blue above it, and full at `reach` from it.

// The value's place among the 256 colours of a ramp, from the lowest to the highest.
export function placeOf(value, middle, reach) {
  const k = 128 + ((value - middle) * 127.99) / reach;
  return k < 0 ? 0 : k > 255 ? 255 : k | 0;
}

// The full colour of a sign: of a link, of a bias.
export const signColour = (value, theme) => (value < 0 ? theme.negative : theme.positive);
