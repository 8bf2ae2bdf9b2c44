// The keyboard's way into Plotly's tool bar and legend, which listen to the mouse alone.

/**
 * Make buttons and labels reachable and answer Enter and Space; to be called after every redraw.
 * @param {HTMLElement} plot
 * @param {any} Plotly
 */
export function reachable(plot, Plotly) {
  for (const button of plot.querySelectorAll(".modebar-btn:not([tabindex])")) {
    offer(button, button.dataset.title, () => button.click());
  }
  plot.querySelectorAll(".legend .traces:not([tabindex])").forEach((entry, place) => {
    const trace = plot._fullData[place];
    offer(entry, `Show or hide ${trace.name}`, () => {
      const visible = plot._fullData[place].visible === "legendonly" ? true : "legendonly";
      Plotly.restyle(plot, { visible }, [place]).then(() => plot.querySelectorAll(".legend .traces")[place]?.focus());
    });
  });
}

function offer(element, label, run) {
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", label);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    run();
  });
}
