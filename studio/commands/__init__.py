"""The verbs of the command, one file each. No Qt in here."""
