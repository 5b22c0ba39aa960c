"""The signs of the families."""

from __future__ import annotations

import tomllib
from pathlib import Path

from studio.glyphs import GLYPH, families, glyph


def test_every_family_has_a_sign_of_its_own(root: Path):
    known = {
        path.name for path in (root / "pivot" / "ops").iterdir() if path.is_dir() and not path.name.startswith("_")
    }
    assert known <= families()
    drawn = [glyph(name).toReversed() for name in sorted(families())]
    assert len({str([(e.x, e.y) for e in map(path.elementAt, range(path.elementCount()))]) for path in drawn}) == len(
        drawn
    )


def test_signs_stay_in_their_square_and_families_have_colours(root: Path):
    for name in families():
        box = glyph(name).boundingRect()
        assert (
            box.left() >= -0.5 and box.top() >= -0.5 and box.right() <= GLYPH + 0.5 and box.bottom() <= GLYPH + 0.5
        ), name
    colours = tomllib.loads((root / "resources" / "theme.toml").read_text())
    assert families() - set(colours["light"]["families"]) <= {"creation", "loss"}
