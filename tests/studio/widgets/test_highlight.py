"""Colours of program text."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.theme import Theme, themes
from studio.widgets.code_edit import CodeEdit


def color_at(editor: CodeEdit, line: int, column: int) -> str:
    block = editor.document().findBlockByNumber(line - 1)
    for run in block.layout().formats():
        if run.start <= column - 1 < run.start + run.length:
            return run.format.foreground().color().name()
    return ""


def test_keywords_strings_and_what_spans_lines(qtbot: QtBot, theme: Theme) -> None:
    editor = CodeEdit(theme)
    qtbot.addWidget(editor)
    editor.show_text('def f():\n    """one\n    two"""\n    return "𝄞", 3\n')
    assert color_at(editor, 1, 1) == theme.colors["syntax_keyword"]
    assert color_at(editor, 1, 5) == theme.colors["syntax_function"]
    assert color_at(editor, 3, 6) == theme.colors["syntax_string"]
    assert color_at(editor, 4, 18) == theme.colors["syntax_number"]
    editor.set_theme(themes()["dark"])
    assert color_at(editor, 1, 1) == themes()["dark"].colors["syntax_keyword"]


def test_an_opened_string_colours_what_follows(qtbot: QtBot, theme: Theme) -> None:
    editor = CodeEdit(theme)
    qtbot.addWidget(editor)
    editor.show_text("a = 1\nb = 2\n")
    editor.reveal(1, 1)
    editor.insertPlainText('"""')
    qtbot.waitUntil(lambda: color_at(editor, 2, 5) == theme.colors["syntax_string"], timeout=5_000)


def test_a_long_text_is_coloured_to_its_end(qtbot: QtBot, theme: Theme) -> None:
    editor = CodeEdit(theme)
    qtbot.addWidget(editor)
    editor.show_text("x = '''\n" + "in a string\n" * 4_000 + "'''\ny = 1\n")
    qtbot.waitUntil(lambda: color_at(editor, 4_003, 5) == theme.colors["syntax_number"], timeout=20_000)
    assert color_at(editor, 3_900, 1) == theme.colors["syntax_string"]


def test_a_changed_text_is_coloured_as_if_it_were_new(qtbot: QtBot, theme: Theme) -> None:
    """Only what changed is lexed; strings that open or close in it reach as far as they do."""
    rows = [f'def f{number}(x):\n    """text {number}"""\n    return x + {number}\n\n' for number in range(40)]
    whole = "".join(rows)
    texts = [
        whole,
        whole.replace("x + 7\n", "x + 70\n"),
        whole.replace("x + 7\n", "x + 81\n"),
        whole.replace("x + 7\n", "x + 0\n"),
        whole.replace("x + 7\n", "x + 7.0\n"),
        whole.replace("text 7", "text 77"),
        whole.replace("x + 7\n", "x + 7 * 12 - 3  # more\n"),
        whole.replace("x + 7\n", "x + 7 * 5 - 3  # more\n"),
        whole.replace("return x + 7\n", 'return """\n'),
        whole,
        "".join([*rows[:9], "# more\n", *rows[9:]]),
        "".join([*rows[:9], *rows[12:]]),
        "y = 1\n" + whole,
        whole + "z = 3\n",
        whole,
    ]
    editor = CodeEdit(theme)
    qtbot.addWidget(editor)
    for text in texts:
        editor.show_text(text)
        fresh = CodeEdit(theme)
        qtbot.addWidget(fresh)
        fresh.show_text(text)
        assert list(editor._highlighter._lines) == list(fresh._highlighter._lines)
