"""The Explore page's map as a hand meets it: pixels of the window here, units of the map there."""

from dataclasses import dataclass

import numpy as np
from screen import PATIENCE, Screen

AXES = """(() => {
  const plot = root.querySelector(".map .plot"), layout = plot._fullLayout;
  if (!layout) return null;
  const box = plot.getBoundingClientRect(), { xaxis: x, yaxis: y } = layout;
  return { left: box.left + x._offset, top: box.top + y._offset, width: x._length, height: y._length,
           x: x.range.map(Number), y: y.range.map(Number) };
})()"""
# How many frames after each change of a control Plotly was given a map: `window.__drawn`.
WATCH = """(() => {
  const { react } = Plotly;
  window.__drawn = [];
  Plotly.react = (...given) => { window.__drawn.push(window.__frames); return react(...given); };
  document.addEventListener("change", () => { window.__frames = 0; }, true);
  const next = () => { window.__frames += 1; requestAnimationFrame(next); };
  next();
})()"""


@dataclass(frozen=True)
class Axes:
    """Where the map's axes lie in the window (pixels), and which part of the map they show (map units)."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def units_per_pixel(self) -> float:
        return (self.x[1] - self.x[0]) / self.width

    def spot(self, across: float, up: float) -> tuple[int, int]:
        """The pixel of the window at these shares (0 to 1) of the axes."""
        return round(self.left + across * self.width), round(self.top + (1 - up) * self.height)

    def units(self, pixel: tuple[int, int]) -> np.ndarray:
        """The map's units (2,) under a pixel of the window."""
        across = (pixel[0] - self.left) / self.width
        up = 1 - (pixel[1] - self.top) / self.height
        return np.array([self.x[0] + across * (self.x[1] - self.x[0]), self.y[0] + up * (self.y[1] - self.y[0])])

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Pixels of the window (N, 2) of points (N, 2) in the map's units."""
        across = (points[:, 0] - self.x[0]) / (self.x[1] - self.x[0])
        up = (points[:, 1] - self.y[0]) / (self.y[1] - self.y[0])
        return np.stack([self.left + across * self.width, self.top + (1 - up) * self.height], axis=1)

    def empty_pixel(self, points: np.ndarray, margin: int = 20) -> tuple[int, int]:
        """A pixel well inside the axes, at least `margin` away from every point."""
        places = self.pixels(points)
        for across in np.linspace(0.04, 0.96, 24):
            for up in np.linspace(0.04, 0.96, 24):
                pixel = self.spot(across, up)
                if np.hypot(*(places - pixel).T).min() > margin:
                    return pixel
        raise AssertionError("the map has no empty spot")


def drawn(screen: Screen) -> Axes:
    """Wait until the map is drawn; where its axes are."""
    screen.until("root.querySelector('.map .plot')?.data?.length > 0", timeout=PATIENCE)
    before, after = None, screen.read(AXES)
    while before != after:  # its first drawing is fitted to the window once
        screen.settle()
        before, after = after, screen.read(AXES)
    return Axes(**after)


def move(screen: Screen, pixel: tuple[int, int]) -> None:
    """The cursor goes to a pixel; what follows it has followed."""
    screen.page.mouse.move(pixel[0] - 3, pixel[1] - 3)
    screen.page.mouse.move(*pixel)
    screen.settle()


def choose(screen: Screen, name: str, value: str) -> Axes:
    """Choose in the map's toolbar ("map", "across", "up", "colour", "cursor"); where the axes are then."""
    screen.read("root.querySelector('.map .plot').data.old = true")
    screen.live.locator(f"select[data-choice='{name}']").select_option(value)
    if name != "cursor":
        screen.until("!root.querySelector('.map .plot').data.old")
    return drawn(screen)
