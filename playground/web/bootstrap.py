"""A component's JavaScript travels with every message, so it is only a line that loads the cacheable modules."""

from __future__ import annotations

from playground.web.assets import modules_address

# Streamlit's own script tells where the server's root is, under whichever path a proxy has put it.
_SCRIPT = """
const root = new URL("../../", document.querySelector('script[src*="static/js/"]').src);
const at = (name) => new URL("%s/" + name, root).href;
const style = new Promise((resolve) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: at("stage/stage.css") });
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
    """The component script that loads one of the modules, FOLDER/NAME."""
    return _SCRIPT % (modules_address(), module)
