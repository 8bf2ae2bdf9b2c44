// A model as the pages know it: the numbers and addresses that Python sends (`ui/browser/model.py`).

/**
 * @typedef {object} Dimension one latent dimension
 * @property {number} index from 0
 * @property {number} [kl] mean KL over the test set, nats
 * @property {number} [variance] of its posterior mean over the test set, where the KL is no sum over dimensions
 * @property {number} low where its slider begins
 * @property {number} high where its slider ends
 */

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {import("../math/shape.js").Shape} shape of its pictures
 * @property {number} latentDim D
 * @property {string[]} labels names; none where its codes have none
 * @property {("pca" | "umap")[]} projections beside those onto two dimensions
 * @property {("label" | "kl" | "error")[]} colours that its map may have
 * @property {[number, number]} axes of its map onto two dimensions, unless others are chosen
 * @property {{labels: string[], scale: string}} palette the colours of labels and of quantities
 * @property {Dimension[]} dimensions the most used first
 * @property {{components: number[][], mean: number[]} | null} pca (2, D) and (D,)
 * @property {"bernoulli" | "gaussian"} likelihood
 * @property {number | null} noise of a pixel: null for a Bernoulli likelihood
 * @property {import("./codes.js").CodesSource | null} mixture a prior that was learned; null for N(0, I)
 * @property {number[]} active dimensions whose posterior mean varies over pictures
 * @property {import("./codes.js").CodesSource} aggregate components of q(z), and the reference of its draws
 * @property {string} decoder address
 * @property {string} encoder address
 * @property {import("./codes.js").CodesSource} codes
 * @property {import("./opening.js").Opening} opening what stands on Explore until the model runs
 * @property {{farthest: number, decimals: number}} link how far out a latent in a link may lie, and how exactly it is
 *   kept
 */

/** @typedef {{ort: string, wasm: string, plotly: string}} Files addresses of what every model runs in */
/**
 * @typedef {object} MissingOriginals why there are no real pictures, and what there is instead
 * @property {undefined} [sheets]
 * @property {string} missing why, and where their files belong
 * @property {string} title of the data set
 * @property {{label: string, busy: boolean, problem: string, reason: string} | null} get the button that gets them, and
 *   why the last try came to nothing; null where they cannot be got
 * @property {{sheets: string[], perSheet: number, labels: number[], names: string[]} | null} standIns pictures of our
 *   own, their labels, and what each is called; null where there are none
 */
/**
 * The real pictures behind the codes, or how to get them.
 * @typedef {{sheets: string[], perSheet: number, missing?: undefined} | MissingOriginals} OriginalsSource
 */

/** @type {Model} until the first one comes */
export const NO_MODEL = {
  name: "",
  shape: [1, 1, 1],
  latentDim: 0,
  labels: [],
  projections: [],
  colours: [],
  axes: [0, 1],
  palette: { labels: [], scale: "" },
  dimensions: [],
  pca: null,
  likelihood: "bernoulli",
  noise: null,
  mixture: null,
  active: [],
  aggregate: { url: "", count: 0, blocks: [] },
  decoder: "",
  encoder: "",
  codes: { url: "", count: 0, blocks: [] },
  opening: { url: "", z: [], picture: [0, 0, 0, 0], traversals: [0, 0, 0, 0], grid: null },
  link: { farthest: 0, decimals: 0 },
};

/** Whether the prior's quantiles are places of a plane. @param {Model} model */
export function hasGrid({ latentDim, mixture }) {
  return latentDim === 2 && !mixture;
}

/** What is known of a prior before anything is fetched: N(0, I) as a whole, of one that was learned nothing. @param {Model} model */
export function priorBefore({ mixture }) {
  return mixture ? null : { mixture: null };
}
