// Fetching what is large, once: the ONNX runtime, decoders, libraries, codes.
// Every file's name carries the hash of its content, so what was kept under a name is never out of date.

const STORE = "latent-lab";
const loaded = new Map(); // one promise for each thing, for as long as the page lives

/**
 * Make something the first time it is asked for; a failure is forgotten so that it can be tried again.
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
export function once(key, make) {
  if (!loaded.has(key)) {
    loaded.set(key, make().catch((error) => { loaded.delete(key); throw error; }));
  }
  return loaded.get(key);
}

/** Where Streamlit serves the app from, whatever page or base path is open. */
export function appRoot() {
  return document.baseURI.replace(/[?#].*$/, "").replace(/[^/]*$/, "");
}

/**
 * The bytes of a published file, unpacked if its name ends in .gz (and .planes.gz: numbers of four bytes), kept in the Cache API where the browser has one
 * (it does on https and localhost; elsewhere the ordinary cache serves).
 * @param {string} path relative to the app's root
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchBytes(path) {
  const url = appRoot() + path;
  const store = await openStore();
  const kept = await store?.match(url);
  if (kept) return kept.arrayBuffer();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${path} could not be fetched (${response.status})`);
  const body = path.endsWith(".gz") ? response.body.pipeThrough(new DecompressionStream("gzip")) : response.body;
  const unpacked = await new Response(body).arrayBuffer();
  const bytes = path.endsWith(".planes.gz") ? joined(unpacked) : unpacked;
  if (store) keep(store, url, bytes);
  return bytes;
}

/** Numbers of four bytes from all their first bytes, all second ones, ...; what is left over comes last. */
function joined(buffer) {
  const planes = new Uint8Array(buffer), count = planes.length >> 2, bytes = planes.slice();
  for (let plane = 0; plane < 4; plane++) {
    for (let i = 0; i < count; i++) bytes[4 * i + plane] = planes[plane * count + i];
  }
  return bytes.buffer;
}

async function openStore() {
  try {
    return await globalThis.caches?.open(STORE);
  } catch {
    return undefined; // private windows may refuse
  }
}

/** Keep a file and drop its earlier versions: same name, another hash. */
async function keep(store, url, bytes) {
  const stem = (address) => address.replace(/-[0-9a-f]{12}\./, "-*.");
  try {
    await store.put(url, new Response(bytes));
    for (const { url: other } of await store.keys()) {
      if (other !== url && stem(other) === stem(url)) await store.delete(other);
    }
  } catch {
    // a full disk costs a fetch next time, nothing else
  }
}

/** @param {string} path @returns {Promise<any>} */
export async function fetchJSON(path) {
  return JSON.parse(new TextDecoder().decode(await fetchBytes(path)));
}

/**
 * ONNX Runtime Web, one thread, its WebAssembly taken from the published file.
 * @param {{ort: string, wasm: string}} files
 */
export function loadRuntime(files) {
  return once("ort", async () => {
    const [ort, wasmBinary] = await Promise.all([import(appRoot() + files.ort), wasmBytes(files)]);
    Object.assign(ort.env.wasm, { wasmBinary, numThreads: 1, proxy: false });
    ort.env.logLevel = "error";
    return ort;
  });
}

/** The runtime's WebAssembly: the main thread and each worker need the same bytes. */
export function wasmBytes(files) {
  return once("wasm", () => fetchBytes(files.wasm));
}

/**
 * A session for one exported network.
 * @param {{ort: string, wasm: string}} files
 * @param {string} path the .onnx file
 */
export function loadSession(files, path) {
  return once(path, async () => {
    const [ort, network] = await Promise.all([loadRuntime(files), fetchBytes(path)]);
    const session = await ort.InferenceSession.create(new Uint8Array(network), { executionProviders: ["wasm"] });
    return { ort, session };
  });
}

/**
 * Plotly, which is a script and not a module: it ends up as window.Plotly.
 * @param {string} path
 */
export function loadPlotly(path) {
  return once("plotly", async () => {
    const bytes = await fetchBytes(path);
    const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      document.head.append(Object.assign(script, { src: url, onload: resolve, onerror: reject }));
    });
    URL.revokeObjectURL(url);
    return window.Plotly;
  });
}
