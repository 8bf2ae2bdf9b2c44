// What a model says about the present picture: at once what takes one decode, a moment later what takes many.
import { paintDifference } from "./difference.js";
import { klPerDimension, pairedMean, total } from "./likelihood.js";
import { unusual } from "./nats.js";
import { normals, reparametrised } from "./noise.js";
import { putSheet } from "./paint.js";
import { spreadOnMap } from "./posteriormap.js";
import { latentProjection, neighbourProjection, pcaProjection } from "./projection.js";
import { fetchJSON, loadPlotly } from "./runtime.js";

export const DRAWS = 32; // of epsilon behind the log-likelihood: fixed, in mirrored pairs
export const SHOWN = 6; // samples on the screen
const ON_MAP = 12; // draws on the map, those on the screen first
const COLUMNS = 3;
const MANY_LABELS = 12;
const LOW = 280; // pixels of a map without room for a legend: its names stand among the points
const SEARCH_EVERY = 150; // ms between two searches of the codes nearest to each draw

export class Reading {
  constructor() {
    this.seed = 1; // of the epsilon of what is sampled
    this.scale = 1; // how far it reaches
  }

  redraw() {
    this.seed += 1;
    this.ask();
    this.land();
  }

  /** A new picture is on the screen: what stands around it follows in the same frame. */
  painted() {
    const { decoder, model } = this,
      { x, mean, stddev, lastPicture } = decoder;
    paintDifference(this.error, x, lastPicture, model.shape, this.dark);
    this.bars.show(mean, stddev, klPerDimension(mean, stddev));
    this.land();
    this.ask();
    this.compare.show(x);
    this.root.dataset.ready = "1";
  }

  /** @param {object} model @param {string} url of the map's figure */
  async drawMap(model, url) {
    this.drawnFigure = url;
    const [figure, Plotly] = await Promise.all([fetchJSON(url), loadPlotly(this.files.plotly)]);
    if (this.drawnFigure !== url) return;
    const { mean, pca, umap } = this.codes,
      { projection, axes } = this.view,
      dim = model.latentDim;
    this.projection =
      projection === "latent"
        ? latentProjection(mean, dim, axes)
        : projection === "pca"
          ? pcaProjection(pca, model.pca.components, model.pca.mean)
          : neighbourProjection(umap, mean, dim);
    if (model.labels.length > MANY_LABELS || this.map.host.clientHeight < LOW) figure.layout.showlegend = false; // it would take the map's place
    await this.map.draw(Plotly, figure, this.colours, {
      axes: `${model.name} ${projection} ${axes}`,
      labels: model.name,
    });
    this.land();
  }

  /** Where the posterior lies on the map: its mean in every frame, its spread there too unless it takes a search. */
  land() {
    const { decoder, projection, view } = this;
    if (!projection || !decoder.mean) return;
    if (view.projection !== "umap") return this.scatter();
    this.map.show({
      ...(this.map.spread ?? { covariance: [0, 0, 0], draws: [] }),
      mean: projection.place(decoder.mean),
    });
    this.scattering ??= setTimeout(() => {
      this.scattering = undefined;
      this.scatter();
    }, SEARCH_EVERY);
  }

  scatter() {
    const { decoder, projection, model, view } = this;
    if (!projection || decoder.mean?.length !== model.latentDim) return;
    const draws = reparametrised(
      decoder.mean,
      decoder.stddev,
      normals(ON_MAP * model.latentDim, this.seed),
      this.scale,
    );
    this.map.show(
      spreadOnMap(
        projection,
        view.projection,
        { axes: view.axes, components: model.pca?.components },
        decoder.mean,
        decoder.stddev,
        draws,
      ),
    );
  }

  /** What needs many decodes is asked of the worker. */
  ask() {
    const { decoder, model } = this;
    if (!decoder.x) return;
    const shown = normals(ON_MAP * model.latentDim, this.seed).slice(0, SHOWN * model.latentDim);
    this.reader.request({
      model: this.readable,
      x: decoder.x,
      epsilon: this.epsilon,
      shown,
      scale: this.scale,
      columns: COLUMNS,
      tag: "page",
      order: decoder.pictures,
    });
  }

  answered(answer) {
    if (answer.tag === "compare") return this.compare.receive(answer);
    if (answer.name !== this.model.name) return;
    const { mean: likelihood, standardError } = pairedMean(answer.draws),
      kl = klPerDimension(answer.mean, answer.stddev);
    const terms = {
      likelihood,
      standardError,
      kl: total(kl),
      elbo: likelihood - total(kl),
      klPerDimension: kl,
      picture: answer.order,
    };
    putSheet(this.samples, answer.sheet);
    this.decoder.terms = terms;
    const comparable = !(this.binary && this.model.noise === null); // the test set's terms are of grey pictures
    this.panel.show(terms, comparable);
    this.unusual.textContent =
      this.spreads.elbo && comparable ? unusual(this.spreads.elbo.percentile(terms.elbo)) : "";
    this.root.dataset.judged = answer.order;
  }

  /** A step of the preparation was switched: what is drawn is prepared here, what was brought in Python. */
  switched(name, on) {
    if (name === "binarise") {
      this.binary = on;
      this.present(this.grey);
      return this.commit();
    }
    if (this.source.kind !== "pen") return this.call("step", { name, on });
    this.switches[name] = on;
    this.settled(this.pad.picture());
  }
}
