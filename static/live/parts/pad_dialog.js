// A dialog with the drawing pad: what is drawn becomes an end of the path.
import { partOf } from "../kit/part.js";
import { DrawingPad } from "./pad.js";

export class PadBox {
  /** @param {HTMLElement} root @param {{onUse: (picture: Uint8Array) => void}} handlers */
  constructor(root, { onUse }) {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "pad-box";
    this.dialog.innerHTML = `
      <h2>Draw a picture</h2><canvas aria-label="Drawing pad: mouse, finger or pen draw; arrow keys move a pen, space puts it down"></canvas>
      <div><button type="button" data-pad="undo">Undo</button><button type="button" data-pad="clear">Clear</button><span></span>
        <button type="button" data-pad="close">Close</button><button type="button" data-pad="use">Use it</button></div>`;
    root.append(this.dialog);
    this.pad = new DrawingPad(partOf(this.dialog, "canvas", HTMLCanvasElement), {});
    /** @type {Record<string, () => void>} */
    const actions = {
      undo: () => this.pad.undo(),
      clear: () => this.pad.clear(),
      close: () => this.dialog.close(),
      use: () => {
        this.dialog.close();
        onUse(this.pad.picture());
      },
    };
    this.dialog.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      actions[button?.dataset.pad ?? ""]?.();
    });
  }

  /** @param {import("../kit/paint.js").Shape} shape of the model's pictures */
  open(shape) {
    if (`${shape}` !== `${this.pad.shape}`) this.pad.build(shape);
    this.dialog.showModal();
  }
}
