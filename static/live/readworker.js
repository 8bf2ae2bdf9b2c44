// What several models make of one picture, beside the main thread: encode it, decode draws of z, judge them.
// Each kind of request keeps only its newest.
import { encode } from "./encoder.js";
import { logLikelihoods } from "./likelihood.js";
import { reparametrised } from "./noise.js";
import { sheetOf } from "./paint.js";

let ort = null;
let runtime = null; // promise that it is there
const sessions = new Map(); // address of a network -> its session
const waiting = new Map(); // kind -> newest job
let running = false;

self.onmessage = ({ data }) => {
  if (data.runtime) {
    runtime = start(data.runtime);
  } else if (data.network) {
    const create = () => ort.InferenceSession.create(data.network, { executionProviders: ["wasm"] });
    sessions.set(data.path, runtime.then(create)); // the next message may come before the runtime is there
  } else if (data.drop) {
    for (const path of data.drop) {
      sessions.get(path)?.then((session) => session.release());
      sessions.delete(path);
    }
  } else {
    waiting.set(data.kind, data);
  }
  if (!running) work();
};

async function start({ ort: address, wasmBinary }) {
  ort = await import(address);
  Object.assign(ort.env.wasm, { wasmBinary, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
}

async function work() {
  running = true;
  while (waiting.size) {
    const [kind, job] = waiting.entries().next().value;
    waiting.delete(kind);
    const begun = performance.now(),
      answer = { kind, name: job.model.name, tag: job.tag, order: job.order };
    try {
      if (sessions.has(job.model.encoder) && sessions.has(job.model.decoder)) Object.assign(answer, await read(job));
      else answer.dropped = true; // the model was put away meanwhile
    } catch (error) {
      answer.error = error.message;
    }
    answer.milliseconds = performance.now() - begun;
    self.postMessage(answer);
    await new Promise((resolve) => setTimeout(resolve)); // let newer requests in
  }
  running = false;
}

/** The posterior, log p(x|z) of each draw, the picture at its mean, and a sheet of sampled pictures if wanted. */
async function read({ model, x, epsilon, shown, scale, columns }) {
  const { mean, stddev } = await encode({ ort, session: await sessions.get(model.encoder) }, x, model.shape);
  const judged = await decode(model, reparametrised(mean, stddev, epsilon), mean.length);
  const outputs = model.noise === null ? judged.logits.data : judged.x.data;
  const answer = { mean, stddev, draws: logLikelihoods(outputs, x, model.noise) };
  if (shown) {
    const count = shown.length / mean.length;
    const sampled = await decode(model, reparametrised(mean, stddev, shown, scale), mean.length);
    answer.sheet = sheetOf(sampled.x.data, count, model.shape, columns);
  } else {
    answer.picture = (await decode(model, mean, mean.length)).x.data.slice();
  }
  return answer;
}

async function decode(model, z, dim) {
  const session = await sessions.get(model.decoder);
  return session.run({ z: new ort.Tensor("float32", z, [z.length / dim, dim]) });
}
