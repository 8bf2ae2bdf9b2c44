// A direction with meaning: two groups of codes, the way from one mean to the other, and how well it parts them.
import { partOf } from "../kit/part.js";
import { shortened } from "../kit/markup.js";
import { significant } from "../kit/numbers.js";

/** @typedef {{label: number, rows?: undefined} | {label?: undefined, rows: number[]}} Group of codes */
/** @typedef {"from" | "to"} Side */
/**
 * What Python found: Cohen's d and the accuracy on so many held-out codes, null where there are too few to hold out.
 * @typedef {{error?: undefined, vector: number[], cohensD: number | null, accuracy: number | null,
 *   counts: [number, number], heldOut: number}} Found
 */
/** @typedef {{key: string | null} & (Found | {error: string, vector?: undefined})} Direction `key` of the question */

/** @type {Side[]} */
const SIDES = ["from", "to"];

export class GroupChoice {
  /** @type {Record<Side, Group | null>} */
  groups = { from: null, to: null };
  /** @type {string[]} */
  labels = [];
  /** @type {number[] | null} codes inside the lasso on the map */
  lassoed = null;

  /**
   * @param {HTMLElement} host
   * @param {{onChange: () => void, onLasso: () => boolean}} handlers
   *   `onLasso` begins or ends the drawing of lassos on the map, and says which
   */
  constructor(host, { onChange, onLasso }) {
    this.onChange = onChange;
    host.innerHTML = `
      <label>From <select data-group="from" aria-label="The group that the direction leads away from"></select></label>
      <label>to <select data-group="to" aria-label="The group that the direction leads to"></select></label>
      <button type="button" data-lasso aria-pressed="false" title="Draw round codes on the map: they become a group">Lasso</button>
      <button type="button" data-group="from" title="The lassoed codes become the first group">Lasso → from</button>
      <button type="button" data-group="to" title="The lassoed codes become the second group">Lasso → to</button>
      <span data-role="separation" aria-live="polite"></span>`;
    this.evidence = partOf(host, "[data-role=separation]", HTMLElement);
    /** @param {Side} side */
    const select = (side) => partOf(host, `select[data-group=${side}]`, HTMLSelectElement);
    this.selects = { from: select("from"), to: select("to") };
    this.buttons = SIDES.map((side) => partOf(host, `button[data-group=${side}]`, HTMLButtonElement));
    const lasso = partOf(host, "[data-lasso]", HTMLButtonElement);
    lasso.onclick = () => lasso.setAttribute("aria-pressed", String(onLasso()));
    SIDES.forEach((side, i) => {
      const chosen = this.selects[side];
      chosen.onchange = () =>
        this.choose(side, chosen.value === "lasso" ? this.groups[side] : { label: Number(chosen.value) });
      this.buttons[i].onclick = () => this.lassoed && this.choose(side, { rows: this.lassoed });
    });
    this.lasso(null);
  }

  /** @param {string[]} labels */
  build(labels) {
    this.labels = labels;
    this.show({ from: null, to: null });
    this.lasso(null);
  }

  /** @param {Record<Side, Group | null>} groups */
  show(groups) {
    this.groups = { ...groups };
    for (const side of SIDES) {
      const group = this.groups[side],
        select = this.selects[side];
      const options = this.labels.map((name, label) => new Option(shortened(name), String(label)));
      if (group?.rows) options.push(new Option(`${group.rows.length} lassoed`, "lasso"));
      if (!group) options.unshift(new Option("lasso a group", ""));
      select.replaceChildren(...options);
      select.value = group?.rows ? "lasso" : String(group?.label ?? "");
    }
  }

  /** @param {Side} side @param {Group | null} group */
  choose(side, group) {
    this.show({ ...this.groups, [side]: group });
    this.onChange();
  }

  /** @param {number[] | null} rows codes inside the lasso on the map */
  lasso(rows) {
    this.lassoed = rows;
    for (const button of this.buttons) button.hidden = !rows?.length;
  }

  /** How well the direction parts the groups. @param {Direction | null} found null while nothing is known */
  showFound(found) {
    const { from, to } = this.groups;
    if (found && found.error === undefined) this.showSeparation(found);
    else
      this.evidence.textContent =
        found?.error ?? (from && to ? "" : "Choose two groups: labels, or lassos on the map.");
  }

  /** @param {Found} found */
  showSeparation({ cohensD, accuracy, counts, heldOut }) {
    const codes = `${counts[0]} and ${counts[1]} codes`;
    if (cohensD === null || accuracy === null) {
      this.evidence.textContent = `${codes}: too few to say how well the axis parts them`;
      return;
    }
    this.evidence.innerHTML = `<span title="Cohen's d: the distance between the groups' means along the axis, in their common standard deviation"><b>${significant(cohensD)}</b> standard deviations apart</span>
      · <span title="Share of held-out codes on their group's side of the best threshold, mean of both groups: 50 % is chance. A random half of each group is held out."><b>${significant(100 * accuracy)} %</b> of ${heldOut} held-out codes on the right side</span>
      · ${codes}`;
  }
}
