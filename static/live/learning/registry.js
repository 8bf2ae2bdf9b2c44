// The sections that Learning has: a new one is a folder in sections/, a line here, and one in Python's table, which orders
// them.
import { amortisation } from "./sections/amortisation/section.js";
import { bounds } from "./sections/bounds/section.js";
import { closedFormKL } from "./sections/closed_form_kl/section.js";
import { coin } from "./sections/coin/section.js";
import { derivationOfELBO } from "./sections/derivation/section.js";
import { expectationMaximisation } from "./sections/em/section.js";
import { fitting } from "./sections/fitting/section.js";
import { flows } from "./sections/flows/section.js";
import { gradientTraining } from "./sections/gradient_training/section.js";
import { gradients } from "./sections/gradients/section.js";
import { meanField } from "./sections/mean_field/section.js";
import { monteCarlo } from "./sections/monte_carlo/section.js";
import { race } from "./sections/race/section.js";
import { reparametrisation } from "./sections/reparametrisation/section.js";
import { watch } from "./sections/watch/section.js";
import { whichKL } from "./sections/which_kl/section.js";

const SECTIONS = [
  derivationOfELBO,
  coin,
  fitting,
  monteCarlo,
  bounds,
  gradients,
  gradientTraining,
  expectationMaximisation,
  amortisation,
  whichKL,
  reparametrisation,
  meanField,
  closedFormKL,
  flows,
  race,
  watch,
];

/** @type {Record<string, import("./section.js").Section>} by their names */
export const registry = Object.fromEntries(SECTIONS.map((section) => [section.name, section]));
