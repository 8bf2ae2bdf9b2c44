// Files that a visitor brings: chosen, pasted, or dropped anywhere on a part of the page.
import { fileAsBase64 } from "../kit/bytes.js";

const TYPES = "image/png,image/jpeg,image/webp,image/bmp,image/tiff,image/gif";

export class Brought {
  most = 0; // bytes of a file
  input = document.createElement("input");

  /**
   * @param {HTMLElement} root files may be dropped anywhere on it, and pasted while it is on the page
   * @param {{onFile: (name: string, base64: string) => void, onProblem: (sentence: string) => void}} handlers
   */
  constructor(root, handlers) {
    this.root = root;
    this.handlers = handlers;
    Object.assign(this.input, { type: "file", accept: TYPES, hidden: true });
    this.input.onchange = () => {
      const file = this.input.files?.[0];
      if (file) this.read(file);
      this.input.value = ""; // the same file may be chosen again
    };
    this.listen();
  }

  /** Let the visitor choose a file. */
  choose() {
    this.input.click();
  }

  listen() {
    document.addEventListener("paste", (event) => {
      const items = Array.from((this.root.isConnected && event.clipboardData?.items) || []),
        file = items.find(({ kind }) => kind === "file")?.getAsFile();
      if (!file) return;
      event.preventDefault();
      this.read(file);
    });
    this.root.addEventListener("dragover", (event) => {
      if (!Array.from(event.dataTransfer?.types ?? []).includes("Files")) return;
      event.preventDefault();
      this.root.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"])
      this.root.addEventListener(name, () => this.root.classList.remove("dropping"));
    this.root.addEventListener("drop", (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      this.read(file);
    });
  }

  /**
   * A file's bytes go to Python, which takes more kinds of picture than a browser, and answers with what it made.
   * @param {File} file
   */
  async read(file) {
    if (file.size > this.most) {
      const size = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
      return this.handlers.onProblem(
        `The file has ${size(file.size)}, and ${size(this.most)} are the most that is taken: save the picture smaller.`,
      );
    }
    try {
      this.handlers.onFile(file.name || "pasted picture", await fileAsBase64(file));
    } catch (error) {
      this.handlers.onProblem(error instanceof Error ? error.message : String(error));
    }
  }
}
