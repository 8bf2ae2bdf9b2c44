// What stands around the rows: which pictures are read, how far the walk has come.
import { putSheet, sheetOf } from "../kit/paint.js";

/** @typedef {import("./side_state.js").SideBySide} SideBySide */

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
    button.toggleAttribute("data-absent", !bytes);
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

/** How long a picture takes each model. @param {Iterable<import("./side_row.js").Row>} rows */
export async function showTimes(rows) {
  for (const row of rows) await row.showTime();
}
