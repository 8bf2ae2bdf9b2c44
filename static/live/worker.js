// Batches of pictures beside the main thread: they never hold up the picture under the hand.
// Each kind of job keeps only its newest request.
import { sheetOf } from "./paint.js";

let runtime = null; // a promise, as sessions are: messages go on coming while it is fulfilled
const sessions = new Map();
const waiting = new Map(); // kind -> newest job
let running = false;

self.onmessage = ({ data }) => {
  if (data.runtime) {
    runtime = load(data.runtime);
  } else if (data.network) {
    for (const session of sessions.values()) session.then((old) => old.release());
    sessions.clear();
    sessions.set(data.model, runtime.then((ort) => ort.InferenceSession.create(data.network, { executionProviders: ["wasm"] })));
  } else {
    waiting.set(data.kind, data);
  }
  if (!running) work();
};

async function load({ ort: address, wasmBinary }) {
  const ort = await import(address);
  Object.assign(ort.env.wasm, { wasmBinary, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
  return ort;
}

async function work() {
  running = true;
  while (waiting.size) {
    const [kind, job] = waiting.entries().next().value;
    waiting.delete(kind);
    const begun = performance.now(), answer = { kind, model: job.model, tag: job.tag };
    try {
      const ort = await runtime, session = await sessions.get(job.model);
      const z = new ort.Tensor("float32", job.z, [job.count, job.z.length / job.count]);
      const { x } = await session.run({ z }, ["x"]);
      answer.sheet = sheetOf(x.data, job.count, job.shape, job.columns, job.reuse);
    } catch (error) {
      console.error("A sheet of pictures could not be made:", error);
    }
    answer.milliseconds = performance.now() - begun;
    self.postMessage(answer, answer.sheet ? [answer.sheet.pixels.buffer] : []);
    await new Promise((resolve) => setTimeout(resolve)); // let newer requests in
  }
  running = false;
}
