"""Settings of which the library checks what they may be.

Nothing is checked: such a setting is its default.
"""


def field(default=None):
    return default


def interval(min=None, max=None, exclude_min=False, exclude_max=False):
    return field


def is_divisible_by(divisor):
    return field


positive_int_field = field
probability = field
activation_fn_key = field


def positive_int(value=None):
    pass
