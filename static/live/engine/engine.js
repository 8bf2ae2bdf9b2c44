// The one worker that decodes beside the page: every page's jobs run in the same runtime.
import { appRoot, fetchBytes } from "./files.js";
import { wasmBytes } from "./runtime.js";

/** @typedef {import("./jobs.js").Jobs} Jobs */
/** @typedef {{ort: string, wasm: string}} Files */

export class Engine {
  /** @param {Files} files */
  constructor(files) {
    this.files = files;
    this.number = 0;
    /** @type {Set<Jobs>} */
    this.owners = new Set();
    /** @type {Map<string, Promise<void>>} */
    this.brought = new Map(); // address of a network -> promise that the worker has it
    /** @type {Promise<Worker> | null} */
    this.starting = null;
    /** @type {Worker | null} */
    this.worker = null;
  }

  /** @returns {Promise<Worker>} the worker, once its runtime is there; a failure is forgotten, to be tried again */
  start() {
    this.starting ??= this.launch().catch((error) => {
      this.starting = null;
      throw error;
    });
    return this.starting;
  }

  /** @returns {Promise<Worker>} */
  async launch() {
    const wasmBinary = (await wasmBytes(this.files)).slice(0);
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.postMessage({ runtime: { ort: appRoot() + this.files.ort, wasmBinary } }, [wasmBinary]);
    return new Promise((resolve, reject) => {
      const broke = () => {
        worker.terminate();
        reject(new Error("The program that decodes beside the page could not be fetched: the connection failed."));
      };
      worker.onerror = broke;
      worker.onmessage = ({ data }) => {
        if (data.broken) return broke();
        if (data.ready) return resolve((this.worker = worker));
        this.answered(data);
      };
    });
  }

  /** @param {string} path @returns {Promise<void>} */
  bring(path) {
    const known = this.brought.get(path);
    if (known) return known;
    const coming = Promise.all([this.start(), fetchBytes(path)]).then(([worker, bytes]) => {
      worker.postMessage({ path, network: new Uint8Array(bytes) });
    });
    this.brought.set(path, coming);
    coming.catch(() => this.brought.get(path) === coming && this.brought.delete(path));
    return coming;
  }

  /** Networks that nobody needs any more are released. */
  tidy() {
    const wanted = new Set(Array.from(this.owners, ({ networks }) => networks).flat());
    const drop = Array.from(this.brought.keys()).filter((path) => !wanted.has(path));
    for (const path of drop) this.brought.delete(path);
    if (drop.length) this.worker?.postMessage({ drop });
  }

  /** @param {{owner: number}} answered */
  answered(answered) {
    for (const jobs of this.owners) if (jobs.owner === answered.owner) jobs.answered(answered);
  }
}
