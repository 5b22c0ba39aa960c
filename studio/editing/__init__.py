"""Edits of a document: from what is seen in the graph to changes of the program. No Qt here."""
