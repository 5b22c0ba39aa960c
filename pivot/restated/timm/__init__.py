"""What programs take from timm: its small layers and helpers."""

OWN_FILES_FIRST = True  # the library's own files count where they lie beside the program
