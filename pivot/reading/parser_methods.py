"""Methods of argparse's parsers that say which arguments there are, and that read them."""

GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group"})  # each is filled as its parser is
FILLING = frozenset({"add_argument", "set_defaults"})
PARSING = frozenset({"parse_args", "parse_known_args"})
