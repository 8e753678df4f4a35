// For the tests alone: `__player`, `__stage` and `__sheet`, the player, and the stage and the drawing sheet that are on
// the page, if any. All come from the page's own modules, imported once more from where the page has them.
{
  const modules = {};

  function load(name) {
    if (name in modules) return;
    const style = document.querySelector('link[href*="assets/js/"]');
    const packed = document.querySelector("script[type=importmap]");
    if (!style && !packed) return;
    modules[name] = null;
    const address = packed ? `mlp/${name}` : style.href.replace("stage/stage.css", name);
    import(address).then((module) => (modules[name] = module));
  }

  // The view that a module keeps for the element around a place.
  function at(selector, name, kept) {
    let element = document.querySelector(selector);
    if (!element) return undefined;
    load(name);
    while (element && !modules[name]?.[kept].has(element)) element = element.parentElement;
    return element ? modules[name][kept].get(element) : undefined;
  }

  const stage = () => at(".stage-place", "stage/stage.js", "stages");
  const player = () => stage() && (load("shared/player.js"), modules["shared/player.js"]?.player);
  const sheet = () => at(".draw-place", "draw/draw.js", "sheets");
  Object.defineProperty(window, "__player", { get: player });
  Object.defineProperty(window, "__stage", { get: stage });
  Object.defineProperty(window, "__sheet", { get: sheet });
  new MutationObserver(() => (player(), sheet())).observe(document, { childList: true, subtree: true });
}
