"""How the Explore page opens: the first time, the second time, and when something cannot be fetched."""

MEBIBYTE = 2**20


def fetched(screen) -> dict[str, int]:
    """From now on the size of every response's body in bytes, by address."""
    sizes: dict[str, int] = {}

    def finished(request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            sizes[request.url] = request.sizes()["responseBodySize"]

    screen.page.on("requestfinished", finished)
    return sizes


def test_a_first_visit_fetches_eight_mebibytes_at_most_and_a_second_one(new_visitor, shipped):
    shipped("mnist-vae-2d")
    first = new_visitor()
    sizes = fetched(first)
    first.open()
    assert first.live.get_attribute("data-live") == "explore"
    assert len(first.z) == first.live.locator("input[data-dim]").count() == 2
    first.until("root.querySelector('.map .plot')?.data?.length > 0")
    first.quiet()
    assert MEBIBYTE < sum(sizes.values()) < 8 * MEBIBYTE, sizes
    sizes.clear()
    first.page.reload()
    first.ready()
    first.until("root.querySelector('.map .plot')?.data?.length > 0")
    first.quiet()
    assert sum(sizes.values()) < MEBIBYTE, sizes


def test_the_encoder_is_fetched_once_someone_moves(new_visitor):
    screen = new_visitor()
    fetched = []
    screen.page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    screen.open("", model="mnist-vae-2d")
    screen.until("root.querySelector('.map .plot')?.data?.length > 0")
    screen.page.wait_for_load_state("networkidle")
    assert any(name.startswith("decoder-") for name in fetched)
    assert not any(name.startswith("encoder-") for name in fetched)
    screen.page.mouse.move(200, 300)
    screen.until("/encoded again: [0-9]/.test(root.querySelector('[data-role=readout]').textContent)")
    assert any(name.startswith("encoder-") for name in fetched)


def test_it_opens_at_the_first_test_picture_beside_its_original(desktop, shipped, present):
    codes, pictures = shipped("digits-vae-2d").codes, present("digits").test
    desktop.open(model="digits-vae-2d")
    desktop.reach(codes.mean[0].tolist())
    desktop.until("root.dataset.pinned === '0'")
    assert "z" not in desktop.query and "point" not in desktop.query
    desktop.until("root.querySelector(`canvas[data-role='original']`).width === 8")
    shown = desktop.read(
        "Array.from(root.querySelector(`canvas[data-role='original']`).getContext('2d').getImageData(0, 0, 8, 8).data)"
    )
    assert shown[::4] == pictures.batch(codes.indices[:1]).flatten().tolist()
