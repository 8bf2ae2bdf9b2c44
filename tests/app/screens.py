"""What a page shows, as tests read it."""

import json
import time

from streamlit.testing.v1 import AppTest

LIVE = "bidi_component"  # a page's live part
INFO = ":material/info: "
PATIENCE = 60  # seconds that long work may take


def sent_to_browser(app: AppTest) -> dict:
    """What the page gives its live part."""
    (component,) = app.get(LIVE)
    return json.loads(component.proto.json)


def explained(app: AppTest) -> str:
    """Why another model is shown than the one that was asked for, where that is so."""
    found = [each.value for each in app.caption if each.value.startswith(INFO)]
    return " ".join(found).removeprefix(INFO).replace("\\", "").replace("\u2060", "")


def query_of(app: AppTest) -> dict[str, str]:
    """The parameters of the link in the address bar."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def settled(app: AppTest) -> AppTest:
    """The page once none of its visitor's long work is under way."""
    until = time.monotonic() + PATIENCE
    while not app.exception and time.monotonic() < until:
        under_way = [job for job in app.session_state["work_jobs"].values() if not job.over]
        if not under_way:
            return app.run()
        while not all(job.over for job in under_way) and time.monotonic() < until:
            time.sleep(0.02)
        app.run()
    return app
