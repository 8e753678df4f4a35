// Formulas as MathML, which browsers set without help. They come as nested lists from playground/inside/expressions.py:
// a string, or [kind, parts ...]. A term carries the key of what it belongs to, a number its value in full.
const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const OPERATORS = /^[+−·=()⊙←Σ,/√]+$/;
const NUMBER = /^[−-]?[\d.]+$/;

function element(tag, ...children) {
  const made = document.createElementNS(NAMESPACE, tag);
  made.append(...children);
  return made;
}

export function mathml(formula) {
  if (typeof formula === "string") return token(formula);
  const [kind, ...parts] = formula;
  if (kind === "num") return number(parts);
  if (kind === "words") return element("mtext", parts[0]);
  if (kind === "term") return term(parts[0], mathml(parts[1]));
  if (kind === "sum") return mathml(parts[0]);
  const inner = parts.map(mathml);
  const tags = { row: "mrow", sub: "msub", sup: "msup", subsup: "msubsup", frac: "mfrac", sqrt: "msqrt" };
  return element(tags[kind], ...inner);
}

// A formula on a line that may break between its terms: one piece of MathML for each, the sign before it included; of
// several formulas in words, one for each as well. `inFull` shows many terms of a long sum.
export function pieces(formula, inFull = false) {
  const groups = [];
  for (const part of flat(formula, inFull)) {
    const last = groups.at(-1)?.at(-1);
    const isEnded = last?.[0] === "words" && last[1].endsWith(" ");
    if (groups.length && part !== "+" && part !== "−" && !isEnded) groups[groups.length - 1].push(part);
    else groups.push([part]);
  }
  return groups.map((group) => {
    const math = element("math", mathml(["row", ...group]));
    math.setAttribute("displaystyle", "true");
    return math;
  });
}

const flat = (formula, inFull) => {
  const [kind, ...parts] = Array.isArray(formula) ? formula : [];
  if (kind === "row") return parts.flatMap((part) => flat(part, inFull));
  if (kind === "sum") return flat(parts[inFull ? 1 : 0], inFull);
  return kind === "words" ? parts[0].split(/(?<=[^ ], +)(?=[^ ])/).map((text) => ["words", text]) : [formula];
};

function term(key, inner) {
  const made = element("mrow", inner);
  made.setAttribute("class", "term");
  made.setAttribute("data-key", key);
  return made;
}

function number([text, full]) {
  const made = element("mn", text);
  made.setAttribute("class", "number");
  made.setAttribute("data-full", full);
  return made;
}

function token(text) {
  if (NUMBER.test(text)) return element("mn", text);
  if (OPERATORS.test(text)) {
    const operator = element("mo", text);
    if ("()".includes(text)) operator.setAttribute("stretchy", "false");
    if ("+−".includes(text)) for (const side of ["lspace", "rspace"]) operator.setAttribute(side, "0.22em");
    return operator;
  }
  return element([...text.normalize("NFC")].length <= 2 || /^[\p{L}]+$/u.test(text) ? "mi" : "mtext", text);
}
