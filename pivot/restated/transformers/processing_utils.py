"""Types of arguments."""

from typing import Unpack
