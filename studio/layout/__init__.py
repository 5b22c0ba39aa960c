"""Where everything of a picture is drawn: groups, the visible graph, and a layered layout per level. No Qt here."""
