"""A component's JavaScript travels with every message, so it is only a line that loads the cacheable modules."""

from __future__ import annotations

from playground.web.assets import modules_address

# A server that was started anew may bring newer modules to a tab that still has the old ones. Two sets of them would be
# two players: the tab goes on with its own, and says that there is a newer one.
# Streamlit's own script tells where the server's root is, under whichever path a proxy has put it.
_SCRIPT = """
const modules = "%s";
const first = (window.mlpPlayground ??= modules);
const root = new URL("../../", document.querySelector('script[src*="static/js/"]').src);
const at = (name) => new URL(first + "/" + name, root).href;
const style = document.querySelector('link[rel=stylesheet][href$="stage/stage.css"]') ?? new Promise((resolve) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: at("stage/stage.css") });
  link.onload = link.onerror = resolve;
  document.head.append(link);
});
const part = import(at("%s"));
// Above the page itself: the first component to arrive may be one that this width or this page does not show.
const tell = () => {
  if (first === modules || document.querySelector(".newer")) return;
  const words = document.createElement("p");
  words.className = "newer";
  words.setAttribute("role", "status");
  const button = document.createElement("button");
  button.textContent = "Reload";
  button.onclick = () => location.reload();
  words.append("This server has a newer version of the playground than this page. ", button);
  document.querySelector(".stMainBlockContainer").prepend(words);
};
export default async (component) => {
  tell();
  await style;
  return (await part).default(component);
};
"""


def script(module: str) -> str:
    """The component script that loads one of the modules, FOLDER/NAME."""
    return _SCRIPT % (modules_address(), module)
