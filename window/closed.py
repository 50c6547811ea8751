"""The tabs that were closed: what Gradio holds of them is let go, but for the last few.

Gradio keeps the state of a session for good, thousands of them, a few megabytes each. A tab that only seemed closed, as that
of a laptop which slept, comes back within the next KEPT and finds its conversation; after that, in the list of conversations.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from typing import Any

KEPT = 16


class Closed:
    def __init__(self) -> None:
        self._at: OrderedDict[str, dt.datetime] = OrderedDict()

    def add(self, session: str, holder: Any) -> None:
        """`holder` is Gradio's, of all sessions of the page."""
        self._at.pop(session, None)
        self._at[session] = dt.datetime.now()
        while len(self._at) > KEPT:
            gone, at = self._at.popitem(last=False)
            if holder.time_last_used.get(gone, at) <= at:  # it has not come back since
                holder.delete_state(gone)  # what waits for its end is told: files that only an undo would want
                holder.session_data.pop(gone, None)
                holder.time_last_used.pop(gone, None)
