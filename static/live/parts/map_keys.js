// The keyboard's way into Plotly's tool bar and legend, which listen to the mouse alone.

/**
 * Make buttons and labels reachable and answer Enter and Space; to be called after every redraw.
 * @param {any} plot Plotly's element
 * @param {any} Plotly
 */
export function reachable(plot, Plotly) {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = plot.querySelectorAll(".modebar-btn:not([tabindex])");
  for (const button of buttons) offer(button, button.dataset.title ?? "", () => button.click());
  /** @type {NodeListOf<SVGElement>} */
  const entries = plot.querySelectorAll(".legend .traces:not([tabindex])");
  entries.forEach((entry, place) => {
    const trace = plot._fullData[place];
    offer(entry, `Show or hide ${trace.meta ?? trace.name}`, () => {
      const visible = plot._fullData[place].visible === "legendonly" ? true : "legendonly";
      Plotly.restyle(plot, { visible }, [place]).then(() => plot.querySelectorAll(".legend .traces")[place]?.focus());
    });
  });
}

/**
 * @param {HTMLElement | SVGElement} element
 * @param {string} label
 * @param {() => void} run
 */
function offer(element, label, run) {
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", label);
  element.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    run();
  };
}
