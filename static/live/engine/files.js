// Fetching what is large, once: the ONNX runtime, decoders, libraries, codes.
// Every file's name carries the hash of its content, so what was kept under a name is never out of date.

const STORE = "latent-lab";
/** @type {Record<string, string>} */
const LIBRARIES = { ort: "The runtime", "ort-wasm": "The runtime", plotly: "The plotting library" };
/** @type {Map<string, Promise<any>>} */
const loaded = new Map(); // one promise for each thing, for as long as the page lives
/** @type {Map<string, Promise<ArrayBuffer>>} */
const ahead = new Map(); // what is fetched before somebody asks for it

/**
 * Make something the first time it is asked for; a failure is forgotten so that it can be tried again.
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
export function once(key, make) {
  const known = loaded.get(key);
  if (known) return known;
  const made = make().catch((error) => {
    loaded.delete(key);
    throw error;
  });
  loaded.set(key, made);
  return made;
}

/**
 * Begin to fetch what the first page will ask for, while its other modules come.
 * @param {string[]} paths relative to the app's root
 */
export function fetchAhead(paths) {
  if (loaded.size) return; // another page has been here
  for (const path of paths) {
    const coming = read(path);
    coming.catch(() => {}); // said to who asks for it
    ahead.set(path, coming);
  }
}

/** Where Streamlit serves the app from, whatever page or base path is open. */
export function appRoot() {
  return document.baseURI.replace(/[?#].*$/, "").replace(/[^/]*$/, "");
}

/**
 * The bytes of a published file, unpacked if its name ends in .gz (and .planes.gz: numbers of four bytes),
 * kept in the Cache API where the browser has one (it does on https and localhost; elsewhere the ordinary cache
 * serves). Rejects with a sentence that names the file.
 * @param {string} path relative to the app's root
 * @returns {Promise<ArrayBuffer>}
 */
export function fetchBytes(path) {
  const coming = ahead.get(path);
  ahead.delete(path);
  return coming ?? read(path);
}

/** @param {string} path @returns {Promise<ArrayBuffer>} */
async function read(path) {
  const url = appRoot() + path;
  const store = await openStore();
  const kept = await store?.match(url);
  if (kept) return kept.arrayBuffer();
  const unpacked = await received(url, path).catch((error) => {
    throw new Error(`${nameOf(path)} could not be fetched: ${error.message}.`, { cause: error });
  });
  const bytes = path.endsWith(".planes.gz") ? joined(unpacked) : unpacked;
  if (store) keep(store, url, bytes);
  return bytes;
}

/** @param {string} url @param {string} path @returns {Promise<ArrayBuffer>} */
async function received(url, path) {
  const response = await fetch(url).catch(() => {
    throw new Error("the connection failed");
  });
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const body = path.endsWith(".gz") ? response.body.pipeThrough(new DecompressionStream("gzip")) : response.body;
  return new Response(body).arrayBuffer();
}

/**
 * What people call a published file, which is named "kind-model-hash.ending".
 * @param {string} path
 * @returns {string} the beginning of a sentence
 */
export function nameOf(path) {
  const stem = path.replace(/^.*\//, "").replace(/-[0-9a-f]{12}\..*$/, "");
  if (stem in LIBRARIES) return LIBRARIES[stem];
  const [kind, ...whose] = stem.split("-");
  return `The ${kind} of ${whose.join("-")}`;
}

/**
 * Numbers of four bytes from all their first bytes, all second ones, ...; what is left over comes last.
 * @param {ArrayBuffer} buffer
 */
function joined(buffer) {
  const planes = new Uint8Array(buffer),
    count = planes.length >> 2,
    bytes = planes.slice();
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

/**
 * Keep a file and drop its earlier versions: same name, another hash.
 * @param {Cache} store
 * @param {string} url
 * @param {ArrayBuffer} bytes
 */
async function keep(store, url, bytes) {
  /** @param {string} address */
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
