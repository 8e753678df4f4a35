// The colours that every picture of the stage shares.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { PALETTES } from "../../playground/web/js/shared/registry.js";
import { layerColour } from "../../playground/web/js/shared/theme.js";

const { colours } = JSON.parse(readFileSync(new URL("../layer_colours.json", import.meta.url), "utf8"));

test("the curves of layers have the colours that Python's figures give them", () => {
  for (const theme of Object.values(PALETTES))
    for (const [n, wanted] of Object.entries(colours))
      wanted.forEach((k, layer) =>
        assert.equal(layerColour(theme, layer, Number(n)), theme.layers[k], `${layer} of ${n}`),
      );
});
