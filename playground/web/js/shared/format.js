// Numbers as a person reads them; playground/run/number.py writes the same, and a table of cases holds both to it.
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// So many figures without needless zeros, powers of ten written out, a real minus sign.
export function say(x, figures = 4) {
  if (Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const [mantissa, power] = x.toExponential(figures - 1).split("e");
  if (x !== 0 && (Number(power) < -3 || Number(power) >= 5)) return raised(String(Number(mantissa)), power);
  return minus(String(Number(x.toPrecision(figures)) || 0));
}

// The same with a fixed number of places, for read-outs that must not jump about.
export function steady(x) {
  if (!Number.isFinite(x)) return say(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return raised(...split(x.toExponential(1)));
  return minus(size >= 100 ? x.toPrecision(4) : x.toFixed(3));
}

// As short as fits into a small box of a drawing.
export function short(x) {
  if (!Number.isFinite(x)) return say(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 0.005 || size >= 1e4)) return minus(x.toExponential(0)).replace("e+", "e");
  return minus(size >= 100 ? x.toFixed(0) : x.toFixed(2));
}

// A share of 1 as a percentage with one decimal.
export const percent = (x) => (Number.isFinite(x) ? `${minus((100 * x).toFixed(1))} %` : "–");

/** @returns {[string, string]} */
function split(text) {
  const [mantissa, power] = text.split("e");
  return [mantissa, power];
}

export const minus = (text) => text.replaceAll("-", "−");

const raised = (mantissa, power) => `${minus(mantissa)}×10${[...String(Number(power))].map((c) => RAISED[c]).join("")}`;
