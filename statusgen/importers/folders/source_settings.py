"""Read the settings of another static status page."""

import re
from pathlib import Path

from statusgen.importers.folders import front_matter, source_files
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.problems import UsageError


def read_settings(folder: Path, names: tuple[str, ...]) -> tuple[SourceValues, list[str]]:
    """Return the settings in *folder*, in the first of the files *names*, and remarks.

    Raises UsageError if they are invalid, since services would be lost.
    """
    file = source_files.read_first(folder, names)
    if file is None:
        return (SourceValues({}), [f"there is no {names[0]}, so services and title are not known"])
    parse = front_matter.parse_toml if file.path.endswith(".toml") else front_matter.parse_yaml
    try:
        if file.fault:
            raise ValueError(file.fault)
        return (parse(file.text), list(file.remarks))
    except ValueError as fault:
        reason = str(fault).replace("its front matter", "it")
        raise UsageError(f"{file.path} cannot be read: {reason}; correct it") from None


def read_program(folder: Path, name: str) -> tuple[str, list[str]]:
    """Return the text of the program *name* with the settings in *folder*, and remarks.

    It is never run; `text_in` and `texts_in` find values by pattern.
    """
    file = source_files.read_first(folder, (name,))
    if file is None or file.fault:
        return ("", [f"there is no {name} to read, so title and address are not known"])
    return (file.text, list(file.remarks))


def text_in(program: str, name: str) -> str:
    """Return the text that *program* assigns to *name*, empty if there is none."""
    found = re.search(rf"(?m)^[^#/\n]*\b{name}['\"]?\s*[:=]\s*(['\"])(.*?)\1", program)
    return found[2] if found else ""


def texts_in(program: str, name: str) -> list[str]:
    """Return the list of texts that *program* assigns to *name*, empty if there is none."""
    found = re.search(rf"\b{name}['\"]?\s*[:=]\s*\[([^\[\]]*)\]", program)
    return [one[1] for one in re.findall(r"(['\"])(.*?)\1", found[1])] if found else []
