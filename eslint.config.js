import js from "@eslint/js";
import globals from "globals";

/** A class makes all its fields in its constructor: what an object holds is read in one place. */
const fields = {
  create: (context) => ({
    ClassBody(node) {
      const methods = node.body.filter((member) => member.type === "MethodDefinition");
      const made = new Set([
        ...methods.filter(({ kind }) => kind === "set").map(({ key }) => key.name),
        ...methods.filter(({ kind }) => kind === "constructor").flatMap((method) => assigned(method).map(nameOf)),
      ]);
      for (const method of methods.filter(({ kind }) => kind !== "constructor"))
        for (const place of assigned(method))
          if (!made.has(nameOf(place)))
            context.report({ node: place, message: `this.${nameOf(place)} is not made in the constructor.` });
    },
  }),
};
const nameOf = (place) => (place.type === "MemberExpression" ? place.property.name : "{...}");
const isThis = (node) => node?.type === "ThisExpression";

/** Where a method writes to `this`, at any depth; Object.assign(this) writes to who knows what. */
function assigned(node, found = []) {
  if (node.type === "AssignmentExpression") found.push(...targets(node.left));
  if (node.type === "CallExpression" && node.callee.property?.name === "assign" && isThis(node.arguments[0]))
    found.push(node);
  for (const [key, child] of Object.entries(node))
    if (key !== "parent")
      for (const inner of [child].flat()) if (typeof inner?.type === "string") assigned(inner, found);
  return found;
}
const targets = (left) =>
  left.type === "ArrayPattern" ? left.elements.flatMap(targets) : isThis(left.object) && !left.computed ? [left] : [];

export default [
  { ignores: ["playground/web/js/shared/registry.js"] },
  js.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ["playground/**/*.js"],
    plugins: { house: { rules: { fields } } },
    rules: { "house/fields": "error" },
  },
  { files: ["tests/js/**"], languageOptions: { globals: globals.node } },
];
