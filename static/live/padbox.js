// A dialog with the drawing pad: what is drawn becomes an end of the path.
import { DrawingPad } from "./pad.js";

export class PadBox {
  /** @param {HTMLElement} root @param {{onUse: (picture: Uint8Array) => void}} handlers */
  constructor(root, { onUse }) {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "pad-box";
    this.dialog.innerHTML = `
      <h2>Draw a picture</h2><canvas aria-label="Drawing pad"></canvas>
      <div><button type="button" data-pad="undo">Undo</button><button type="button" data-pad="clear">Clear</button><span></span>
        <button type="button" data-pad="close">Close</button><button type="button" data-pad="use">Use it</button></div>`;
    root.append(this.dialog);
    this.pad = new DrawingPad(this.dialog.querySelector("canvas"), {});
    const actions = {
      undo: () => this.pad.undo(),
      clear: () => this.pad.clear(),
      close: () => this.dialog.close(),
      use: () => { this.dialog.close(); onUse(this.pad.picture()); },
    };
    this.dialog.addEventListener("click", (event) => actions[event.target.closest("button")?.dataset.pad]?.());
  }

  /** @param {import("./paint.js").Shape} shape of the model's pictures */
  open(shape) {
    if (`${shape}` !== `${this.pad.shape}`) this.pad.build(shape);
    this.dialog.showModal();
  }
}
