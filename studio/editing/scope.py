"""How far an edit reaches. No Qt here."""

from __future__ import annotations

from typing import Literal

Scope = Literal["instance", "structure", "class", "written"]
SCOPES: tuple[Scope, ...] = ("instance", "structure", "class", "written")
