// All that is decoded beside the main thread, in one runtime: it never holds up the picture under the hand.
// Of each kind of job only the newest waits.
import { bent } from "./jobs/bent.js";
import { likelihoods } from "./jobs/likelihoods.js";
import { path } from "./jobs/path.js";
import { bound, posterior } from "./jobs/posterior.js";
import { reading } from "./jobs/reading.js";
import { sheet } from "./jobs/sheet.js";

/** @typedef {Float32Array | BigInt64Array} Values of an input: latents, pictures, or the codes of discrete latents */
/**
 * Run a network: its inputs by name, each with its dimensions, and the outputs that are wanted.
 * @typedef {(network: string, inputs: Record<string, [Values, number[]]>, outputs: string[]) =>
 *   Promise<Record<string, Float32Array>>} Run
 */
/**
 * What a task answers, and which of its buffers go along instead of being copied.
 * @template Job
 * @typedef {(job: Job, run: Run) => Promise<[object, Transferable[]]>} Task
 */
/** @typedef {import("./jobs/sheet.js").SheetJob | import("./jobs/path.js").PathJob | import("./jobs/reading.js").ReadingJob |
 *   import("./jobs/posterior.js").PosteriorJob | import("./jobs/likelihoods.js").LikelihoodsJob |
 *   import("./jobs/posterior.js").BoundJob | import("./jobs/bent.js").BentJob} Job */
/** @typedef {typeof import("onnxruntime-web")} Ort */

/** @type {Record<string, Task<any>>} */
const TASKS = { sheet, path, reading, posterior, likelihoods, bound, bent };
const PATIENT = new Set(["posterior", "likelihoods"]); // they let all others go first, between any two of their decodes
/** @type {Promise<Ort> | undefined} */
let runtime; // a promise, as sessions are: messages go on coming while it is fulfilled
/** @type {Map<string, Promise<import("onnxruntime-web").InferenceSession>>} */
const sessions = new Map(); // address of a network -> its session
/** @type {Map<string, {owner: number, kind: string, number: number, job: Job}>} */
const waiting = new Map(); // owner and kind -> newest request
let running = false;

self.onmessage = ({ data }) => {
  if (data.runtime) {
    runtime = start(data.runtime);
    runtime.then(
      () => self.postMessage({ ready: true }),
      () => self.postMessage({ broken: true }),
    );
  } else if (data.network) {
    const create = open(data.network);
    create.catch(() => {}); // said by the job that needs it
    sessions.set(data.path, create);
  } else if (data.drop) {
    for (const address of data.drop) {
      sessions.get(address)?.then((session) => session.release());
      sessions.delete(address);
    }
  } else {
    waiting.set(`${data.owner} ${data.kind}`, data);
    if (!running) work();
  }
};

/** @param {{ort: string, wasmBinary: ArrayBuffer}} files @returns {Promise<Ort>} */
async function start({ ort: address, wasmBinary }) {
  const ort = await import(address);
  Object.assign(ort.env.wasm, { wasmBinary, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
  return ort;
}

/** @param {Uint8Array} network */
async function open(network) {
  const ort = await runtime;
  if (!ort) throw new Error("a network came before the runtime");
  return ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
}

/** @type {Run} */
async function run(network, inputs, outputs) {
  const ort = await runtime,
    session = await sessions.get(network);
  if (!ort || !session) throw new Error("the model was put away meanwhile");
  /** @param {[Values, number[]]} input */
  const tensor = ([values, dims]) =>
    values instanceof BigInt64Array ? new ort.Tensor("int64", values, dims) : new ort.Tensor("float32", values, dims);
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensor(input)]));
  const results = await session.run(feeds, outputs);
  return Object.fromEntries(outputs.map((name) => [name, /** @type {Float32Array} */ (results[name].data)]));
}

/** @type {Run} */
async function runLast(...asked) {
  await messagesIn();
  for (const [key, { job }] of waiting) if (!PATIENT.has(job.task)) await answer(key);
  return run(...asked);
}

async function work() {
  running = true;
  while (waiting.size) {
    const [first] = waiting.keys();
    await answer(first);
    await messagesIn();
  }
  running = false;
}

/** @param {string} key of the waiting request that is answered */
async function answer(key) {
  const request = waiting.get(key);
  if (!request) return;
  const { job, ...whose } = request,
    begun = performance.now();
  waiting.delete(key);
  /** @type {(error: unknown) => [object, Transferable[]]} */
  const failed = (error) => [{ error: error instanceof Error ? error.message : String(error) }, []];
  const [found, along] = await TASKS[job.task](job, PATIENT.has(job.task) ? runLast : run).catch(failed);
  self.postMessage({ ...whose, answer: found, milliseconds: performance.now() - begun }, { transfer: along });
}

/** Let newer requests in. */
function messagesIn() {
  return new Promise((resolve) => setTimeout(resolve));
}
