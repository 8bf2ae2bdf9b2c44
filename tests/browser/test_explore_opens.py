"""The Explore page opens where a link points, or on the first model."""


def test_it_opens_on_the_first_model_with_a_picture(desktop, shipped):
    shipped("mnist-vae-2d")
    desktop.open()
    assert desktop.live.get_attribute("data-live") == "explore"
    assert len(desktop.z) == desktop.live.locator("input[data-dim]").count() == 2
