// What makes each section, by the name that it has in `ui/models/sections.py`.
import { sideBySide } from "./side.js";
import { discreteLatents } from "./codes.js";
import { conditional } from "./conditional.js";
import { semiSupervised } from "./labels.js";
import { table } from "./table.js";
import { posteriorShape } from "./shape.js";
import { sharpness } from "./sharp.js";

/** @type {Record<string, (page: import("./state.js").Comparison) => import("./state.js").Section>} */
export const SECTIONS = {
  side: sideBySide,
  conditional,
  labels: semiSupervised,
  codes: discreteLatents,
  shape: posteriorShape,
  sharp: sharpness,
  table,
};
