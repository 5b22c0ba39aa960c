"""Classes beside the model, which the same code is made for."""

from __future__ import annotations

from collections.abc import Callable

from pivot.reading.companions import visit_companions
from pivot.reading.elaborate import Elaborated

TEXT = """
class Plain(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
    def forward(self, x):
        return self.fc(x)

class Gated(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.gate = nn.Linear(n, n)
    def forward(self, x):
        return x * torch.sigmoid(self.gate(x))

class Unused(nn.Module):
    def forward(self, x):
        return x

class Net(nn.Module):
    def __init__(self, block: type[Plain | Gated]):
        super().__init__()
        self.block = block(4)
    def forward(self, x):
        return self.block(x)

def plain():
    return Net(Plain)

def gated():
    return Net(Gated)
"""


def test_a_class_named_in_an_annotation_is_read_on_trial(read: Callable[..., Elaborated]) -> None:
    done = read(TEXT, "2x4", model="plain()")
    nodes, parameters = list(done.network.nodes), list(done.network.parameters)
    visit_companions(done)
    trace = done.evaluator.trace
    tried = {v.name for visits in trace.visits.values() for v in visits if v.speculative}
    assert "torch.sigmoid" in tried
    assert not [
        v for visits in trace.visits.values() for v in visits if v.name == "torch.sigmoid" and not v.speculative
    ]
    assert (list(done.network.nodes), list(done.network.parameters)) == (nodes, parameters)
    assert len(done.evaluator.nodes) == sum(len(run.nodes) for run in done.network.runs.values())
    assert done.evaluator.speculating == 0


def test_a_restated_layer_that_another_choice_would_make_is_read_on_trial(read: Callable[..., Elaborated]) -> None:
    text = """
class Net(nn.Module):
    def __init__(self, act="relu"):
        super().__init__()
        self.act = {"relu": nn.ReLU, "gelu": nn.GELU}[act]()
    def forward(self, x):
        return self.act(x)
"""
    done = read(text, "2x4", restated=frozenset({"torch.nn.GELU"}))
    visit_companions(done)
    met = [v for visits in done.evaluator.trace.visits.values() for v in visits]
    assert [v.speculative for v in met if v.name == "torch.nn.functional.gelu"]
