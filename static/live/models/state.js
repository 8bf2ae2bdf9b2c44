// The state of the Models page: which section is shown, and what all of them stand on. Each section has a state of its
// own beside it.

/**
 * What the browser needs of one model (`ui/browser/networks.py`).
 * @typedef {object} Network
 * @property {string} name
 * @property {import("../math/shape.js").Shape} shape of its pictures
 * @property {number} latentDim
 * @property {number | null} noise of a pixel; null for a Bernoulli likelihood
 * @property {string} decoder address
 * @property {string} encoder address
 * @property {import("../engine/codes.js").CodesSource | null} mixture p(z) where it was learned; null for N(0, I)
 * @property {import("../engine/codes.js").CodesSource | null} draws of p(z), where it is neither
 * @property {number | null} classes labels that the networks are given; null where they are given none
 * @property {number | null} codebook codes that a cell may have; null where latents are no codes
 * @property {string} [classifier] address of q(y|x)
 * @property {string} [prior] address of p(z) of codes
 * @property {string} [posterior] address of a q(z|x) that a flow has bent, from draws of N(0, I)
 */

/**
 * What Python sends, whichever section is shown; each section says what else.
 * @typedef {object} Data
 * @property {string} section the one that is shown
 * @property {string} chosen name of the app's model
 * @property {number} visit grows whenever Python wants the section to go to `place`
 * @property {Record<string, any>} place where it is to go
 * @property {import("../engine/model.js").OriginalsSource} originals where the test pictures are, or why they are not here
 * @property {number} samples test pictures
 * @property {BroughtFile | null} brought the last file, made a picture of
 * @property {number} mostBytes of a file
 */

/** @typedef {{number: number, name: string, x: string, problem: string}} BroughtFile x is (C, H, W) in base64; or a problem */

/**
 * A section, as the page shows it. `sections.js` lists what makes each.
 * @typedef {object} Section
 * @property {HTMLElement} element what is shown
 * @property {(data: any, attempt: import("../kit/arrival.js").Attempt) => Promise<void> | void} update
 * @property {() => void} [measure] called once the root is on the page, and when the window changes
 * @property {Record<string, () => void>} keys what keys do in it
 * @property {string} stepped what the arrows step
 * @property {(way: number) => void} step
 * @property {Record<string, any>} live read by tests as the root's `__live`: inputs, pictures and what else there is
 */

/**
 * @typedef {object} Comparison
 * @property {HTMLElement} root
 * @property {import("../engine/model.js").Files} files addresses of the runtime
 * @property {Map<string, Section>} sections those that were shown, by name
 * @property {string} section the one that is shown
 * @property {string} chosen name of the app's model
 * @property {number} sequence messages to Python so far
 * @property {(name: string, value: any) => void} send set by the mount: a state of the component
 * @property {(name: string, value: any) => void} call set by the mount: an event of the component
 * @property {import("../kit/bootstrap.js").Persist} persist set by the mount: tries what may fail until it succeeds
 */

/** @param {HTMLElement} root @param {Comparison["files"]} files @returns {Comparison} before the first data */
export function comparison(root, files) {
  return {
    root,
    files,
    sections: new Map(),
    section: "",
    chosen: "",
    sequence: 0,
    send: () => {},
    call: () => {},
    persist: (_key, attempt) => attempt(false),
  };
}

/**
 * Tell Python where the section stands, once a gesture has come to its end: it writes the link.
 * @param {Comparison} page
 * @param {string} section
 * @param {Record<string, string | null>} query as a link says it
 */
export function commit(page, section, query) {
  page.sequence += 1;
  page.send("place", { sequence: page.sequence, model: page.chosen, section, query });
}
