"""What files of earlier Keras and Python say in their own way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
STACK = """
from keras.models import *
from keras.layers import *
from keras.optimizers import *
from keras.callbacks import ModelCheckpoint
from keras import backend as K
from keras.applications.imagenet_utils import _obtain_input_shape


def net(shape=(32, 32, 3), steps=2, **more):
    start = Input(shape)
    x = start
    for step in {count}(steps):
        x = Conv2D(8, 3, strides=2)(x)
    {last}
    model = Model(start, x)
    model.compile(optimizer=Adam(lr=1e-4), loss="mse")
    return model
"""


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


@pytest.mark.parametrize(
    ("count", "last", "found"),
    [
        ("range", "x = Activation('linear')(x)", ["conv2d", "conv2d"]),
        ("xrange", "x = Flatten()(x)", ["conv2d", "conv2d", "flatten"]),
        ("range", "x = Lambda(lambda t: K.tf.nn.relu(t))(x)", ["conv2d", "conv2d", "relu"]),
        ("range", "x = K.tensorflow_backend.sqrt(x)", ["conv2d", "conv2d", "sqrt"]),
    ],
)
def test_names_of_the_time(read_keras: Read, count: str, last: str, found: list[str]) -> None:
    assert ops(read_keras(STACK.format(count=count, last=last), model="net()")) == found


def test_six_has_the_names_of_python_3(read_keras: Read) -> None:
    text = "from six.moves import xrange\n" + STACK.format(count="xrange", last="pass")
    assert ops(read_keras(text, model="net()")) == ["conv2d", "conv2d"]


def test_a_function_of_that_name_is_the_programs(read_keras: Read) -> None:
    text = "def xrange(n):\n    return range(n + 1)\n" + STACK.format(count="xrange", last="pass")
    assert len(ops(read_keras(text, model="net()"))) == 3


@pytest.mark.parametrize(
    ("arguments", "sizes"),
    [
        ("include_top=True", (64, 64, 3)),
        ("include_top=False", (None, None, 3)),
        ("require_flatten=True, weights='imagenet'", (64, 64, 3)),
    ],
)
def test_the_usual_shape_of_images(read_keras: Read, arguments: str, sizes: tuple[int | None, ...]) -> None:
    call = f"_obtain_input_shape(None, default_size=64, min_size=8, data_format=K.image_data_format(), {arguments})"
    done = read_keras(STACK.format(count="range", last="pass"), model=f"net({call})")
    shape = done.network.root.announced[0].type.shape[1:]
    assert [size if isinstance(size, int) else None for size in shape] == list(sizes)


def test_open_sizes_of_images_are_as_large_as_the_model_needs(read_keras: Read) -> None:
    deep = read_keras(STACK.format(count="range", last="pass"), model="net((None, None, 3), 6)")
    assert deep.specs[0].shape == (1, 128, 128, 3)
    flat = read_keras(STACK.format(count="range", last="pass"), model="net((None, None, 3), 2)")
    assert flat.specs[0].shape == (2, 64, 64, 3)


def test_the_mode_is_no_input_of_which_the_sizes_are_asked(read_keras: Read) -> None:
    text = """
    class Net(keras.Model):
        def __init__(self, maxlen=40):
            super().__init__()
            self.table = layers.Embedding(50, 8, input_length=maxlen)
            self.drop = layers.Dropout(0.5)

        def call(self, words, training):
            return self.drop(self.table(words), training=training)
    """
    done = read_keras(text, model="Net()")
    assert done.specs[0].shape == (2, 40) and done.specs[0].high == 50 and len(done.specs) == 1


def test_defaults_of_a_method_see_the_names_of_the_class(read_keras: Read) -> None:
    text = """
    class Net(layers.Layer):
        WIDE = "wide"

        def __init__(self, kind=WIDE):
            super().__init__()
            self.fc = layers.Dense(8 if kind == Net.WIDE else 2)

        def call(self, x):
            return self.fc(x)
    """
    assert str(read_keras(text, "2x4", model="Net()").network.nodes[0].results[0].type.shape[-1]) == "8"


def test_a_package_is_asked_for_the_modules_that_were_imported(read_keras: Read) -> None:
    files = {
        "__init__.py": "",
        "net/__init__.py": "",
        "net/blocks.py": "def block(x):\n    return x * 2\n",
        "net/heads.py": "def head(x):\n    return x + 1\n",
    }
    text = """
    import net.blocks
    import net.heads


    def model():
        start = keras.Input((4,))
        return keras.Model(start, net.heads.head(net.blocks.block(start)))
    """
    assert ops(read_keras(text, model="model()", files=files)) == ["mul", "add"]


def test_keys_of_a_dict_are_a_set(read_keras: Read) -> None:
    text = """
    def model(**more):
        start = keras.Input((4,))
        wanted = more.keys() & {"a", "c"}
        return keras.Model(start, layers.Dense(10 * len(wanted) + len({"d"} | more.keys()))(start))
    """
    done = read_keras(text, model="model(a=1, b=2, c=3)")
    assert str(done.network.nodes[0].results[0].type.shape[-1]) == "24"


def test_a_part_that_says_its_input_says_that_of_the_model(read_keras: Read) -> None:
    text = """
    class Net(keras.Model):
        def __init__(self, shape):
            super().__init__()
            self.body = keras.Sequential([layers.Conv2D(4, 3, input_shape=shape), layers.Flatten(), layers.Dense(2)])

        def call(self, x):
            return self.body(x)
    """
    assert read_keras(text, model="Net([9, 7, 3])").specs[0].shape == (2, 9, 7, 3)
