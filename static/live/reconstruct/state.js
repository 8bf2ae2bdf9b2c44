// What is on the Reconstruct page: the present picture x, everything that a model says about it, and the page's parts.
import { nothingYet } from "../parts/test_pictures.js";

/** @typedef {import("../parts/test_pictures.js").Model & {pen: Pen | null}} Model */
/** @typedef {{box: number | null, fit: boolean, centre: boolean}} Pen what the data set did to what was drawn, in pixels */
/** @typedef {import("./elbo.js").Terms & {klPerDimension?: Float64Array, picture: number}} Judgement terms of a picture */
/** @typedef {import("../engine/jobs/posterior.js").TruePosterior & {picture: number}} Truth p(z|x) of a picture */
/** @typedef {"pen" | "touched" | "sample" | "noise" | "file"} Kind of picture */
/** @typedef {{kind: Kind, index: number | null}} Source where the picture is from */
/**
 * Numbers that Python holds the page to.
 * @typedef {object} Limits
 * @property {number} mostBytes of a file
 * @property {number[]} samples of which log p(x) may be estimated
 */
/**
 * log p(x), as Python estimated it.
 * @typedef {object} Estimate
 * @property {number} picture of which picture
 * @property {string} model
 * @property {"fitted" | "refined" | "posterior" | "prior"} proposal what z was drawn from
 * @property {number | null} logMarginal null where it was stopped before the first samples
 * @property {number} standardError
 * @property {boolean} bound whether too few samples count for more than a lower bound
 * @property {number} likelihood E_q[log p(x|z)] of the same x, nats
 * @property {number | null} likelihoodError its standard error; null where what is known is
 * @property {number | null} elboError that of E_q[log p(x|z)] - KL
 * @property {number} kl KL(q(z|x) ‖ p(z)) of the same x, nats
 * @property {number | null} refined the ELBO of the q that was optimised for it, if one was
 * @property {number} samples
 * @property {number} effective how many independent samples of the posterior they are worth
 */
/**
 * What Python sends.
 * @typedef {object} Data
 * @property {Model} model
 * @property {import("../parts/test_pictures.js").OriginalsSource} originals
 * @property {string[]} layers of the encoder, from x on
 * @property {string[]} siblings all models of the data set
 * @property {(Omit<import("./compare.js").ComparedModel, "mixture"> & Pick<Model, "mixture">)[]} compared those that
 *   were chosen
 * @property {Limits} limits
 * @property {number} visit grows whenever the page is to show what Python says
 * @property {string} tab of the verdict
 * @property {import("../parts/toolbar.js").View} view of the map
 * @property {Source & {sentence: string, x?: string}} place the picture, its bytes in base64
 * @property {import("./steps.js").Step[]} steps of a file's preparation
 * @property {import("../parts/test_pictures.js").Problem | null} problem
 * @property {Estimate | null} estimate
 */

/**
 * @typedef {object} Parts
 * @property {HTMLElement} error says what went wrong
 * @property {HTMLElement} caption of the picture
 * @property {HTMLElement} unusual says how unusual the picture is
 * @property {HTMLElement} bound says the ELBO in one line
 * @property {HTMLElement} truth compares q(z|x) with the true posterior on the map
 * @property {HTMLCanvasElement} difference of the picture and its reconstruction
 * @property {HTMLCanvasElement} samples of the posterior, decoded
 * @property {HTMLSelectElement} count of samples that an estimate takes
 * @property {HTMLSelectElement} proposal what they are drawn from
 * @property {HTMLButtonElement} estimate asks for an estimate, and stops it
 * @property {HTMLElement} gap says how far the ELBO is from the estimate
 * @property {import("../parts/pad.js").DrawingPad} pad
 * @property {import("../engine/reconstruction.js").LiveReconstruction} decoder
 * @property {import("../engine/jobs.js").Jobs} jobs
 * @property {import("./model_view.js").ModelView} view the networks, and the numbers between them
 * @property {HTMLElement} from says from which z the reconstruction was decoded
 * @property {HTMLButtonElement} mean decodes from the posterior's mean
 * @property {import("./bars.js").PosteriorBars} bars
 * @property {import("./elbo.js").ElboPanel} panel
 * @property {import("./steps.js").Steps} steps
 * @property {import("./compare.js").Compare} compare
 * @property {import("../parts/toolbar.js").Toolbar} toolbar
 * @property {import("./posterior_map.js").PosteriorMap} map
 * @property {import("../parts/sources.js").Sources} sources
 * @property {import("../parts/originals.js").OriginalsCard} originals where they are missing
 */

/** @typedef {import("../parts/test_pictures.js").TestPictures & Own} Reconstruction */
/**
 * @typedef {object} Own what only this page has
 * @property {import("../engine/jobs.js").Files & {plotly: string}} files
 * @property {Parts} parts
 * @property {Model | null} model
 * @property {Limits | null} limits
 * @property {import("./elbo.js").Spreads} spreads of the test set's terms
 * @property {import("../parts/toolbar.js").View | null} view of the map
 * @property {import("../math/projection.js").Projection | null} projection that it shows
 * @property {number | undefined} scattering timer until the draws are looked for on the map again
 * @property {import("../math/grid.js").Box | null} region where p(z|x) is looked for, with two latent dimensions
 * @property {Truth | null} truth the true posterior that came last
 * @property {Source} source
 * @property {(Data["place"] & Pick<Data, "steps">) | null} wanted Python's picture, until it or another one is shown
 * @property {Uint8Array | null} grey (C, H, W): the picture as prepared
 * @property {Uint8Array | null} judged its draw of zeros and ones under Bernoulli pixels: what has a likelihood
 * @property {Uint8Array | null} bytes which of both the model sees
 * @property {boolean} binary whether that is the draw, as in training
 * @property {number} picture grows with every picture
 * @property {import("./steps.js").Step[]} before the steps that led to it
 * @property {{fit?: boolean, centre?: boolean}} switches of the steps of what is drawn
 * @property {boolean} uploaded whether a file's picture is on the pad
 * @property {string} caption of the picture
 * @property {import("../math/mixture_prior.js").Mixture | null} mixture p(z), where it was learned
 * @property {Float32Array} epsilon (DRAWS, D) behind the log-likelihood
 * @property {number} seed of the epsilon of what is sampled
 * @property {boolean} drawn whether the reconstruction is from a sample of z, not from the mean
 * @property {number} scale how far it reaches
 * @property {Judgement | null} terms of the picture that was judged last
 * @property {string} tab of the verdict: elbo or compare
 * @property {string[]} chosen names of the models to compare with
 * @property {number | null} estimating which picture's log p(x) is being estimated
 * @property {Record<string, any> | null} colours of the theme and of the terms
 * @property {boolean} dark whether the ground is
 */

/**
 * @param {Pick<Reconstruction, "root" | "files" | "parts">} mounted
 * @returns {Reconstruction} before Python has said anything
 */
export function reconstruction(mounted) {
  return {
    ...nothingYet(),
    ...mounted,
    limits: null,
    spreads: {},
    view: null,
    projection: null,
    scattering: undefined,
    region: null,
    truth: null,
    grey: null,
    judged: null,
    bytes: null,
    binary: false,
    picture: 0,
    before: [],
    switches: {},
    uploaded: false,
    caption: "",
    mixture: null,
    epsilon: new Float32Array(0),
    seed: 1,
    drawn: false,
    scale: 1,
    terms: null,
    tab: "elbo",
    chosen: [],
    estimating: null,
    colours: null,
    dark: false,
  };
}
