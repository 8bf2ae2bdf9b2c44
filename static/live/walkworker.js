// Whole paths beside the main thread: decodes a block of latents, and encodes the pictures again for the cycle error.
let runtime = null, networks = null; // promises, because messages go on coming while they are fulfilled
const waiting = new Map(); // kind -> newest job
let running = false;

self.onmessage = ({ data }) => {
  if (data.runtime) {
    runtime = load(data.runtime);
  } else if (data.networks) {
    networks?.then((old) => [old.decoder, old.encoder].forEach((session) => session.release()), () => {});
    networks = open(data);
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

async function open({ networks: { decoder, encoder }, model }) {
  const ort = await runtime, session = (network) => ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
  return { ort, model, decoder: await session(decoder), encoder: await session(encoder) };
}

async function work() {
  running = true;
  while (waiting.size && networks) {
    const [kind, job] = waiting.entries().next().value;
    waiting.delete(kind);
    try {
      const { ort, model, decoder, encoder } = await networks;
      if (job.model !== model) continue;
      const dims = [job.count, job.z.length / job.count];
      const { x } = await decoder.run({ z: new ort.Tensor("float32", job.z, dims) }, ["x"]);
      const means = job.encode ? (await encoder.run({ x }, ["mean"])).mean.data.slice() : null;
      const pictures = x.data.slice();
      self.postMessage({ kind, number: job.number, pictures, means }, [pictures.buffer, ...(means ? [means.buffer] : [])]);
    } catch (error) {
      console.error("A path could not be decoded:", error);
    }
    await new Promise((resolve) => setTimeout(resolve)); // let newer requests in
  }
  running = false;
}
