// The sections that Learning has: a new one is a folder in sections/, a line here, and one in Python's table, which orders
// them.
import { closedFormKL } from "./sections/closed_form_kl/section.js";
import { meanField } from "./sections/mean_field/section.js";
import { race } from "./sections/race/section.js";
import { reparametrisation } from "./sections/reparametrisation/section.js";
import { watch } from "./sections/watch/section.js";
import { whichKL } from "./sections/which_kl/section.js";

const SECTIONS = [whichKL, reparametrisation, meanField, closedFormKL, race, watch];

/** @type {Record<string, import("./section.js").Section>} by their names */
export const registry = Object.fromEntries(SECTIONS.map((section) => [section.name, section]));
