"""Placement of modules by Accelerate: never on."""


def force_accelerate_hooks(*args, **kwargs):
    pass
