// A blank screen, so that a room looks at who is speaking; any key, click or touch brings the page back.

/** @type {HTMLDialogElement | null} */
let curtain = null;

/** @param {HTMLElement} root of the page */
export function blank(root) {
  curtain ??= Object.assign(document.createElement("dialog"), { className: "curtain", ariaLabel: "Blank screen" });
  curtain.onpointerdown = unblank;
  root.append(curtain);
  curtain.showModal();
}

/** @returns {boolean} whether the screen was blank */
export function unblank() {
  const was = Boolean(curtain?.open);
  curtain?.close();
  return was;
}
