"""An elaboration after an edit of one literal, made of the one before: only what the literal reaches is read again.

Where it goes is followed through the syntax, as a program can do anything with a number: it may be handed on to
functions and layers, by a call or as the default of a parameter, and compared with other literals, and nothing else.
Whatever is not certain to come out as a reading of the whole program would make it is declined, and then the program is
read as a whole.
"""

from __future__ import annotations

from pivot.reading.retuned.declined import Declined
from pivot.reading.retuned.elaboration import retuned

__all__ = ["Declined", "retuned"]
