// The main thread's side of the reading worker: give it a picture, get back what models make of it.
import { appRoot, fetchBytes, wasmBytes } from "./runtime.js";

/**
 * @typedef {object} ReadModel what the worker needs of a model
 * @property {string} name
 * @property {string} encoder address
 * @property {string} decoder address
 * @property {import("./paint.js").Shape} shape
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 */

export class Reader {
  /** @param {{ort: string, wasm: string}} files @param {(answer: object) => void} onAnswer */
  constructor(files, onAnswer) {
    this.onAnswer = onAnswer;
    this.known = new Map(); // address -> promise that the worker has it
    this.busy = new Set(); // kinds whose answer is awaited
    this.next = new Map(); // kind (tag and name) -> newest job
    this.worker = new Worker(new URL("readworker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.started = wasmBytes(files).then((bytes) => {
      const wasmBinary = bytes.slice(0);
      this.worker.postMessage({ runtime: { ort: appRoot() + files.ort, wasmBinary } }, [wasmBinary]);
    });
  }

  /** Bring a model's networks to the worker. @param {ReadModel} model */
  open(model) {
    return Promise.all([this.bring(model.encoder), this.bring(model.decoder)]);
  }

  bring(path) {
    if (!this.known.has(path)) {
      this.known.set(
        path,
        Promise.all([fetchBytes(path), this.started]).then(([bytes]) => {
          const network = new Uint8Array(bytes.slice(0));
          this.worker.postMessage({ path, network }, [network.buffer]);
        }),
      );
    }
    return this.known.get(path);
  }

  /** Keep the networks of these models alone. @param {ReadModel[]} models */
  keep(models) {
    const wanted = new Set(models.flatMap(({ encoder, decoder }) => [encoder, decoder]));
    const drop = Array.from(this.known.keys()).filter((path) => !wanted.has(path));
    for (const path of drop) this.known.delete(path);
    if (drop.length) this.worker.postMessage({ drop });
  }

  /**
   * Ask what a model makes of a picture; of several requests with one tag for one model the newest wins.
   * @param {{model: ReadModel, x: Float32Array, epsilon: Float32Array, shown?: Float32Array, scale?: number,
   *   columns?: number, tag: string, order?: number}} job `epsilon` (draws, D) judge the picture;
   *   `shown` (count, D), scaled by `scale`, come back as a sheet of pictures in `columns` columns; `tag` says for
   *   whom, `order` comes back as it is
   */
  async request(job) {
    const kind = `${job.tag} ${job.model.name}`;
    this.next.set(kind, job);
    await this.open(job.model);
    if (this.next.get(kind) === job && !this.busy.has(kind)) this.send(kind);
  }

  send(kind) {
    const job = this.next.get(kind);
    this.next.delete(kind);
    this.busy.add(kind);
    this.worker.postMessage({ ...job, kind });
  }

  receive(answer) {
    if (answer.error) console.error(`${answer.name} could not read the picture: ${answer.error}`);
    else if (!answer.dropped) this.onAnswer(answer);
    // Half as long a rest as the work took: the picture under the pen and other programs want the processor, too.
    setTimeout(() => {
      this.busy.delete(answer.kind);
      if (this.next.has(answer.kind)) this.send(answer.kind);
    }, answer.milliseconds / 2);
  }
}
