"""Module-level calls that fill tables, and other things that are known only when they run."""

from __future__ import annotations

from collections.abc import Callable

Written = Callable[..., str]


def test_what_registers_a_used_class_is_written_behind_it(written: Written) -> None:
    made = written(
        """
        BLOCKS = dict(plain=nn.Linear)

        def register(kind, block):
            BLOCKS[kind] = block

        class Gated(nn.Module):
            def __init__(self, size, out):
                super().__init__()
                self.fc = nn.Linear(size, out)

            def forward(self, x):
                return self.fc(x) * torch.sigmoid(x)

        class Unused(nn.Module):
            def __init__(self, size, out):
                super().__init__()
                self.fc = nn.Linear(size, out)

            def forward(self, x):
                return self.fc(x)

        register("gated", Gated)
        register("unused", Unused)

        class Net(nn.Module):
            def __init__(self, kind="gated"):
                super().__init__()
                assert kind in BLOCKS
                self.block = BLOCKS[kind](4, 4)

            def forward(self, x):
                return self.block(x)
        """,
        "2x4",
    )
    assert 'register("gated", Gated)\n' in made and made.index("class Gated") < made.index('register("gated"')
    assert "Unused" not in made


def test_a_class_that_only_its_decorator_enters_in_a_table_is_written_with_it(written: Written) -> None:
    made = written(
        """
        TABLE: dict = {}


        def register(name):
            def wrapper(cls):
                TABLE[name] = cls
                return cls

            return wrapper


        @register("one")
        class One(nn.Module):
            def forward(self, x):
                return torch.relu(x)


        @register("other")
        class Other(nn.Module):
            def forward(self, x):
                return torch.tanh(x)


        class Net(nn.Module):
            def __init__(self, name="one"):
                super().__init__()
                self.part = TABLE[name]()

            def forward(self, x):
                return self.part(x)
        """,
        "2x4",
    )
    assert '@register("one")' in made and "class Other" not in made and "return wrapper" in made


def test_a_class_that_a_method_of_an_object_enters_is_written_with_it(written: Written) -> None:
    made = written(
        """
        class Registry:
            def __init__(self):
                self.items = {}

            def register(self, name=None):
                def wrapper(cls):
                    self.items[name or cls.__name__] = cls
                    return cls

                return wrapper


        PARTS = Registry()


        @PARTS.register()
        class One(nn.Module):
            def forward(self, x):
                return torch.relu(x)


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.part = PARTS.items["One"]()

            def forward(self, x):
                return self.part(x)
        """,
        "2x4",
    )
    assert "@PARTS.register()\nclass One(" in made


def test_what_a_method_of_a_registry_registers(written: Written) -> None:
    made = written(
        """
        from collections import namedtuple

        class Store:
            Entry = namedtuple("Entry", ("value",))

            def __init__(self, name):
                self.entries, self.name = {}, name

            def put(self, name, maker):
                if not name.isidentifier():
                    raise ValueError(name)
                self.entries[name.upper()] = self.Entry(maker)

            def __getattr__(self, key):
                if key in self.entries:
                    return key
                return super().__getattribute__(key)

            def __getitem__(self, name):
                return self.entries[name].value

        ACT = Store("activations")
        ACT.put("elu", nn.ELU)
        ACT.put("selu", nn.SELU)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.act = ACT[ACT.ELU]()

            def forward(self, x):
                return self.act(x)
        """,
        "2x4",
    )
    assert 'ACT.put("elu", layers.ELU)' in made
    assert "selu" not in made
    assert "self.entries, self.name = {}, name" in made  # the target reserves names on layers, not on plain objects


def test_a_decorator_that_has_no_words_in_the_target_enters_nothing(written: Written) -> None:
    made = written(
        """
        import sys

        TABLE = {}
        NAMES = {"One": ["one", "first"]}

        def register(cls):
            home = sys.modules[cls.__module__]
            TABLE[cls.__name__] = cls
            for name in home.NAMES[cls.__name__]:
                TABLE[name] = cls
            return cls

        @register
        class One(nn.Module):
            def forward(self, x):
                return torch.relu(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.part = One() if len(TABLE) > 5 else One()

            def forward(self, x):
                return self.part(x)
        """,
        "2x4",
    )
    assert "@register" not in made and "class One(" in made
