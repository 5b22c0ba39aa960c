import torch


def add(pattern, x, y):
    """x + y, both spread over the axes that the pattern names: `b n d, s d -> (b s) n d`."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x + y)


def subtract(pattern, x, y):
    """x - y, both spread over the axes that the pattern names: `i, j -> i j`."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x - y)


def multiply(pattern, x, y):
    """x * y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x * y)


def divide(pattern, x, y):
    """x / y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x / y)


def less(pattern, x, y):
    """x < y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x < y)


def less_equal(pattern, x, y):
    """x <= y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x <= y)


def greater(pattern, x, y):
    """x > y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x > y)


def greater_equal(pattern, x, y):
    """x >= y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x >= y)


def equal(pattern, x, y):
    """x == y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x == y)


def logical_and(pattern, x, y):
    """x & y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x & y)


def logical_or(pattern, x, y):
    """x | y, both spread over the axes that the pattern names."""
    x, y = aligned(pattern, x, y)
    return grouped(pattern, x | y)


def where(pattern, condition, x, y):
    """x where the condition holds, else y, all spread over the axes that the pattern names: `b n, b n d, -> b n d`."""
    condition, x, y = aligned(pattern, condition, x, y)
    return grouped(pattern, torch.where(condition, x, y))


def aligned(pattern, *tensors):
    """The tensors with an axis for every axis of the result, in its order; numbers as they are."""
    sides = pattern.split("->")
    operands = [words.split() for words in sides[0].split(",")]
    if len(sides) != 2 or len(operands) != len(tensors) or not sides[1].strip():
        raise NotImplementedError("a pattern that does not say all operands and the result")
    if any(word[0] in "([" or word == "1" for words in operands for word in words):
        raise NotImplementedError("a pattern with brackets or ones among its operands")
    result = sides[1].replace("(", " ").replace(")", " ").split()
    found = []
    for x, words in zip(tensors, operands, strict=True):
        if not words:
            found.append(x)
            continue
        more = len(x.shape) - len(words)  # axes that `...` stands for, but one
        names = spelled(words, more)
        wanted = spelled(result, more) if "..." in words else result
        order = [names.index(name) for name in wanted if name in names]
        if order != sorted(order):
            x = x.permute(order)
        found.append(x[tuple([slice(None) if name in names else None for name in wanted])])
    return found


def spelled(words, more):
    """Names of axes, with one for each axis that `...` stands for."""
    if "..." not in words:
        return words
    place = words.index("...")
    return words[:place] + [f"...{number}" for number in range(more + 1)] + words[place + 1 :]


def grouped(pattern, x):
    """The axes between brackets of the result as one."""
    result = pattern.split("->")[1].replace("(", " ( ").replace(")", " ) ").split()
    if "(" in result and "..." in result:
        raise NotImplementedError("a pattern with brackets and `...` in its result")
    place = start = 0
    for word in result:
        if word == "(":
            start = place
        elif word == ")":
            x = x.flatten(start, place - 1)
            place = start + 1
        else:
            place += 1
    return x
