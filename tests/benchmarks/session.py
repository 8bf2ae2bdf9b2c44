"""A visitor without a browser: Streamlit's own protocol over a websocket, so that only the server's work is timed."""

import json
import random
import time
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks.serving import Server


class Visitor:
    """Has the Explore page open, and sends a place as the component does when a hand lets go."""

    def __init__(self, server: Server, model: str, latent_dim: int):
        self.server, self.model, self.latent_dim = server, model, latent_dim
        self.sequence = 0
        self.selects: dict[str, str] = {}  # widget -> what it shows
        self.component = ""
        self.page = ""
        self.view: dict = {}
        self.socket: ClientConnection | None = None

    async def arrive(self) -> float:
        """Open the page; milliseconds until its script has run."""
        address = self.server.url.replace("http", "ws", 1) + "_stcore/stream"
        self.socket = await connect(address, subprotocols=["streamlit"], max_size=None, compression=None)
        return await self.run(WidgetStates())

    async def leave(self) -> None:
        with suppress(OSError):
            await self.socket.close()

    async def click(self) -> float:
        """Pin a place of the map; milliseconds until Python has answered."""
        self.sequence += 1
        z = [round(random.gauss(0, 1), 4) for _ in range(self.latent_dim)]
        place = {"sequence": self.sequence, "model": self.model, "z": z, "point": None, **self.view}
        states = [WidgetState(id=widget, string_value=shown) for widget, shown in self.selects.items()]
        states.append(WidgetState(id=self.component, json_value=json.dumps({"place": place})))
        return await self.run(WidgetStates(widgets=states))

    async def run(self, states: WidgetStates) -> float:
        """Ask for a run of the script and read all that it says. Raises RuntimeError if it ends in an exception."""
        message = BackMsg()
        message.rerun_script.query_string = f"model={self.model}"
        message.rerun_script.widget_states.CopyFrom(states)
        message.rerun_script.page_script_hash = self.page
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answer = ForwardMsg()
        ended = None
        while ended is None or ended == ForwardMsg.FINISHED_EARLY_FOR_RERUN:  # a run that begins anew is not over
            answer.ParseFromString(await self.socket.recv())
            self.learn(answer)
            ended = answer.script_finished if answer.WhichOneof("type") == "script_finished" else None
        if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise RuntimeError(f"the script ended as {ForwardMsg.ScriptFinishedStatus.Name(answer.script_finished)}")
        return 1000 * (time.perf_counter() - began)

    def learn(self, message: ForwardMsg) -> None:
        """Note the page's widgets as a browser would."""
        if message.WhichOneof("type") == "new_session":
            self.page = message.new_session.page_script_hash
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"the page shows an exception: {element.exception.message}")
        if kind == "selectbox" and element.selectbox.id not in self.selects:
            self.selects[element.selectbox.id] = element.selectbox.options[element.selectbox.default]
        if kind == "bidi_component":
            self.component = element.bidi_component.id
            if not self.view:
                view = json.loads(element.bidi_component.json)["view"]
                self.view = {name: view[name] for name in ("projection", "axes", "colour", "show")}
