// A direction with meaning: two groups of codes, the way from one mean to the other, and how well it parts them.
import { figure } from "./sliders.js";

/** @typedef {{label: number} | {rows: number[]}} Group */

export class Groups {
  /**
   * @param {HTMLElement} host
   * @param {{onChange: (groups: {from: Group | null, to: Group | null}) => void, onDraw: () => boolean}} handlers
   *   `onDraw` begins or ends the drawing of lassos on the map, and says which
   */
  constructor(host, { onChange, onDraw }) {
    this.onChange = onChange;
    this.groups = { from: null, to: null };
    host.innerHTML = `
      <label>From <select data-group="from" aria-label="The group that the direction leads away from"></select></label>
      <label>to <select data-group="to" aria-label="The group that the direction leads to"></select></label>
      <button type="button" data-lasso aria-pressed="false" title="Draw round codes on the map: they become a group">Lasso</button>
      <button type="button" data-group="from" title="The lassoed codes become the first group">Lasso → from</button>
      <button type="button" data-group="to" title="The lassoed codes become the second group">Lasso → to</button>
      <span data-role="separation" aria-live="polite"></span>`;
    this.evidence = host.querySelector("[data-role=separation]");
    this.selects = Object.fromEntries(["from", "to"].map((side) => [side, host.querySelector(`select[data-group=${side}]`)]));
    this.buttons = host.querySelectorAll("button[data-group]");
    const drawing = host.querySelector("[data-lasso]");
    drawing.onclick = () => drawing.setAttribute("aria-pressed", onDraw());
    for (const [side, select] of Object.entries(this.selects)) {
      select.onchange = () => this.choose(side, select.value === "lasso" ? this.groups[side] : { label: Number(select.value) });
    }
    for (const button of this.buttons) button.onclick = () => this.choose(button.dataset.group, { rows: this.lassoed });
    this.lasso(null);
  }

  /** @param {string[]} labels */
  build(labels) {
    this.labels = labels;
    this.show({ from: null, to: null });
    this.lasso(null);
  }

  /** @param {{from: Group | null, to: Group | null}} groups */
  show(groups) {
    this.groups = { ...groups };
    for (const [side, select] of Object.entries(this.selects)) {
      const group = this.groups[side];
      const options = this.labels.map((name, label) => new Option(name, label));
      if (group?.rows) options.push(new Option(`${group.rows.length} lassoed`, "lasso"));
      if (!group) options.unshift(new Option("lasso a group", ""));
      select.replaceChildren(...options);
      select.value = group?.rows ? "lasso" : (group?.label ?? "");
    }
  }

  choose(side, group) {
    this.show({ ...this.groups, [side]: group });
    this.onChange(this.groups);
  }

  /** @param {number[] | null} rows codes inside the lasso on the map */
  lasso(rows) {
    this.lassoed = rows;
    for (const button of this.buttons) button.hidden = !rows?.length;
  }

  /** @param {{error?: string, cohensD: number, accuracy: number, counts: [number, number], heldOut: number} | null} found */
  say(found) {
    if (!found) this.evidence.textContent = this.groups.from && this.groups.to ? "" : "Choose two groups: labels, or lassos on the map.";
    else if (found.error) this.evidence.textContent = found.error;
    else {
      const { cohensD, accuracy, counts, heldOut } = found;
      if (!heldOut) return void (this.evidence.textContent = `${counts[0]} and ${counts[1]} codes: too few to say how well the axis parts them`);
      this.evidence.innerHTML = `<span title="Cohen's d: the distance between the groups' means along the axis, in their common standard deviation"><b>d ${figure(cohensD)}</b></span>
        · <span title="Share of held-out codes on their group's side of the best threshold, mean of both groups: 50 % is chance. A random half of each group is held out."><b>${figure(100 * accuracy)} %</b> of ${heldOut} held-out codes on the right side</span>
        · ${counts[0]} and ${counts[1]} codes`;
    }
  }
}
