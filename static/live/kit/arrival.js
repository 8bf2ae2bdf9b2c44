// Python sends a page to a place once: whatever the visitor has moved since then stays, also where loading failed and is
// tried again, and where what was stored turns live.

/**
 * One call of a page's `update`.
 * @typedef {object} Attempt
 * @property {boolean} again whether the last one failed: nothing of what it loaded may be taken for done
 * @property {boolean} arriving whether the page is to go to Python's place. It takes it before it waits for anything; what
 *   of it needs files it keeps as wanted until that is on the screen, or the visitor puts something else there.
 */

/** @param {Record<string, any>} data of any page @returns {number} grows whenever Python wants the page to go to its place */
export function visitOf(data) {
  return data.place?.visit ?? data.visit ?? 0;
}

/** @returns {(data: Record<string, any>) => boolean} of one page: whether Python's data sends it somewhere, true once a visit */
export function arrivals() {
  /** @type {number | null} */
  let last = null;
  return (data) => {
    const visit = visitOf(data),
      arriving = visit !== last;
    last = visit;
    return arriving;
  };
}
