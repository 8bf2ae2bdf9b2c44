// The sections that Learning has: a new one is a file in sections/, a line here, and one in Python's table, which orders them.
import { whichKL } from "./sections/which_kl/section.js";

/** @type {Record<string, import("./section.js").Section>} */
export const registry = Object.fromEntries([whichKL].map((section) => [section.name, section]));
