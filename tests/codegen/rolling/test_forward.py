"""Names of values: one that is still to be read is not given to another value."""

from __future__ import annotations

from collections.abc import Callable


def test_a_name_that_a_statement_reads_is_not_taken_before_it(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        from keras import ops


        def halves(x):
            x = ops.reshape(x, (-1, 4, 2, 4, 2, 4))
            x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
            return ops.reshape(x, (-1, 4, 4, 16))


        def build():
            start = keras.Input((8, 8, 4))
            x = layers.Conv2D(4, 1)(start)
            skip = x
            x = layers.Conv2D(4, 1, strides=2)(x)
            skip = layers.Conv2D(4, 1)(skip)
            skip = layers.Lambda(halves)(skip)
            return keras.Model(start, layers.Concatenate()([skip, x]))
        """
    )
    assert "torch.cat([" in made


def test_comments_of_the_builder_stand_above_what_it_builds(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        def build():
            start = keras.Input((8, 8, 4))
            # Made apart.
            head = layers.Dense(2)
            # Look at the image.
            seen = layers.Conv2D(4, 3)(start)
            # Twice the same.
            for _ in range(2):
                # One block.
                seen = layers.Conv2D(4, 1)(layers.ReLU()(seen))

            # Classify.
            return keras.Model(start, head(layers.Flatten()(seen)))
        """
    )
    assert "# Made apart.\n" in made[: made.index("def forward")]
    body = made[made.index("def forward") :]
    said = [line.strip() for line in body.splitlines() if "#" in line]
    assert said == ["# Look at the image.", "# Twice the same.", "# One block.", "# Classify."]
    assert body.index("# Classify.") < body.index("return")
