import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/", "playground/web/js/shared/registry.js"] },
  js.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**"], languageOptions: { globals: globals.node } },
];
