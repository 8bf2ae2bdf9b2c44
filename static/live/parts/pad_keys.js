// The keyboard's way of drawing on a pad: arrow keys move a pen, space puts it down and lifts it, Ctrl+Z undoes.

/** @typedef {import("./pad.js").DrawingPad} DrawingPad */

const BIG = 4; // pixels of the picture with Shift, else one
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {DrawingPad} pad whose canvas shares its containing block with the mark of the pen */
export function listenToKeys(pad) {
  const { canvas } = pad,
    mark = document.createElement("i");
  mark.className = "pad-pen";
  mark.hidden = true;
  canvas.dataset.keys = "drawing"; // the page's own keys leave these alone
  canvas.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight ArrowUp ArrowDown Space");
  /** @type {import("./pad_stroke.js").PadSpot | null} */
  let spot = null;
  let down = false;
  const show = () => {
    if (!spot) return;
    if (mark.previousElementSibling !== canvas) canvas.after(mark);
    const { offsetLeft, offsetTop, clientWidth, clientHeight, width, height } = canvas;
    mark.style.left = `${offsetLeft + (spot.x / width) * clientWidth}px`;
    mark.style.top = `${offsetTop + (spot.y / height) * clientHeight}px`;
    mark.classList.toggle("down", down);
    mark.hidden = false;
  };
  const lift = () => {
    if (down) pad.finished();
    down = false;
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      lift();
      pad.undo();
    }
    const way = WAYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!way && event.key !== " ")) return;
    event.preventDefault();
    if (pad.pen || (event.key === " " && event.repeat)) return;
    spot ??= { x: canvas.width / 2, y: canvas.height / 2 };
    const before = { ...spot },
      step = pad.fine * (event.shiftKey ? BIG : 1);
    if (way) {
      spot.x = Math.min(canvas.width, Math.max(0, spot.x + step * way[0]));
      spot.y = Math.min(canvas.height, Math.max(0, spot.y + step * way[1]));
    } else if (down) lift();
    else {
      down = true;
      pad.remember();
    }
    if (down) {
      pad.stroke(before, spot);
      pad.changed(performance.now());
    }
    show();
  });
  canvas.addEventListener("blur", () => {
    lift();
    mark.hidden = true;
  });
  canvas.addEventListener("pointerdown", () => {
    lift();
    spot = null;
    mark.hidden = true;
  });
}
