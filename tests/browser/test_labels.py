"""Names from outside are text: a folder of pictures may call its classes anything."""

HOSTILE = "<img src=x onerror=\"window.hurt = 1\"> & <b>bold</b> <a href='https://example.org'>"
MODULES = """
const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
const modules = addresses.find((name) => /live-[0-9a-f]+\\/kit/.test(name)).replace(/\\/kit\\/.*/, "");
"""


def test_a_label_is_never_markup_in_the_gallery(desktop):
    desktop.open(model="digits-vae-2d")
    shown = desktop.page.evaluate(
        "async ([label, other]) => {"
        + MODULES
        + """
          const { Gallery } = await import(`${modules}/inpaint/gallery.js`);
          const root = document.createElement("div");
          root.innerHTML = `<canvas data-role="gallery"></canvas><i class="frame"></i><canvas data-role="mean"></canvas>
            <canvas data-role="spread"></canvas><section class="votes"><div class="labels"></div></section>`;
          document.body.append(root);
          const gallery = new Gallery(root, { on() {} }, () => {});
          gallery.build({ labels: [label, other], shape: [1, 8, 8] }, 24);
          gallery.voting.build([label, other], {}, ["red"], 10);
          await new Promise((done) => setTimeout(done, 300));
          const bars = Array.from(root.querySelectorAll(".labels > span"));
          return { images: root.querySelectorAll("img, a").length, hurt: window.hurt ?? 0,
                   texts: bars.map((bar) => bar.textContent), titles: bars.map(({ title }) => title) };
        }""",
        [HOSTILE, "plain"],
    )
    assert (shown["images"], shown["hurt"]) == (0, 0)
    assert shown["titles"] == [HOSTILE, "plain"]
    assert shown["texts"] == [HOSTILE[:39] + "…", "plain"]


def test_a_label_is_never_markup_on_the_map(desktop):
    desktop.open(model="digits-vae-2d")
    desktop.until("root.querySelector('.map .plot')?.data?.length > 0")
    name = "<b>x</b> & <a href='//e.org'>y</a>"
    shown = desktop.page.evaluate(
        "async (name) => {"
        + MODULES
        + """
          const [{ PlotMap }, { themeColours }] = await Promise.all(
            ["parts/map.js", "kit/theme.js"].map((file) => import(`${modules}/${file}`)));
          const host = document.createElement("div");
          Object.assign(host.style, { width: "600px", height: "400px", position: "relative" });
          document.querySelector("[data-live]").append(host);
          const map = new PlotMap(host, { onHover() {}, onLeave() {}, onClick() {}, onReset() {}, onSelect() {} });
          const trace = (name) => ({ type: "scattergl", mode: "markers", x: [0, 1], y: [0, 1], name });
          const layout = { showlegend: true, xaxis: {}, yaxis: {},
            annotations: [{ x: 0, y: 0, name, text: `<b>${name}</b>`, showarrow: false }] };
          await map.draw(window.Plotly, { data: [trace(name), trace("other")], layout }, themeColours(host),
            { axes: "a", labels: "b" });
          const texts = Array.from(host.querySelectorAll("text"), (text) => text.textContent);
          await window.Plotly.restyle(host.querySelector(".plot"), { visible: "legendonly" }, [0]);
          return { links: host.querySelectorAll("a[href*='e.org']").length, texts, hidden: Array.from(map.hidden),
                   label: host.querySelector(".legend .traces").getAttribute("aria-label") };
        }""",
        name,
    )
    assert shown["links"] == 0
    assert shown["texts"].count(name) >= 2, "in the legend and beside the points, as it is"
    assert shown["hidden"] == [name]
    assert shown["label"] == f"Show or hide {name}"
