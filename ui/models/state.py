"""What is on the Models page for one visitor: the section, and where each of them stands."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from ui import brought, frame, link
from ui.browser import report
from ui.frame import Shown
from ui.link import Field
from ui.models import posterior_shape
from ui.models.sections import CONTROL, SECTIONS
from ui.turn import Turn, first_visit
from vae_core.intake import steps as intake

OPENING = next(iter(SECTIONS))
NAMES = {field.name for section in SECTIONS.values() for field in section.fields}
REPORT = {"model": str, "section": str, "query": {name: (str, None) for name in sorted(NAMES)}}


@dataclass
class Comparison:
    """The section that is shown, and the state of each that was."""

    section: str = OPENING
    states: dict[str, Any] = field(default_factory=dict)  # by section, of the model that it was of
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to go to the section's state
    at: tuple[str, str] | None = None  # section and model that the component was sent to last
    brought: dict | None = None  # the last file of the visitor's, made a picture of, or why it could not be
    brought_at: tuple[str, str] | None = None  # section and model that it was for
    wanted: Mapping[str, Any] | None = None  # the picture that a flow is to be made better for
    better: dict | None = None  # the last one that was, and what that gained
    better_at: tuple | None = None  # section and model, with its version, that it was for
    ready: bool = False  # whether the section has something to show of the model

    @property
    def standing(self) -> Any:
        """The chosen section's state."""
        return self.states.get(self.section)

    def choose_section(self, turn: Turn) -> None:
        """The section that the link or the control says, before the pickers are drawn."""
        if turn.linked:
            self.section, problems = link.read(turn.query, (SECTION,), OPENING, None)
            st.session_state[CONTROL] = self.section
            for problem in problems:
                frame.note(problem)
        else:
            self.section = st.session_state.get(CONTROL) or self.section

    def follow(self, turn: Turn, shown: Shown) -> None:
        """Go where the link, the hand, another model or another section leads."""
        section, at = SECTIONS[self.section], (self.section, shown.name)
        self.ready = section.missing(shown) is None
        moved_on, self.at = at != self.at, at
        if not self.ready:
            return
        if turn.linked:
            state, problems = link.read(turn.query_for(shown.name), section.fields, section.opening(shown), shown)
            self.states[self.section] = state
            for problem in problems:
                frame.note(problem)
        elif (moved := turn.moved(shown.name, partial(self.sent, shown=shown))) is not None:
            self.states[self.section] = moved
        elif moved_on:
            self.states[self.section] = self.kept(shown)
        self.visit += turn.linked or moved_on

    def bring(self, key: str, shown: Shown) -> None:
        """The file that the component `key` was given in this run, as the shown model's data set has its pictures."""
        if (sent := report.asked(key, "file", report.FILE)) is None:
            return
        self.brought_at = self.at
        self.brought = {"number": first_visit(), "name": (sent.get("name") or "picture")[:60], "x": "", "problem": ""}
        try:
            picture, _ = brought.prepared(intake.open_picture(brought.file_of(sent)), shown.info, {})
        except intake.PictureError as error:
            self.brought["problem"] = str(error)
        else:
            self.brought["x"] = brought.base64_of(picture)

    def refine(self, key: str, shown: Shown) -> None:
        """The flow that the component `key` has asked to be made better for one picture, in this run or in one that
        another gesture ended."""
        here = (self.at, shown.version)
        if self.better_at != here:
            self.wanted = self.better = None
            self.better_at = here
        if (asked := report.asked(key, "refine", posterior_shape.ASKED)) is not None:
            self.wanted = asked
        if self.wanted is not None and self.section == posterior_shape.SECTION.name:
            self.better = posterior_shape.better_flow(self.wanted, shown)
            self.wanted = None

    def sent(self, reported: Mapping[str, Any], shown: Shown) -> Any:
        """The state that the browser's component reports. Raises ValueError for nonsense."""
        if reported["section"] != self.section:
            raise ValueError(f"the section is {self.section}")
        section = SECTIONS[self.section]
        query = {name: text for name, text in reported["query"].items() if text is not None and name in NAMES}
        return link.checked(query, section.fields, section.opening(shown), shown)

    def kept(self, shown: Shown) -> Any:
        """The chosen section's state for another model: what of it this one allows."""
        section, opening = SECTIONS[self.section], SECTIONS[self.section].opening(shown)
        if self.standing is None:
            return opening
        try:
            query = link.write(section.fields, self.standing, shown)
        except (LookupError, ValueError):
            return opening
        return link.read(query, section.fields, opening, shown)[0]

    def link(self, shown: Shown) -> dict[str, str]:
        """The link's parameters."""
        written = link.write((SECTION,), self.section, None)
        if self.ready:
            written |= link.write(SECTIONS[self.section].fields, self.standing, shown)
        return {"model": shown.name, **written}

    def for_browser(self) -> dict[str, Any]:
        """What the component is told."""
        file = self.brought if self.brought_at == self.at else None
        place = {"section": self.section, "place": asdict(self.standing), "visit": self.visit}
        return {**place, "brought": file, "better": self.better}


SECTION = Field(
    "section",
    lambda section, text, _: link.one_of(text, SECTIONS),
    lambda section, _: None if section == OPENING else section,
)
