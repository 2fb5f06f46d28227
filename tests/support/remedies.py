"""An author who takes messages literally: each remedy is an edit of the file that it names.

Only the words of the message, its position and the file are used. A remedy that leaves a choice
raises `ChoiceError`; the case then contains the edit.
"""

import re
from collections.abc import Callable

from statusgen.problems import Problem

_KEY = re.compile(r"(\s*(?:- +)*)([a-z_]+):(?: +|$)")

Edit = Callable[[list[str], int, int, re.Match[str]], None]


class ChoiceError(Exception):
    """A remedy that leaves something to choose."""


def follow(text: str, problem: Problem) -> str:
    """Return *text* after the edit that the message of *problem* asks for."""
    lines = text.split("\n")
    for pattern, edit in _EDITS:
        match = re.search(pattern, problem.message)
        if match:
            edit(lines, problem.line - 1, problem.column - 1, match)
            return "\n".join(lines)
    raise ChoiceError(problem.message)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _key_above(lines: list[str], row: int, name: str) -> tuple[int, int]:
    """Return the row of the key *name* above *row*, and its column."""
    for one in range(row - 1, -1, -1):
        key = _KEY.match(lines[one])
        if key and key[2] == name:
            return (one, len(key[1]))
    raise AssertionError(f"there is no key '{name}' above line {row + 1}")


def _replace_quoted(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Replace the word that the message quotes with its suggestion."""
    typed = re.search(r"'(.+?)'(?= (?:is|has)\b|;|,)", match.string)
    assert typed, match.string
    lines[row] = lines[row][:column] + lines[row][column:].replace(typed[1], match[1], 1)


def _replace_value(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Replace the value at the position, which may continue on deeper lines."""
    key = _KEY.match(lines[row])
    is_entry = lines[row][:column].endswith("- ")
    if not is_entry and (key is None or column < len(key[0])):  # The value is below its key.
        end = row
        while end < len(lines) and _margin(lines[end]) >= column and lines[end].strip():
            end += 1
        lines[row - 1 : end] = [f"{lines[row - 1]} {match[1]}"]
        return
    lines[row] = lines[row][:column] + match[1]


def _quote(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Put the value on the line, which may begin on a line above, in quotes."""
    first = row
    while not re.match(r"\s*(?:- +)*[a-z_]+: *\S|\s*- ", lines[first]):
        first -= 1
    begin = re.match(r"\s*(?:- +)?(?:[a-z_]+: *)?", lines[first])
    assert begin
    value = "\n".join([lines[first][begin.end() :], *lines[first + 1 : row + 1]])
    mark = "'" if "single" in match[0] else '"'
    inside = value.replace("'", "''") if mark == "'" else value.replace("\\", r"\\")
    if mark == '"':
        inside = inside.replace('"', r"\"")
    quoted = f"{mark}{inside}{mark}".split("\n")
    lines[first : row + 1] = [lines[first][: begin.end()] + quoted[0], *quoted[1:]]


def _space_after(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = re.sub(rf"\b{match[1]}:(?=\S)", f"{match[1]}: ", lines[row], count=1)


def _write_dash(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Write `- ` before the word that the message names, in place of what precedes it."""
    at = lines[row].index(match[1])
    lines[row] = f"{' ' * _margin(lines[row])}- {lines[row][at:]}"


def _write_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = lines[row][:column] + match[1]


def _write_dash_and_indent(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    end = row + 1
    while _margin(lines[end]) >= column and lines[end].strip():
        lines[end] = f"  {lines[end]}"
        end += 1
    lines[row] = f"{' ' * column}- {lines[row][column:]}"


def _write_each_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    end, written = row, []
    while _margin(lines[end]) == column and lines[end].strip():
        key, _, value = lines[end].strip().partition(": ")
        written += [f"{' ' * column}- id: {key}", f"{' ' * column}  name: {value}"]
        end += 1
    lines[row:end] = written


def _write_id_and_name(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row : row + 1] = [lines[row][:column] + match[1], " " * column + match[2]]


def _dash_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Begin the line with a dash, at the indentation of the other entries of its list."""
    dashes = [
        (abs(one - row), _margin(line))
        for one, line in enumerate(lines)
        if one != row and line.lstrip().startswith("- ") and _margin(line) > 0
    ]
    margin = min(dashes)[1]
    lines[row] = f"{' ' * margin}- {lines[row].lstrip().removeprefix('- ')}"


def _align(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    _, aligned = _key_above(lines, row, match[1])
    lines[row] = " " * aligned + lines[row].lstrip(" ")


def _indent_text(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Indent the line and those that continue its text."""
    more = _key_above(lines, row, match[1])[1] + 2 - _margin(lines[row]) if match[1] else 2
    while row < len(lines) and lines[row].strip() and lines[row] != "---":
        if re.match(r"\s*- [a-z_]+:( |$)|\s*[a-z_]+:( |$)", lines[row]):
            return
        lines[row] = " " * more + lines[row]
        row += 1


def _indent_line(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = f"  {lines[row]}"


def _add_colon(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = re.sub(r"([a-z_]+)(?: |$)", r"\1: ", lines[row], count=1).rstrip()


def _use_spaces(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Replace tabs: at the beginning of a line with the indentation of the line above."""
    above = _KEY.match(lines[row - 1])
    margin = len(above[1]) if above else 2
    lines[row] = re.sub(r"^\t+", " " * margin, lines[row]).replace("\t", " ")


def _close_quote(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] += lines[row][column]


def _close_bracket(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] += match[1]


def _escape_inside(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    key = _KEY.match(lines[row])
    assert key
    value = lines[row][key.end() :]
    inside = value[1:-1].replace(value[0], match[1])
    lines[row] = f"{key[0]}{value[0]}{inside}{value[0]}"


def _double_backslash(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = lines[row].replace("\\", match[1], 1)


def _indent_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    end = row + 1
    while _margin(lines[end]) > column and not lines[end].lstrip().startswith("- "):
        end += 1
    lines[row:end] = [" " * int(match[1]) + line for line in lines[row:end]]


def _use_straight_quotes(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = re.sub("[\u00ab\u00bb\u2018-\u201f]", '"', lines[row])


def _replace_word(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = lines[row].replace(match[1], match[2], 1)


def _move_down(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    at = lines[row].index(match[1])
    text, margin = lines[row][at + 1 :].strip(), _margin(lines[row + 1])
    lines[row : row + 1] = [lines[row][: at + 1], " " * margin + text]


def _continue_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = lines[row].replace("- ", "  ", 1)


def _append_bar(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[_key_above(lines, row, match[1])[0]] += " |"


def _remove_line(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    del lines[row]


def _list_once(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    rest = re.sub(r"^[^,\]]+", "", lines[row][column:], count=1)
    lines[row] = lines[row][:column].rstrip(" ,") + rest


def _write_fence(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = "---"


def _begin_with_fence(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines.insert(0, "---")


def _remove_above_fence(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    del lines[: lines.index("---")]


def _indent_fence(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    fence = max(one for one in range(row) if lines[one] == "---")
    lines[fence] = " " * _margin(lines[row]) + lines[fence]


def _add_line(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Add a line to the map at the position: below its first line if that begins with a dash."""
    below = row + 1 if "- " in lines[row][:column] else row
    lines.insert(below, " " * column + match[1])


def _rename_key(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    lines[row] = re.sub(r"[a-z_]+", match[1], lines[row], count=1)


def _replace_entry(lines: list[str], row: int, column: int, match: re.Match[str]) -> None:
    """Replace a key and its value."""
    key = _KEY.match(lines[row])
    assert key
    lines[row] = key[1] + match[1]


# The first pattern that a message contains decides.
_EDITS: tuple[tuple[str, Edit], ...] = (
    (r"did you mean '?(.+?)'?\?$", _replace_quoted),
    (r"a space is missing after '(\w+):'", _space_after),
    (r"write '- (\w+): …' and indent the lines below it by two spaces", _write_dash_and_indent),
    (r"write each entry as '- id: ", _write_each_entry),
    (r"write '(id: .+)' and, below it, '(name: .+)'", _write_id_and_name),
    (r"has no key; write '- (.+)'", _write_entry),
    (r"write '- (\w+)(?:: …)?'", _write_dash),
    (r"add a line such as (.+)", _add_line),
    (r"so add (.+)", _add_line),
    (r"'(\w+)' above it; align the two", _align),
    (r"begin each entry with '- '", _dash_entry),
    (r"is not indented; indent it by two spaces(?: more than '(\w+)')?", _indent_text),
    (r"indent it by two spaces more than '(\w+)'", _indent_text),
    (r"if it belongs to '(\w+)' above it, indent it by two spaces", _indent_line),
    (r"replace '- ' with two spaces", _continue_entry),
    (r"the text of a '(.)' begins below it; move this text to the next line", _move_down),
    (r"write '\|' after '(\w+):'", _append_bar),
    (r"write (\S+) for a quote inside it", _escape_inside),
    (r"is not a YAML quote; use \" or '", _use_straight_quotes),
    (r"replace '(.+)' with '(.+)'", _replace_word),
    (r"unknown escape sequence; write '(.+)', or", _double_backslash),
    (r"write 'key: value' lines such as (.+)", _replace_value),
    (r"indent it, and the lines that belong to it, by (\d+) more spaces", _indent_entry),
    (r"write '([\]}])', or put", _close_bracket),
    (r"put (?:the whole value|the value|it) in (?:single |double )?quotes", _quote),
    (r"add the missing ': '", _add_colon),
    (r"use spaces", _use_spaces),
    (r"add the other one", _close_quote),
    (r"separate services with commas: (.+)", _replace_quoted),
    (r"change it to (\w+)$", _replace_value),
    (r"has no effect.*; write (.+)", _replace_entry),
    (r"write ([\[{].+[\]}]) or \{", _replace_value),
    (r"write ([\[{].+[\]}])$", _replace_value),
    (r"keep one of them|remove this line|applies only to notices; remove it", _remove_line),
    (r"list (?:it|the service) once", _list_once),
    (r"front matter; write '---'", _write_fence),
    (r"begin the file with a line '---'", _begin_with_fence),
    (r"remove the lines above '---'", _remove_above_fence),
    (r"indent it if it is part of a text", _indent_fence),
    (r"does not apply to .*; use '(\w+)', or severity", _rename_key),
    (r"has no time of day; write (.+)", _replace_quoted),
)
