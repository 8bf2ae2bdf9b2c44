// What stands around the rows: which models there are, which pictures are read, how far the walk has come.
import { escaped } from "../kit/markup.js";
import { putSheet, sheetOf } from "../kit/paint.js";

/** @typedef {import("./side_state.js").SideBySide} SideBySide */

/** A button for every model that may stand here. @param {SideBySide} side */
export function showChips({ layout, siblings, rows, prefix, page }) {
  if (layout.chips.dataset.names !== siblings.join(" ")) {
    layout.chips.dataset.names = siblings.join(" ");
    layout.chips.innerHTML = siblings
      .map((name) => `<button type="button" data-model="${escaped(name)}">${escaped(shortName(name, prefix))}</button>`)
      .join("");
  }
  for (const chip of layout.chips.querySelectorAll("button")) {
    const name = String(chip.dataset.model);
    chip.setAttribute("aria-pressed", String(rows.has(name)));
    chip.classList.toggle("own", name === page.chosen);
    chip.title = name === page.chosen ? `${name}: the app's own model` : name;
  }
}

/** @param {string} name @param {string} prefix */
function shortName(name, prefix) {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** The pictures that are read, and which two the walk goes between. @param {SideBySide} side */
export function showInputs({ layout, bytes, pictures, place, limits, rows }) {
  const [first] = rows.values();
  if (!first) return;
  const buttons = Array.from({ length: limits.pictures }, (_, i) => {
    const button = document.createElement("button"),
      row = (place.row + i) % pictures.count,
      end = ["a", "b"].filter((_, which) => place.ends[which] === i).join(" ");
    button.type = "button";
    Object.assign(button.dataset, { picture: String(i), end });
    button.title = bytes ? pictures.name(row) : `Test picture ${row} is not here: its stored code is decoded`;
    button.setAttribute("aria-label", `${button.title}${end ? `, end ${end} of the walk` : ""}`);
    const canvas = document.createElement("canvas");
    if (bytes) {
      const x = Float32Array.from(bytes[i], (byte) => byte / 255);
      putSheet(canvas, sheetOf(x, 1, first.model.shape, 1));
    } else [, canvas.height, canvas.width] = first.model.shape;
    button.append(canvas);
    return button;
  });
  layout.inputs.replaceChildren(...buttons);
}

/** How far the walk has come. @param {SideBySide} side */
export function showValue({ layout, place: { t } }) {
  if (layout.slider.valueAsNumber !== t) layout.slider.valueAsNumber = t;
  layout.value.textContent = `t = ${t.toFixed(2)}`;
}

/** How long a picture takes each model. @param {SideBySide} side */
export async function showTimes({ rows }) {
  for (const row of rows.values()) await row.showTime();
}
