"""What a page shows, as tests read it."""

import json

from streamlit.testing.v1 import AppTest

LIVE = "bidi_component"  # a page's live part


def sent_to_browser(app: AppTest) -> dict:
    """What the page gives its live part."""
    (component,) = app.get(LIVE)
    return json.loads(component.proto.json)
