// Where a picture comes from: a blank pad, a file, the clipboard, the camera, the data set, noise.

const TYPES = "image/png,image/jpeg,image/webp,image/bmp,image/tiff,image/gif";
const UPLOAD = "A PNG, JPEG, WebP, BMP, TIFF or GIF; paste one or drop it anywhere, too";
const CAMERA = "Hold a written digit in front of the camera";
const symbol = (name) => `<span class="symbol" aria-hidden="true">${name}</span>`;

export class Sources {
  /**
   * @param {HTMLElement} host
   * @param {HTMLElement} root files may be dropped anywhere on it
   * @param {{onBlank: () => void, onFile: (name: string, base64: string) => void, onCamera: () => void,
   *   onSample: (index: number) => void, onAnother: (label: number | null) => void, onNoise: () => void,
   *   onProblem: (sentence: string) => void}} handlers `onSample` gets a row of the codes
   */
  constructor(host, root, handlers) {
    Object.assign(this, { host, root, handlers });
    host.innerHTML = `
      <button type="button" data-source="blank" title="An empty pad to draw on (key c)">${symbol("draw")} Draw</button>
      <button type="button" data-source="file" title="${UPLOAD}">${symbol("upload")} Upload</button>
      <button type="button" data-source="camera" title="${CAMERA}">${symbol("photo_camera")} Camera</button>
      <button type="button" data-source="noise" title="Every pixel at random">${symbol("grain")} Noise</button>
      <span class="samples"><label title="A picture that the model was not trained on">Test picture
        <input type="number" min="0" step="1" inputmode="numeric" data-source="index"></label>
        <button type="button" data-source="another" title="Another test picture (key n)">Another</button>
        <select data-source="label" aria-label="A test picture of one label"></select></span>
      <input type="file" accept="${TYPES}" hidden>`;
    const part = (name) => host.querySelector(`[data-source=${name}]`);
    [this.index, this.label, this.file] = [part("index"), part("label"), host.querySelector("[type=file]")];
    part("blank").onclick = () => handlers.onBlank();
    part("file").onclick = () => this.file.click();
    part("camera").onclick = () => handlers.onCamera();
    part("noise").onclick = () => handlers.onNoise();
    part("another").onclick = () => handlers.onAnother(null);
    this.index.onchange = () => this.typed();
    this.label.onchange = () => {
      if (this.label.value !== "") handlers.onAnother(Number(this.label.value));
      this.label.value = "";
    };
    this.file.onchange = () => {
      if (this.file.files[0]) this.read(this.file.files[0]);
      this.file.value = ""; // the same file may be chosen again
    };
    this.listen();
  }

  /** @param {string[]} labels names of the classes @param {number} count codes @param {number} most bytes of a file */
  build(labels, count, most) {
    Object.assign(this, { count, most });
    this.index.max = count - 1;
    this.label.hidden = !labels.length;
    this.label.replaceChildren(new Option("Label …", ""), ...labels.map((name, i) => new Option(`A ${name}`, i)));
  }

  /** @param {number | null} index the test picture that is on the pad */
  show(index) {
    if (document.activeElement !== this.index) this.index.value = index ?? "";
  }

  typed() {
    const index = this.index.valueAsNumber;
    if (Number.isInteger(index) && index >= 0 && index < this.count) return this.handlers.onSample(index);
    this.handlers.onProblem(`There are test pictures 0 to ${this.count - 1}.`);
  }

  listen() {
    document.addEventListener("paste", (event) => {
      const item =
        this.root.isConnected && Array.from(event.clipboardData?.items ?? []).find(({ kind }) => kind === "file");
      if (!item) return;
      event.preventDefault();
      this.read(item.getAsFile());
    });
    this.root.addEventListener("dragover", (event) => {
      if (!Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      this.root.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"])
      this.root.addEventListener(name, () => this.root.classList.remove("dropping"));
    this.root.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.read(event.dataTransfer.files[0]);
    });
  }

  /** A file's bytes go to Python, which takes more kinds of picture than a browser, and answers with what it made. */
  async read(file) {
    if (file.size > this.most) {
      const size = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
      return this.handlers.onProblem(
        `The file has ${size(file.size)}, and ${size(this.most)} are the most that is taken: save the picture smaller.`,
      );
    }
    const address = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onloadend = () => resolve(reader.result);
      reader.readAsDataURL(file);
    });
    if (typeof address !== "string") return this.handlers.onProblem("The file could not be read: is it still there?");
    this.handlers.onFile(file.name || "pasted picture", address.slice(address.indexOf(",") + 1));
  }
}
