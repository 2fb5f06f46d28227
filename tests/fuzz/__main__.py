"""Fuzz one target, guided by the code that is reached: ``python -m tests.fuzz TARGET [FLAGS]``.

The flags are those of libFuzzer, such as ``-max_total_time=600``. What crashes is written to a
file, which belongs into ``tests/fuzz/corpus/TARGET`` with the mend.
"""

import sys

import atheris

with atheris.instrument_imports(include=["statusgen", "markdown", "frontmatter"]):
    from tests.fuzz.targets import CORPUS, TARGETS

name, *flags = sys.argv[1:]
if name not in TARGETS:
    sys.exit(f"'{name}' is no target; write {', '.join(TARGETS)}")
# New finds go to the first folder; the kept corpus is only read.
found = CORPUS.parent / "found" / name
found.mkdir(parents=True, exist_ok=True)
settings = [f"-artifact_prefix={found}-", "-timeout=10", *flags]
atheris.Setup([sys.argv[0], *settings, str(found), str(CORPUS / name)], TARGETS[name])
atheris.Fuzz()
