// Whole paths beside the main thread: decodes a block of latents, and encodes the pictures again for the cycle error.
let ort = null, networks = null;
const waiting = new Map(); // kind -> newest job
let running = false;

self.onmessage = async ({ data }) => {
  if (data.runtime) {
    ort = await import(data.runtime.ort);
    Object.assign(ort.env.wasm, { wasmBinary: data.runtime.wasmBinary, numThreads: 1, proxy: false });
    ort.env.logLevel = "error";
  } else if (data.networks) {
    networks?.then((old) => Promise.all(Object.values(old).map((session) => session.release?.())));
    networks = open(data);
  } else {
    waiting.set(data.kind, data);
  }
  if (!running) work();
};

async function open({ networks: { decoder, encoder }, model }) {
  const session = (network) => ort.InferenceSession.create(network, { executionProviders: ["wasm"] });
  return { model, decoder: await session(decoder), encoder: await session(encoder) };
}

async function work() {
  running = true;
  while (waiting.size && networks) {
    const [kind, job] = waiting.entries().next().value;
    waiting.delete(kind);
    try {
      const { model, decoder, encoder } = await networks;
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
