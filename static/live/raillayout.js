// The markup of the rail: the picture that is read, the models' cards, and the line that moves them.

const symbol = (name) => `<span class="symbol" aria-hidden="true">${name}</span>`;
const button = (attribute, icon, help, label = help) =>
  `<button type="button" ${attribute} title="${help}" aria-label="${label}">${symbol(icon)}</button>`;
const MODES = [
  ["slider", "Walk one slider in every model"],
  ["picture", "Send one picture through every model"],
];
const ICONS = [
  ["smooth", "blur_on", "Smooth or crisp pixels (key s)"],
  ["link", "link", "Copy a link to this rail (key y)"],
  ["lecture", "co_present", "Lecture mode: bigger text, the frame folded away (key l)"],
  ["keys", "keyboard", "The keys of this page (key ?)"],
];

export function railPage() {
  const root = document.createElement("div");
  root.className = "live rail";
  root.dataset.live = "rail";
  root.innerHTML = `
    <header>
      <div class="modes" role="group" aria-label="What every model is given">${MODES.map(
        ([name, text]) => `<button type="button" data-mode="${name}">${text}</button>`).join("")}</div>
      <p class="said" role="status"></p>
      <div class="icons">${ICONS.map(([name, icon, help]) => button(`data-do="${name}"`, icon, help)).join("")}</div>
    </header>
    <div class="deck">
      <figure class="source"><b>x <small></small></b><canvas aria-label="Drawing pad: draw with mouse, finger or pen"></canvas></figure>
      <div class="cards"></div>
      <div class="shelf" role="group" aria-label="Test pictures to send through every model"></div>
    </div>
    <div class="walker">
      <span class="rank">${button('data-do="less"', "chevron_left", "The next more informative dimension (key [)", "More informative")}
        <output></output>${button('data-do="more"', "chevron_right", "The next less informative dimension (key ])", "Less informative")}</span>
      ${button('data-do="play"', "play_arrow", "Play or pause (space bar)", "Play or pause")}
      <input type="range" min="-3" max="3" step="any" value="0" aria-label="Standard deviations from the middle">
      <output class="u"></output>
      <select aria-label="What the other dimensions are"><option value="middle">others in the middle</option>
        <option value="picture">others from the picture x</option>
        <option value="prior">others drawn from the prior</option></select>
      ${button('data-do="draw"', "casino", "Draw the others again, the same for every model (key r)", "Draw again")}
    </div>
    <div class="tools">
      <label title="A picture that no model was trained on">Test picture
        <input type="number" min="0" step="1" inputmode="numeric" data-source="index"></label>
      <button type="button" data-do="another" title="Another test picture (key n)">Another</button>
      <button type="button" data-do="blank" title="An empty pad to draw on (key c)">Draw your own</button>
      <label class="brush" title="Brush, in the model's pixels">${symbol("brush")}
        <input type="range" min="0.5" max="6" step="0.1" data-tool="brush" aria-label="Brush size in pixels"></label>
      ${button('data-do="eraser" aria-pressed="false"', "ink_eraser", "Eraser (key e)", "Eraser")}
      ${button('data-do="undo"', "undo", "Take the last stroke back (key u)", "Undo")}
      <label class="noise" title="z = μ + s σ ε: 0 decodes the code's mean, 1 a draw from q(z|x), the same ε for every model">
        noise s <input type="range" min="0" max="3" step="0.05" value="0" data-tool="noise" aria-label="Noise on z, in σ of q(z|x)"><output></output></label>
      ${button('data-do="draw"', "casino", "Draw ε again (key r)", "Draw again")}
      <span class="unit">below each: KL, what its code costs, and error, −log p(x|z) at its mean, nats</span>
    </div>
    <p class="problem" role="alert" hidden></p>`;
  const part = (selector) => root.querySelector(selector);
  return {
    root,
    cards: part(".cards"),
    shelf: part(".shelf"),
    pad: part(".source canvas"),
    source: part(".source small"),
    said: part(".said"),
    rank: part(".rank output"),
    slider: part(".walker input"),
    value: part(".walker .u"),
    around: part(".walker select"),
    index: part("[data-source=index]"),
    brush: part("[data-tool=brush]"),
    noise: part("[data-tool=noise]"),
    noiseValue: part(".noise output"),
    alert: part(".problem"),
  };
}
