// Watches a page from inside: when frames began, when the hand moved, when pictures were painted, what was drawn.
{
  const probe = (window.__probe = {
    frames: [],
    moves: [],
    pictures: [],
    draws: 0,
    long: [],
    plots: [],
    changes: [],
    watching: false,
  });

  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name === "live:decode") probe.pictures.push([startTime, startTime + duration]);
    }
  }).observe({ type: "measure", buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) probe.long.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });

  for (const type of ["pointermove", "keydown"]) {
    addEventListener(type, (event) => probe.moves.push([event.timeStamp, performance.now()]), {
      capture: true,
      passive: true,
    });
  }

  addEventListener("change", () => Object.assign(probe, { chosen: performance.now(), framesSince: 0 }), true);
  const count = () => {
    probe.framesSince += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);

  // st.slider's picture is an <img>: it is there once it has loaded.
  document.addEventListener(
    "load",
    ({ target }) => {
      if (target instanceof HTMLImageElement) probe.pictures.push([performance.now(), performance.now()]);
    },
    true,
  );

  for (const prototype of [WebGLRenderingContext.prototype, WebGL2RenderingContext.prototype]) {
    for (const name of ["drawArrays", "drawElements"]) {
      const draw = prototype[name];
      prototype[name] = function (...rest) {
        probe.draws += 1;
        return draw.apply(this, rest);
      };
    }
  }

  let plotly;
  Object.defineProperty(window, "Plotly", {
    get: () => plotly,
    set: (library) => {
      const react = library.react;
      library.react = async (...rest) => {
        const begun = performance.now(),
          { chosen, framesSince: frames } = probe;
        const result = await react(...rest);
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        probe.plots.push(performance.now() - begun);
        if (chosen) probe.changes.push({ frames, milliseconds: performance.now() - chosen });
        probe.chosen = 0;
        return result;
      };
      plotly = library;
    },
  });

  const live = () => document.querySelector("[data-live]")?.__live;
  probe.start = () => {
    Object.assign(probe, { frames: [], moves: [], pictures: [], long: [], draws: 0, watching: true });
    probe.begun = performance.now();
    probe.inputs = live()?.inputs ?? 0;
    probe.painted = live()?.pictures ?? 0;
    const tick = () => {
      probe.frames.push(performance.now());
      if (probe.watching) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  };
  probe.stop = async () => {
    probe.watching = false;
    await new Promise((done) => setTimeout(done, 50)); // observers report a little later
    const inputs = (live()?.inputs ?? 0) - probe.inputs,
      painted = (live()?.pictures ?? 0) - probe.painted;
    const since = (entries) => entries.filter(([start]) => start >= probe.begun); // observers report earlier ones, too
    const { frames, moves, draws } = probe;
    return { frames, moves, draws, inputs, painted, pictures: since(probe.pictures), long: since(probe.long) };
  };
}
