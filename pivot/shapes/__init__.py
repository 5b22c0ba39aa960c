"""Named shape rules: what an op gives for the types of its operands."""

from pivot.shapes.base import FreeSize, NoPlace, ShapeError, Site
from pivot.shapes.dtypes import promote
from pivot.shapes.infer import all_rules, infer

__all__ = ["FreeSize", "NoPlace", "ShapeError", "Site", "all_rules", "infer", "promote"]
