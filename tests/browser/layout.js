// What is wrong with the layout of the page, a sentence each: text or controls that lie on each other, are cut off or
// beyond the edge, a page that scrolls sideways, a picture that is not square.
() => {
  const problems = [];
  const says = (e) => (e.innerText || e.getAttribute("aria-label") || e.textContent || "").trim().slice(0, 30);
  const name = (e) => `${e.tagName.toLowerCase()} “${says(e)}”`;
  const sideways = (e) => e && e.scrollWidth - e.clientWidth;
  for (const e of [document.documentElement, document.querySelector("[data-testid=stMain]")])
    if (sideways(e) > 1) problems.push(`the page scrolls sideways by ${sideways(e)}`);

  // Text and controls that can be seen, ours and those of Streamlit beside them, without what is a drawing by itself.
  const ours = ".stage, .compare, .inside, .draw, .gallery, .ready, .take, .charts";
  const streamlits = [".stHeading", ".stMarkdown", ".stButton", ".stDownloadButton"].map((e) => `.stMain ${e}`);
  const apart =
    "pre, canvas, [data-testid=stIconMaterial], table, [role=grid], .spoken, .announced, .editor, .tip, .mark, [hidden]";
  const PAGE = "html, body, [data-testid=stMain]";
  const SIDEBAR = "[data-testid=stSidebar]";
  const hasText = (e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const boxes = [];
  for (const scope of document.querySelectorAll([ours, ...streamlits].join(", "))) {
    if (scope.clientWidth < 40) continue; // in a sidebar that is folded away
    for (const e of scope.querySelectorAll("*")) {
      if ((e.closest("svg") && e.tagName !== "text") || e.closest(apart)) continue;
      if (e.closest("math, details:not([open]) > :not(summary)")) continue;
      const control = e.matches("button, select, input, summary, textarea");
      const style = getComputedStyle(e);
      const own = e.getBoundingClientRect();
      if (!(control || hasText(e)) || own.width < 2 || own.height < 2) continue;
      if (style.visibility === "hidden" || style.opacity === "0") continue;
      const range = document.createRange();
      range.selectNodeContents(e);
      const text = range.getBoundingClientRect();
      // What a finger presses around a sign of the diagram reaches, on purpose, as far as its neighbour.
      const box = (control && !e.matches(".diagram button, .what")) || !text.width ? own : text;
      // A link that goes on in the next line is a box in each.
      for (const part of box === own ? [own] : range.getClientRects()) boxes.push({ e, box: within(e, part) });
      const before =
        e.parentElement.querySelector(":scope > button") ?? e.previousElementSibling?.querySelector("button");
      if (/^[.,;:]/.test(e.textContent) && before && own.top > before.getBoundingClientRect().bottom - 2)
        problems.push(`a line begins with ${name(e)}`);
      if (e.tagName === "text") continue;
      // What a finger presses around a sign lies outside of it.
      const hides = style.overflowX !== "visible" || (e.tagName === "BUTTON" && !e.matches(".what, .stTooltipIcon *"));
      if (hides && e.scrollWidth > e.clientWidth + 1 && style.display !== "inline") problems.push(`cut: ${name(e)}`);
      if (style.overflowY === "hidden" && e.scrollHeight > e.clientHeight + 3) problems.push(`cut below: ${name(e)}`);
      // What stands in a strip that is moved sideways by hand is as far right as the strip.
      const { right } = strip(e)?.getBoundingClientRect() ?? box;
      if (right > innerWidth + 1) problems.push(`beyond the right edge: ${name(e)}`);
    }
  }
  for (const [k, one] of boxes.entries())
    for (const other of boxes.slice(k + 1)) {
      if (one.e.contains(other.e) || other.e.contains(one.e)) continue;
      if (one.e.closest(SIDEBAR) !== other.e.closest(SIDEBAR)) continue; // on a phone it opens above the page
      const [a, b] = [one.box, other.box];
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes of text are a little higher than its letters.
      if (width > 1.5 && height > 4) problems.push(`${name(one.e)} lies on ${name(other.e)}`);
    }

  const plane = document.querySelector(".stage .surface .nsewdrag")?.getBoundingClientRect();
  if (plane && Math.abs(plane.width - plane.height) > 1)
    problems.push(`the picture is ${plane.width} x ${plane.height}: not square`);
  return [...new Set(problems)];

  function strip(e) {
    for (let around = e.parentElement; around && !around.matches(PAGE); around = around.parentElement)
      if (/auto|scroll/.test(getComputedStyle(around).overflowX)) return around;
    return null;
  }

  // What is left of a box by what hides or scrolls around it; the page itself can be scrolled to all of it.
  function within(e, { left, top, right, bottom }) {
    for (let around = e.parentElement; around && !around.matches(PAGE); around = around.parentElement) {
      if (getComputedStyle(around).overflowX === "visible") continue;
      const edge = around.getBoundingClientRect();
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return { left, top, right, bottom };
  }
};
