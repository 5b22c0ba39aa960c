from keras import ops


def switch(condition, then_expression, else_expression):
    """One of two tensors, place by place where the condition is a tensor."""
    then = then_expression() if callable(then_expression) else then_expression
    other = else_expression() if callable(else_expression) else else_expression
    if len(condition.shape) not in (0, len(then.shape)):
        raise NotImplementedError("a condition with fewer axes than what it chooses between")
    return ops.where(condition, then, other)
