"""Fuzz one target, guided by coverage: ``python -m tests.fuzz TARGET [FLAGS]``.

The flags are those of libFuzzer, such as ``-max_total_time=600``. Inputs that crash are written to
files; add them to ``tests/fuzz/corpus/TARGET`` together with the fix.
"""

import sys

import atheris

with atheris.instrument_imports(include=["statusgen", "markdown", "frontmatter"]):
    from tests.fuzz.targets import CORPUS, TARGETS

name, *flags = sys.argv[1:]
if name not in TARGETS:
    sys.exit(f"'{name}' is not a target; use one of: {', '.join(TARGETS)}")
# libFuzzer writes new inputs to the first folder; it only reads the corpus.
found = CORPUS.parent / "found" / name
found.mkdir(parents=True, exist_ok=True)
settings = [f"-artifact_prefix={found}-", "-timeout=10", *flags]
atheris.Setup([sys.argv[0], *settings, str(found), str(CORPUS / name)], TARGETS[name])
atheris.Fuzz()
