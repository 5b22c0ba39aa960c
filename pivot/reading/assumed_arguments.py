"""Arguments that nothing in a project says, assumed by their names so that a model can be looked at.

The class that is written keeps its parameters; only the configuration at which it is read is assumed. Whoever has
weights, or means another size, says so with --model.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

ASSUMED: tuple[tuple[str, str], ...] = (
    (r"(n|nb|num|number_of|output|target)?_?(class|classes|labels|categories)(_(num|number|count))?", "10"),
    (r"nclass|n_cls|(n|nb|num)?_?(out|output|target|action)s?_?(dim|size|num|features|units)?|n_actions", "10"),
    (r"(src_|trg_|tgt_|input_|target_)?(vocab|voc|token|word)s?(_?(size|num|count|dim))?|dict_size", "1000"),
    (r"(n|nb|num)_?((src_|trg_|tgt_)?vocab|tokens?|words|embeddings)|ntokens?", "1000"),
    (r"(in|input|img|image|n|nb|num|c)?_?(channels?|chans?|ch|planes|nc)(_(in|num))?|in_c|c_in|input_nc", "3"),
    (r"(out|output|mid|hidden|inter)_?(channels?|chans?|ch|planes)|planes|filters?|c_out|output_nc|nf|ngf|ndf", "64"),
    (r"(n|num|nb)?_?(heads?|attention_heads)|nhead|attn_heads|heads_num|h", "4"),
    (r"(n|num|nb)?_?(layers?|blocks?|stages|res_?blocks)|depth|nlayers|(layer|block)s?_num|repeats?", "2"),
    (r"(attn_|attention_|emb_|embd_|ffn?_|hidden_)?drop(out)?(_?(rate|prob|ratio|p))?|p_drop|pdrop|prob", "0.1"),
    (r"d_ff|dff|(ffn?|mlp|feed_?forward|inner|intermediate)_?(dim|hidden|size)|d_inner|dim_(ff|feedforward)", "128"),
    (r"kernel(_?size)?|ksize|filter_size|(n|num|nb)_?anchors", "3"),
    (r"strides?|dilation(_rate)?|groups|padding", "1"),
    (r"(image|img|input|crop)_?(size|res|resolution)|resolution|res", "224"),
    (r"patch(_?size)?", "16"),
    (r"window(_?size)?", "7"),
    (r"(max_?)?(seq|sequence|context|block|text|sent|sentence|source|src|tgt|trg)?_?len(gth)?|seq_?len", "64"),
    (r"(max|pred|label)_?(seq_)?(len|length|positions|position_embeddings)|(context|block)_(size|length)|n_ctx", "64"),
    (r"(up)?scale(_?factor)?|factor", "2"),
    (r"(reduction|squeeze|expand|expansion|mlp|se)?_?(ratio|factor)|reduction|expansion|r|temperature", "4"),
    (r"(in|input|n|num|state|obs|observation|node|latent|noise|z|code|style)s?_?(dim|features?|size|feats?)", "32"),
    (r"(embed|embedding|emb|hidden|model|rnn|lstm|gru|h|e|proj|attn|head)_?(dim|size|units|features|channels)", "64"),
    (r"d_?model|d_k|d_v|dims?|width|hiddens?|hid|ninp|nhid|nfeat|units|features|n_embd|n_units|base(_channels)?", "64"),
    (r"(output|save|log|result|checkpoint)s?_?(dir|directory|folder|path)", "'.'"),
    (r"alpha|beta|momentum|negative_slope", "0.1"),
    (r"eps|epsilon", "1e-05"),
)
"""What a name means, and a usual small value of it: whole numbers that divide each other; where to write,
which nothing does."""

PART = re.compile(r"^(vision|image|text|audio|transformer|encoder|decoder|enc|dec|backbone|model|net|block|base)_")
TENSORS = re.compile(r"x|inp|inputs?|(img|image|model)_inputs?|input_(tensor|layer|image|img)s?")
SHAPES = re.compile(r"(input|image|img|in)_?shape")
FLAGS = re.compile(
    r"(use|is|has|with|do|add|enable)_\w+|bias|training|bidirectional|inplace|bilinear|residual|verbose|debug"
)


def call_of(name: str, missing: Sequence[ast.arg], built: ast.AST | None) -> str | None:
    """`Net(num_classes=10)`, with a value for each parameter that needs one; None where a name says nothing.

    `built`: what builds the model, in a framework that builds models for a shape of their input.
    """
    found = [(parameter.arg, value_of(parameter, built)) for parameter in missing]
    if not found or any(value is None for _, value in found):
        return None
    return f"{name}({', '.join(f'{parameter}={value}' for parameter, value in found)})"


def value_of(parameter: ast.arg, built: ast.AST | None) -> str | None:
    """A usual value of a parameter, by its annotation and name."""
    kind = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    name = parameter.arg.lower()
    if kind == "bool" or (not kind and FLAGS.fullmatch(name)):
        return "False"
    if built is not None and SHAPES.fullmatch(name):
        return shape_of(built)
    if built is not None and not kind and TENSORS.fullmatch(name):
        return f"__import__('keras').Input({shape_of(built)})"
    if kind not in ("", "int", "float"):
        return None
    names = (name, PART.sub("", name))
    value = next((value for one in names for pattern, value in ASSUMED if re.fullmatch(pattern, one)), None)
    whole = value is not None and value.isdigit()
    return None if value is None or (kind == "int" and not whole) else value


def shape_of(built: ast.AST) -> str:
    """A usual shape without the batch, by the layers that are named: images, sequences, films, or else features."""
    names = {n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(built)
             if isinstance(n, (ast.Attribute, ast.Name))}  # fmt: skip
    for ending, shape in (("Conv3D", "(16, 64, 64, 3)"), ("Conv1D", "(128, 8)")):
        if any(name.endswith(ending) for name in names):
            return shape
    if any("Conv" in name or "2D" in name for name in names):
        return "(224, 224, 3)"
    return "(16, 32)" if names & {"LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN"} else "(32,)"
