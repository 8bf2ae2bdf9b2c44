// The main thread's side of the worker: ask for a sheet of pictures, get the newest one back.
import { appRoot, fetchBytes, wasmBytes } from "./runtime.js";

export class BatchDecoder {
  /** @param {{ort: string, wasm: string}} files */
  constructor(files) {
    this.handlers = new Map();
    this.sent = new Map(); // kind -> job under way or waiting in the worker
    this.next = new Map(); // kind -> newest job, sent when the answer to the last one is in
    this.spare = new Map(); // kind -> pixels to write the next sheet into
    this.model = null;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.started = wasmBytes(files).then((bytes) => {
      const wasmBinary = bytes.slice(0);
      this.worker.postMessage({ runtime: { ort: appRoot() + files.ort, wasmBinary } }, [wasmBinary]);
    });
  }

  /** Another network is on its way: nothing is decoded until then. */
  stop() {
    this.model = null;
    this.sent.clear();
    this.next.clear();
  }

  /**
   * Decode with this network from now on.
   * @param {string} path the .onnx file
   * @param {import("./paint.js").Shape} shape
   */
  async use(path, shape) {
    if (this.model === path) return;
    Object.assign(this, { model: path, shape });
    this.sent.clear();
    this.next.clear();
    const [network] = await Promise.all([fetchBytes(path), this.started]);
    if (this.model !== path) return;
    this.worker.postMessage({ model: path, network: new Uint8Array(network) });
    this.ready = path;
    for (const kind of this.next.keys()) this.send(kind);
  }

  /**
   * @param {string} kind who asks; an answer goes to the handler of the same kind
   * @param {(sheet: object, tag: any, milliseconds: number) => void} handler
   */
  on(kind, handler) {
    this.handlers.set(kind, handler);
  }

  /**
   * Ask for a sheet; of several requests of one kind the newest wins.
   * @param {string} kind
   * @param {Float32Array} z (count, D), row by row
   * @param {number} count
   * @param {number} columns pictures in one row of the sheet
   * @param {any} [tag] comes back with the sheet
   */
  request(kind, z, count, columns, tag) {
    this.next.set(kind, { kind, z, count, columns, tag, model: this.model, shape: this.shape });
    if (!this.sent.has(kind) && this.ready === this.model) this.send(kind);
  }

  send(kind) {
    const job = { ...this.next.get(kind), reuse: this.spare.get(kind) };
    this.next.delete(kind);
    this.spare.delete(kind);
    this.sent.set(kind, job);
    this.worker.postMessage(job, job.reuse ? [job.reuse.buffer] : []);
  }

  receive({ kind, model, tag, sheet, milliseconds }) {
    if (model !== this.model) return;
    const job = this.sent.get(kind);
    if (sheet) {
      this.handlers.get(kind)?.(sheet, tag, milliseconds);
      this.spare.set(kind, sheet.pixels);
    }
    // As long a rest as the work took: the picture under the hand and other programs want the processor, too.
    setTimeout(() => {
      if (this.sent.get(kind) !== job) return;
      this.sent.delete(kind);
      if (this.next.has(kind)) this.send(kind);
    }, milliseconds);
  }
}
