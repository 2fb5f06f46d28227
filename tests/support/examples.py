"""Sites that several tests share, each built once: the example, a hostile one, an empty one."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from statusgen import times
from statusgen.build import pipeline
from tests.conftest import ROOT, write_site
from tests.support.publishing import rendered

MODULES = ROOT / "node_modules"


def _now_of_makefile() -> str:
    found = re.search(r"^NOW := (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


NOW = _now_of_makefile()


@dataclass(frozen=True, eq=False)
class Site:
    """A built site: its files, and its address without a trailing `/`."""

    url: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def path(self) -> str:
        """The path of the site on its host, with `/` at both ends."""
        return f"{urlsplit(self.url).path}/"

    def text(self, path: str) -> str:
        """Return the file at *path* as text."""
        return self.files[path].decode()

    def paths(self, ending: str) -> list[str]:
        """Return the paths of all files with this *ending*."""
        return sorted(path for path in self.files if path.endswith(ending))


def built(folder: Path, *, url: str, now: str = NOW, base_url: str | None = None) -> Site:
    """Build the site in *folder* with the address *url*, or *base_url* if given."""

    def moment(zone: tzinfo) -> datetime:
        return times.parse(now, zone)

    request = pipeline.BuildRequest(folder=folder, now=moment, base_url=base_url)
    return Site(base_url or url, rendered(request)[1])


def made(
    files: Mapping[str, str] | None = None, *, now: str = NOW, base_url: str | None = None
) -> Site:
    """Write *files* (and a small statusgen.yml, unless they contain one) and build them."""
    with tempfile.TemporaryDirectory() as name:
        folder = write_site(Path(name), dict(files or {}))
        settings = (folder / "statusgen.yml").read_text("utf-8")
        found = re.search(r"^url: (\S+)$", settings, re.MULTILINE)
        return built(folder, url=found[1] if found else "", now=now, base_url=base_url)


@cache
def example(*, base_url: str | None = None) -> Site:
    """Return the example site in this repository, at the time for which `make` builds it."""
    return built(ROOT, url="https://status.tolhaven.example", base_url=base_url)


@cache
def empty() -> Site:
    """Return a site without any incident."""
    return made()


@cache
def hostile() -> Site:
    """Return a site in a subfolder in which every text tries to break out of the page."""
    return made(HOSTILE)


HOSTILE_TITLE = """</title><script>alert(1)</script> & "Acme" 'x' {{ 7 * 7 }} <!-- ]]> &lt;"""

_LONG = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz" * 2

_SETTINGS = rf"""
title: >-
  {HOSTILE_TITLE}
url: https://acme.example/it's&co/status
timezone: Pacific/Chatham
messages:
  skip: <b onclick="x">Skip</b>
  subscribe: Subscribe "</a>
groups:
  - id: open
    name: Open "><svg onload=alert(1)>
    description: <style>body{{display:none}}</style>
  - id: folded
    name: <details open ontoggle=alert(1)>
    collapse: always
  - id: quiet
    name: {_LONG}
    collapse: when_operational
services:
  - id: a-b_c9
    name: '"><img src=//evil.example/x onerror=alert(1)>'
    group: open
    description: "'\"><script src=https://evil.example/x.js></script>"
    link: https://evil.example/?a=1&b=2&copy=3&lt=4'
  - id: rtl
    name: שירות 東京 🚀 خدمة
    group: folded
    since: 2027-05-01
  - id: long
    name: {_LONG}
    group: quiet
    description: {_LONG}
    link: mailto:help@evil.example
  - id: old
    name: '&amp;lt;retired&amp;gt;'
    retired: 2026-11-01
  - id: alone
    name: "''\"\"``<>&&"
"""

_TEXT = r"""
Raw <b onmouseover=alert(1)>HTML</b> <script>alert(1)</script> <!-- and --> <![CDATA[ x ]]>
&amp; &#60;

<iframe src="https://evil.example"></iframe>
<style>*{background:url(https://evil.example)}</style>

[script](javascript:alert(1)) [data](data:text/html,x) [other](//evil.example/x) [file](file:///etc)
[broken](<java script:alert(1)>) [quote](https://evil.example/"onclick="x "title\" x") [up](../../x)
![image](https://evil.example/pixel.png) <https://ok.example/?a=1&b=2> https://bare.example/a_b_c.
<span id="content" style="position:fixed">x</span> [anchor](#content) <a name="updates">y</a>

# One
### Three
###### Six

1. one
   - two
     > three

| Region | Component | Begin | End | Requests that failed | Remark |
|---|:-:|--:|---|---|---|
| `<x>` eu-central-1 | </table> | 2026-11-19T22:05:00Z | 2026-11-19T22:06:00Z | 1,234,567 | none |

```html
</code></pre><script>alert(1)</script> one line, too long for a telephone, in one go
```

- [ ] a task
- [x] **done** *now* ~~never~~

"""

_LONG_TEXT = f"{_LONG}{_LONG} https://long.example/{_LONG}"


def _block(text: str, depth: int) -> str:
    return "\n".join(" " * depth + line if line else "" for line in text.strip().splitlines())


HOSTILE = {
    "statusgen.yml": _SETTINGS,
    "incidents/open.md": f"""---
title: '</a></h3>"><script>alert("open")</script><img src=x onerror=alert(1)>'
severity: major
services: {{a-b_c9: major, alone: partial, long: degraded}}
started: 2026-11-19 22:00
redirect_from: [störung/größe/, "it's & {{{{ 7 - 7 }}}}/'a b'", a/b/c/d/e/f/g]
updates:
  - at: 2026-11-19 22:05
    text: |
{_block(_TEXT, 6)}
  - at: 2026-11-19 22:05
    state: identified
    text: {_LONG_TEXT}
  - at: 2026-11-19 22:06
    services: {{long: none}}
---
{_TEXT}
""",
    "incidents/con-1.md": f"""---
title: {_LONG}!
severity: partial
services: [rtl, old]
started: 2025-01-31 23:59
resolved: 2025-02-01 00:01
---
{_LONG_TEXT}
""",
    "incidents/years/2024-02-29-leap.md": """---
title: '& &amp; &amp;amp; שלום <'
severity: degraded
services: [old]
started: 2024-02-29 10:00
state: resolved
updates:
  - at: 2024-02-29 10:00
    state: resolved
---
""",
    "incidents/work-now.md": """---
title: <maintenance>
severity: maintenance
services: [alone]
announced: 2026-11-01 10:00
starts: 2026-11-20 10:00
ends: 2026-12-20 10:00
---
""",
    "incidents/work-later.md": """---
title: Later <work
severity: maintenance
services: []
announced: 2026-11-01 10:00
starts: 2026-12-20 10:00
ends: 2026-12-20 11:00
---
Soon.
""",
    "incidents/work-cancelled.md": """---
title: Cancelled work
severity: maintenance
services: [long]
starts: 2026-11-18 10:00
ends: 2026-11-18 11:00
updates:
  - at: 2026-11-10 11:00
    text: Planned.
  - at: 2026-11-11 11:00
    state: completed
    text: Not needed after all.
---
""",
    "incidents/notice.md": f"""---
title: A notice with <markup>
severity: none
services: [a-b_c9]
started: 2026-11-19 10:00
pin: true
---
{_TEXT}
""",
    "incidents/silent-notice.md": """---
title: <img src=//evil.example/x onerror=alert(1)> says nothing
severity: none
services: []
started: 2026-11-19 10:00
---
""",
}
