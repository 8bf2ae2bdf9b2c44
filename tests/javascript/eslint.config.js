// What eslint holds the browser's modules and their tests to.
import js from "@eslint/js";
import globals from "globals";

const UNNAMED = {
  selector: "ImportDeclaration[source.value=/utils|helpers|common/]",
  message: "Name a file by what it is.",
};
const INHERITED = {
  selector: "ClassDeclaration[superClass]",
  message: "A page is one state and functions of it: give a part what it needs instead of extending it.",
};

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": ["error", UNNAMED],
    },
  },
  {
    files: ["static/live/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { "no-restricted-syntax": ["error", UNNAMED, INHERITED], "max-lines": ["error", 200] },
  },
  { files: ["static/live/engine/**/*.js"], rules: { "no-restricted-syntax": ["error", UNNAMED] } }, // no page's
  { files: ["static/live/**/worker.js"], languageOptions: { globals: globals.worker } },
  { files: ["tests/benchmarks/*.js"], languageOptions: { globals: globals.browser, sourceType: "script" } },
  { files: ["tests/math/*.js", "tests/javascript/*.js"], languageOptions: { globals: globals.node } },
];
