"""What the first document will need, loaded behind the back of the person who looks at the opening page."""

from __future__ import annotations

from threading import Thread


def preload() -> Thread:
    """Start loading the ops of the palette and the lexer of the code panes; none of it touches a widget."""
    thread = Thread(target=load, name="preload", daemon=True)
    thread.start()
    return thread


def load() -> None:
    """Load now: what is asked for later is found made."""
    from pivot.opset import load_opset
    from studio.widgets.highlight import lexer

    lexer()
    load_opset()
