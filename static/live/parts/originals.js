// The small card where originals would stand: what stands in for them, and the button that gets them for everybody.

/** @typedef {import("../engine/model.js").OriginalsSource} OriginalsSource */

export class OriginalsCard {
  /** @param {HTMLElement} host the card comes last in it @param {() => void} onGet */
  constructor(host, onGet) {
    this.root = Object.assign(document.createElement("div"), { className: "get-originals", hidden: true });
    this.text = document.createElement("small");
    this.button = Object.assign(document.createElement("button"), { type: "button", onclick: onGet });
    this.button.dataset.get = "originals";
    this.root.append(this.text, this.button);
    this.text.setAttribute("role", "status");
    host.append(this.root);
  }

  /**
   * @param {OriginalsSource | null} source the card is shown where it says that originals are missing
   * @param {boolean} [instead] whether the page shows stand-ins
   */
  show(source, instead = true) {
    this.root.hidden = !source?.missing;
    if (!source?.missing) return;
    const { missing, title, get, standIns } = source;
    const state =
      instead && standIns ? `Our own digits stand in for ${title}.` : `The pictures of ${title} are not here yet.`;
    const text = get?.problem || (get ? state : missing.replaceAll("`", ""));
    if (this.text.textContent !== text) this.text.textContent = text;
    this.text.title = [get?.problem ? get.reason : "", missing.replaceAll("`", "")].filter(Boolean).join(" ");
    this.root.toggleAttribute("data-calm", text === state);
    this.button.title = state;
    this.button.hidden = !get;
    this.button.disabled = Boolean(get?.busy);
    this.button.textContent = get?.busy ? "Getting the originals …" : (get?.label ?? "");
  }
}
