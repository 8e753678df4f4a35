// The error function, for GELU: JavaScript has none. Numerical Recipes' Chebyshev fit (erfc, section 6.2),
// relative error below 1.2e-7.
const C = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

export function erf(x) {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  let sum = 0;
  for (let k = C.length - 1; k >= 0; k--) sum = sum * t + C[k];
  const erfc = t * Math.exp(-x * x + sum);
  return x >= 0 ? 1 - erfc : erfc - 1;
}
