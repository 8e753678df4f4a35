"""A component's JavaScript travels with every message, so it is only a line that loads the cacheable modules."""

from __future__ import annotations

from playground.assets import stage_url

_SCRIPT = """
const at = (name) => new URL("%s/" + name, location.origin).href;
const style = new Promise((resolve) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: at("stage.css") });
  link.onload = link.onerror = resolve;
  document.head.append(link);
});
const part = import(at("%s"));
export default async (component) => {
  await style;
  return (await part).default(component);
};
"""


def script(module: str) -> str:
    """The component script that loads one of the stage's modules."""
    return _SCRIPT % (stage_url(), module)
