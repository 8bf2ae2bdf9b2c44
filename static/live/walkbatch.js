// The main thread's side of the path worker: of several requests of one kind the newest is answered.
import { appRoot, fetchBytes, wasmBytes } from "./runtime.js";

export class WalkBatch {
  /** @param {{ort: string, wasm: string}} files */
  constructor(files) {
    this.handlers = new Map();
    this.tags = new Map(); // kind -> {number, tag} of its newest request
    this.number = 0;
    this.held = new Map(); // kind -> request made before the networks were there
    this.worker = new Worker(new URL("walkworker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      const { number, tag } = this.tags.get(data.kind);
      if (number === data.number) this.handlers.get(data.kind)?.(data.pictures, data.means, tag); // else a newer one comes
    };
    this.started = wasmBytes(files).then((bytes) => {
      const wasmBinary = bytes.slice(0);
      this.worker.postMessage({ runtime: { ort: appRoot() + files.ort, wasmBinary } }, [wasmBinary]);
    });
  }

  /** Use these networks from now on. @param {{decoder: string, encoder: string}} addresses */
  async use({ decoder, encoder }) {
    if (this.model === decoder) return;
    this.model = decoder;
    this.ready = null;
    this.held.clear();
    const bytes = await Promise.all([fetchBytes(decoder), fetchBytes(encoder), this.started]);
    if (this.model !== decoder) return;
    const networks = { decoder: new Uint8Array(bytes[0]), encoder: new Uint8Array(bytes[1]) };
    this.worker.postMessage({ networks, model: decoder });
    this.ready = decoder;
    for (const job of this.held.values()) this.worker.postMessage(job);
    this.held.clear();
  }

  /** @param {string} kind @param {(pictures: Float32Array, means: Float32Array | null, tag: any) => void} handler */
  on(kind, handler) {
    this.handlers.set(kind, handler);
  }

  /**
   * @param {string} kind
   * @param {Float32Array} z (count, D)
   * @param {number} count
   * @param {{encode?: boolean, tag?: any}} [options] whether to encode the pictures again; what comes back with them
   */
  request(kind, z, count, { encode = false, tag } = {}) {
    const job = { kind, z, count, encode, number: ++this.number, model: this.model };
    this.tags.set(kind, { number: job.number, tag });
    if (this.ready === this.model) this.worker.postMessage(job);
    else this.held.set(kind, job);
  }
}
