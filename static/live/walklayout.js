// The markup of the Interpolate page, and the words for what it measures; behaviour is filled in by other modules.

export const MODES = [
  ["walk", "Walk between pictures", "From one picture to the next, on several paths at once"],
  ["direction", "Follow a direction", "Add the difference between two groups of codes to a picture"],
  ["arithmetic", "Add and subtract", "a − b + c: what sets a apart from b, added to c"],
];

export const PATHS = {
  straight: { title: "Straight", path: true, help: "The straight line between the codes. Where dimensions are many it cuts through the middle, where the prior has hardly anything (key 1)" },
  spherical: { title: "Spherical", path: true, help: "The great circle between the codes: it keeps the norm where the ends have the same (key 2)" },
  data: { title: "Along the data", path: true, help: "The shortest way from code to neighbouring code, smoothed: it stays where real pictures are (key 3)" },
  along: { title: "Codes", path: true, help: "What the decoder makes of the sum of codes" },
  fade: { title: "Pixels", path: false, help: "The same sum of the pictures' pixels, without any model, for contrast" },
};

export const MAPS = { latent: "Two dimensions", pca: "PCA plane", umap: "UMAP" };
export const FRAMES = [7, 9, 11, 15, 21, 31];

export const MEASURES = [
  { name: "norm", title: "Norm of z", help: "The distance of z from the origin; the band holds the middle 90 % of the prior, and the percentile says how much of the prior has a smaller norm." },
  { name: "within", title: "Real codes nearby", help: "How many codes of real test pictures lie within the radius of z: none means that the model was never asked about such a z." },
  { name: "cycle", title: "Cycle error", help: "Decode z, encode the picture again: the distance between where that lands and z, in the units of z." },
  { name: "length", title: "Path length so far", help: "How far the decoded picture has moved since the start, adding up root sums of squared grey-level changes (black to white is 1 a pixel)." },
];

const SOURCES = [
  ["another", "Another", "Another sample of the same kind in the ringed place (key a)"],
  ["prior", "From the prior", "A z drawn from the prior in the ringed place (key n)"],
  ["upload", "Upload", "A picture of yours in the ringed place (key u)"],
  ["draw", "Draw", "Draw a picture for the ringed place (key d)"],
];
const ORDER = [
  ["swap", "swap_horiz", "Turn the order round (key x)"],
  ["shuffle", "shuffle", "Other pictures of the same kinds, in all places (key f)"],
  ["add", "add", "One more picture (key +)"],
  ["remove", "remove", "Take the ringed picture out (key −)"],
];
const ICONS = [
  ["smooth", "blur_on", "Smooth or crisp pixels (key s)"],
  ["link", "link", "Copy a link to these pictures, this path and t (key k)"],
  ["lecture", "co_present", "Lecture mode: bigger text, the frame folded away (key l)"],
  ["keys", "keyboard", "The keys of this page (key ?)"],
];

const button = ([name, text, help]) => `<button type="button" data-do="${name}" title="${help}">${text}</button>`;
const icon = ([name, symbol, help]) =>
  `<button type="button" data-do="${name}" title="${help}" aria-label="${help}"><span class="symbol" aria-hidden="true">${symbol}</span></button>`;
const tab = ([name, text, help]) => `<button type="button" role="tab" data-role="mode" data-mode="${name}" title="${help}">${text}</button>`;

export function interpolatePage() {
  const root = document.createElement("div");
  root.className = "live walking";
  root.dataset.live = "interpolate";
  root.innerHTML = `
    <header class="top">
      <div class="tabs" role="tablist">${MODES.map(tab).join("")}<span></span>${ICONS.map(icon).join("")}</div>
      <div class="choice">
        <div class="ends" aria-label="The pictures"></div>
        <div class="sources">
          <div class="source-row"><select class="kinds" aria-label="A sample of this label in the ringed place"></select>${SOURCES.map(button).join("")}${ORDER.map(icon).join("")}</div>
          <input type="file" accept="image/*" hidden>
          <div class="groups"></div>
          <p class="hint"></p>
        </div>
      </div>
    </header>
    <section class="map-side" aria-label="The map of codes">
      <div class="map" data-role="map"></div>
      <div class="map-foot"><select class="maps" aria-label="Map"></select><span class="where"></span></div>
    </section>
    <section class="pictures">
      <figure class="hero"><canvas data-role="decoded" role="img" aria-label="The decoded picture"></canvas><figcaption></figcaption></figure>
      <figure class="mixed"><canvas data-role="mixed" role="img" aria-label="The mixture of pixels"></canvas><figcaption></figcaption></figure>
    </section>
    <section class="evidence" aria-label="Evidence along the path"></section>
    <section class="drive">
      <button type="button" class="play" data-do="play" aria-label="Play" title="Play or pause (space)"><span class="symbol" aria-hidden="true">play_arrow</span></button>
      <label for="live-t"><i>t</i></label><input type="range" step="any" id="live-t" data-role="t" min="0" max="1" value="0"><output></output>
      <label class="frames">Frames <select aria-label="Pictures in the filmstrip"></select></label>
    </section>
    <section class="strip" aria-label="The filmstrip"></section>`;
  const part = (selector) => root.querySelector(selector);
  return {
    root, top: part(".top"), ends: part(".ends"), kinds: part(".kinds"), groups: part(".groups"), hint: part(".hint"),
    map: part(".map"), maps: part(".maps"), where: part(".where"), hero: part(".hero"), mixed: part(".mixed"),
    evidence: part(".evidence"), play: part(".play"), slider: part("[data-role=t]"), output: part(".drive output"),
    frames: part(".frames select"), strip: part(".strip"), file: part("input[type=file]"),
  };
}
