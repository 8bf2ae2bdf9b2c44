// What is run rather than read: the ONNX runtime, its sessions, the plotting library.
import { appRoot, fetchBytes, nameOf, once } from "./files.js";

/**
 * @typedef {object} Runtime a network that runs in this thread
 * @property {typeof import("onnxruntime-web")} ort
 * @property {import("onnxruntime-web").InferenceSession} session
 */

/**
 * ONNX Runtime Web, one thread, its WebAssembly taken from the published file.
 * @param {{ort: string, wasm: string}} files
 * @returns {Promise<typeof import("onnxruntime-web")>}
 */
export function loadRuntime(files) {
  return once("ort", async () => {
    const [ort, wasmBinary] = await Promise.all([imported(files.ort), wasmBytes(files)]);
    Object.assign(ort.env.wasm, { wasmBinary, numThreads: 1, proxy: false });
    ort.env.logLevel = "error";
    return ort;
  });
}

/** @type {Map<string, number>} */
const refused = new Map(); // how often the import of a module failed

/**
 * A published module. Browsers remember an import that failed for as long as the page lives, unless its address differs.
 * @param {string} path
 * @returns {Promise<typeof import("onnxruntime-web")>}
 */
async function imported(path) {
  const failures = refused.get(path) ?? 0;
  try {
    return await import(appRoot() + path + (failures ? `?again=${failures}` : ""));
  } catch (error) {
    refused.set(path, failures + 1);
    throw new Error(`${nameOf(path)} could not be fetched: the connection failed.`, { cause: error });
  }
}

/** The runtime's WebAssembly: the main thread and the worker need the same bytes. @param {{wasm: string}} files */
export function wasmBytes(files) {
  return once("wasm", () => fetchBytes(files.wasm));
}

/**
 * A session for one exported network.
 * @param {{ort: string, wasm: string}} files
 * @param {string} path the .onnx file
 * @returns {Promise<Runtime>}
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
 * @returns {Promise<any>}
 */
export function loadPlotly(path) {
  return once("plotly", async () => {
    const bytes = await fetchBytes(path);
    const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
    await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      document.head.append(
        Object.assign(script, {
          src: url,
          onload: resolve,
          onerror: () => reject(new Error("The plotting library could not be run.")),
        }),
      );
    });
    URL.revokeObjectURL(url);
    return /** @type {Window & {Plotly?: any}} */ (window).Plotly;
  });
}
