// How far somebody has got in the lessons. It is kept in the browser and nowhere else.
//
// {lesson: {guessed, right, stars, code}}: what was predicted, in words, and whether it was right; the most stars, and
// the code of the solution that got them. Whatever else may lie in the browser's storage is not believed.
export const KEY = "mlp.lessons.v1";
const MOST_STARS = 3;
const LONGEST = 400;

/** @typedef {{ guessed?: string, right?: boolean, stars?: number, code?: string }} Record_ */

export function read(storage) {
  try {
    const kept = JSON.parse(storage().getItem(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(kept).flatMap(([name, one]) => (fits(name) ? [[name, clean(one)]] : [])));
  } catch {
    return {}; // forbidden, full, or written by somebody else
  }
}

// With a lesson's news; gives whether the browser has kept it.
export function keep(storage, { name, ...news }) {
  const every = read(storage);
  if (!fits(name)) return false;
  const [before, now] = [every[name] ?? {}, clean(news)];
  const better = (now.stars ?? 0) >= (before.stars ?? 0);
  every[name] = { ...before, ...now, ...(better ? {} : { stars: before.stars, code: before.code }) };
  try {
    storage().setItem(KEY, JSON.stringify(every));
    return true;
  } catch {
    return false;
  }
}

export function forget(storage) {
  try {
    storage().removeItem(KEY);
  } catch {
    // then there is nothing to forget
  }
}

export const stars = (n, most = MOST_STARS) => "★".repeat(n) + "☆".repeat(most - n);

// What a person can paste into a mail, or a teacher into a table.
export function asText(progress, lessons) {
  const row = ({ name, title }) => {
    const { stars: got = 0, guessed = "", right, code = "" } = progress[name] ?? {};
    const guess = guessed && `${guessed}${right ? " (right)" : ""}`;
    return [title, got ? String(got) : "", guess, code].map(cell).join("\t");
  };
  return [["Lesson", "Stars", "Guess", "Code"].join("\t"), ...lessons.map(row)].join("\n");
}

// A table program takes what begins with one of these for a formula.
const cell = (text) => text.replace(/\s+/g, " ").replace(/^(?=[=+\-@])/, "'");

const fits = (name) => typeof name === "string" && /^[a-z0-9-]{1,60}$/.test(name);

function clean(one) {
  /** @type {Record_} */
  const found = {};
  if (typeof one !== "object" || one === null) return found;
  for (const key of ["guessed", "code"]) if (typeof one[key] === "string") found[key] = one[key].slice(0, LONGEST);
  if (typeof one.right === "boolean") found.right = one.right;
  if (Number.isInteger(one.stars) && one.stars >= 0 && one.stars <= MOST_STARS) found.stars = one.stars;
  return found;
}
