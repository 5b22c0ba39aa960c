"""Models that a factory makes of a class it is given."""

from __future__ import annotations

from collections.abc import Callable

SOURCE = """
    from functools import partial
    CFGS = {"tiny": dict(classes=3, url="https://example.org/tiny")}
    class Net(nn.Module):
        def __init__(self, width=4, classes=5, act=nn.ReLU, norm=nn.BatchNorm1d):
            super().__init__()
            self.fc = nn.Linear(4, width)
            self.norm = norm(width)
            self.act = act()
            self.head = nn.Linear(width, classes)
        def forward(self, x):
            return self.head(self.act(self.norm(self.fc(x))))
    def build(cls, variant, pretrained, **kwargs):
        kwargs.setdefault("classes", CFGS[variant]["classes"])
        model = cls(**kwargs)
        model.cfg = CFGS[variant]
        if pretrained:
            model.load_state_dict(torch.load(model.cfg["url"]))
        return model
    def tiny(pretrained=False, **kwargs):
        \"\"\"The tiny one.\"\"\"
        args = dict(width=8, act=nn.SiLU, norm=partial(nn.BatchNorm1d, eps=1e-3))
        return build(Net, "tiny", pretrained, **dict(args, **kwargs))
"""


def test_a_factory_of_any_class_is_a_call_of_that_class(written: Callable[..., str]) -> None:
    made = written(SOURCE, "2x4", model="tiny()")
    assert made.endswith(
        "def tiny():\n"
        '    """The tiny one."""\n'
        "    return Net(\n"
        "        width=8, act=si_lu, norm=functools.partial(batch_norm1d, eps=0.001), classes=3\n"
        "    )\n"
    )
    assert "def build" not in made and "CFGS" not in made


def test_a_model_that_the_factory_changes_is_not_made_directly(written: Callable[..., str]) -> None:
    changed = SOURCE.replace("model.cfg = CFGS[variant]", "model.act = nn.Tanh()")
    changed = changed.replace('model.cfg["url"]', '"tiny.pt"')
    assert "def build" in written(changed, "2x4", model="tiny()")


def test_arguments_are_written_as_the_class_was_given_them(written: Callable[..., str]) -> None:
    changed = SOURCE.replace("def __init__(self, width=4,", "def __init__(self, sizes, width=4,")
    changed = changed.replace("super().__init__()", 'super().__init__()\n            sizes[0].pop("first")')
    changed = changed.replace("dict(width=8,", 'dict(sizes=[{"first": 1, "last": 2}], width=8,')
    assert '{"first": 1, "last": 2}' in written(changed, "2x4", model="tiny()")
