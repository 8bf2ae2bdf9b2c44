// The main thread's side of the worker: ask for a job, get the newest one of its kind answered.
import { Engine } from "./engine.js";

/** @typedef {import("./worker.js").Job} Job */
/** @typedef {import("./engine.js").Files} Files */
/** @typedef {{number: number, job: Job, tag: any}} Request */

/** After a job a share of the time that it took is left to the picture under the hand and to other programs. */
const RESTS = { sheet: 1, reading: 0.5, path: 0, posterior: 0.5, likelihoods: 0.5, bound: 0, bent: 0.5 };

/** @type {Engine | undefined} */
let engine;

/**
 *     const jobs = new Jobs(files);
 *     jobs.on("samples", ({ sheet }) => putSheet(canvas, sheet));
 *     await jobs.keep([model.decoder]);
 *     jobs.request("samples", { task: "sheet", decoder: model.decoder, shape: model.shape, z, count: 32, columns: 8 });
 *
 * One page's jobs. A kind names who asks: of several requests of one kind the newest wins.
 */
export class Jobs {
  /** @param {Files} files */
  constructor(files) {
    this.engine = engine ??= new Engine(files);
    this.engine.owners.add(this);
    this.owner = this.engine.owners.size;
    /** @type {string[]} */
    this.networks = [];
    /** @type {Map<string, (answer: any, tag: any, milliseconds: number) => void>} */
    this.handlers = new Map();
    /** @type {Map<string, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
    this.promised = new Map();
    /** @type {Map<string, Request>} */
    this.sent = new Map(); // kind -> request in the worker, or resting after it
    /** @type {Map<string, Request>} */
    this.next = new Map(); // kind -> newest request, sent when the last one is answered and its networks are there
    /** @type {Map<string, Uint8ClampedArray<ArrayBuffer>>} */
    this.spare = new Map(); // kind -> pixels to write the next sheet into
  }

  /**
   * @param {string} kind
   * @param {(answer: any, tag: any, milliseconds: number) => void} handler gets what the task answers
   */
  on(kind, handler) {
    this.handlers.set(kind, handler);
  }

  /**
   * Bring these networks to the worker, and let it forget this page's others; jobs for those are dropped.
   * @param {string[]} networks addresses
   * @returns {Promise<void>} when they are there; rejects if one cannot be fetched, and may be called again
   */
  async keep(networks) {
    this.networks = networks;
    for (const waiting of [this.sent, this.next])
      for (const [kind, { job }] of waiting) if (!this.has(job)) waiting.delete(kind);
    await Promise.all(networks.map((path) => this.engine.bring(path)));
    if (this.networks === networks) this.engine.tidy();
    for (const kind of this.next.keys()) this.send(kind);
  }

  /** Another model is on its way: nothing that was asked for is answered any more. */
  stop() {
    this.networks = [];
    this.sent.clear();
    this.next.clear();
  }

  /** @param {Job} job @returns {boolean} whether its networks are kept */
  has(job) {
    return (
      this.networks.includes(job.decoder) && (!("encoder" in job && job.encoder) || this.networks.includes(job.encoder))
    );
  }

  /**
   * @param {string} kind
   * @param {Job} job
   * @param {any} [tag] comes back with the answer
   */
  request(kind, job, tag) {
    this.next.set(kind, { number: ++this.engine.number, job, tag });
    this.send(kind);
  }

  /** @param {Job} job @returns {Promise<any>} what the task answers; no newer one takes its place. Rejects if it fails */
  ask(job) {
    const kind = `asked ${this.engine.number}`;
    return new Promise((resolve, reject) => {
      this.promised.set(kind, { resolve, reject });
      this.request(kind, job);
    });
  }

  /** @param {string} kind */
  async send(kind) {
    const request = this.next.get(kind);
    if (!request || this.sent.has(kind) || !this.has(request.job)) return;
    const { decoder, encoder } = /** @type {{decoder: string, encoder?: string}} */ (request.job);
    try {
      await Promise.all([decoder, ...(encoder ? [encoder] : [])].map((path) => this.engine.bring(path)));
    } catch {
      return; // said by `keep`; sent when it was called again
    }
    if (this.next.get(kind) !== request || this.sent.has(kind)) return;
    this.next.delete(kind);
    this.sent.set(kind, request);
    const reuse = request.job.task === "sheet" ? this.spare.get(kind) : undefined;
    this.spare.delete(kind);
    const job = reuse ? { ...request.job, reuse } : request.job;
    this.engine.worker?.postMessage(
      { owner: this.owner, kind, number: request.number, job },
      reuse ? [reuse.buffer] : [],
    );
  }

  /** @param {any} answered by the worker */
  answered({ kind, number, answer, milliseconds }) {
    const request = this.sent.get(kind);
    if (!request || request.number !== number) return; // put away meanwhile
    const promise = this.promised.get(kind);
    this.promised.delete(kind);
    if (promise) answer.error ? promise.reject(new Error(answer.error)) : promise.resolve(answer);
    else if (answer.error) console.error(`${kind}: ${answer.error}`);
    else this.handlers.get(kind)?.(answer, request.tag, milliseconds);
    if (answer.sheet && request.job.task === "sheet") this.spare.set(kind, answer.sheet.pixels);
    setTimeout(() => {
      if (this.sent.get(kind) !== request) return;
      this.sent.delete(kind);
      this.send(kind);
    }, RESTS[request.job.task] * milliseconds);
  }
}
