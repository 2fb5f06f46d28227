"""Generate titles, updates and postmortems in Markdown, as operators of services write them.

Most updates are one or two plain sentences, with about as many standard sentences as on real status
pages; few have a link, a list, code or bold text. Postmortems have more of each.
"""

import re
from random import Random

_TITLES = (
    "Elevated error rates on {service}",
    "{service} is slow",
    "{service} unavailable in {region}",
    "Delayed processing in {service}",
    "Intermittent failures of {service}",
    "{service}: connections time out",
    "Some customers can't reach {service}",
    "Degraded performance of {service} ({region})",
)
_WORK = (
    "Database upgrade of {service}",
    "Network maintenance in {region}",
    "Planned restart of {service}",
    "Moving {service} to new hardware",
)
_NOTICES = (
    "New addresses for {service}",
    "Old TLS versions leave {service} soon",
    "{service} gets stricter rate limits",
)

_STOCK = {
    "investigating": (
        "We are looking into reports of problems with {service}.",
        "We see errors on {service} and are looking for the cause.",
        "Our monitoring reports trouble with {service}. More to follow shortly.",
    ),
    "identified": (
        "We have found the cause and are working on a fix.",
        "The cause is known. A fix for {service} is on its way.",
    ),
    "monitoring": (
        "A fix is in place and we are watching the results.",
        "{service} is recovering. We keep an eye on it.",
    ),
    "resolved": (
        "Everything works again.",
        "The problem with {service} is solved. We apologise for the trouble.",
        "{service} has been stable for a while, so we close this incident.",
    ),
    "scheduled": (
        "During this window {service} may be unavailable for a few minutes at a time.",
        "We will do planned work on {service}. Nothing is needed on your side.",
    ),
    "in_progress": ("The work has begun.", "We have begun, and report back when it is done."),
    "verifying": ("The work is done, and we are checking the results.",),
    "completed": ("The work is complete.", "All done, and earlier than planned."),
}

_SENTENCES = (
    "About {percent}% of the requests to {service} fail in {region} since {clock} UTC",
    "Customers in {region} may see timeouts when they use {service}",
    "The {part} no longer accepts connections, so {service} falls back to a slower path",
    "We rolled back the release that went out at {clock} UTC, and error rates are falling",
    "We've added {number} more nodes to the {part}, which takes most of the load off it",
    "A queue of {number} jobs is being worked off; we expect this to take {number} minutes",
    "No data has been lost, but messages may arrive up to {number} minutes late",
    "Our supplier has confirmed a fault on their side (network, {region}) and is repairing it",
    "Logins that fail can simply be tried again; sessions that exist aren't affected",
    "Response times are back below {number} ms, though the {part} is still catching up",
    "The {part} ran out of memory after a change of its configuration",
    "We have moved traffic away from {region} while we replace the {part}",
    "Webhooks and scheduled jobs run late, everything else works as usual",
    "{service} has recovered for most customers, and we see {percent}% of the usual traffic",
    "Dashboards may show gaps between {clock} and {clock} UTC; the figures will be filled in later",
    "We are restarting the {part} one node at a time so that {service} stays reachable",
    "As a precaution we have paused deploys until the {part} is healthy again",
    "A certificate of the {part} had expired and has been renewed",
    "New instances could not start because the {part} answered too slowly",
    "We're still working with the network team to find out why packets to {region} get lost",
    "The number of errors went from {number} to {number} per minute within a quarter of an hour",
    "The last steps need a restart, during which {service} will not answer for about a minute",
    "Nothing else is affected at this time, and we will write again by {clock} UTC",
    "If you still see errors, please get in touch with support and name the time and region",
)
_LINKS = (
    "The workaround is described [in the documentation](https://docs.example.com/{path}).",
    "See https://docs.example.com/{path} for what to do until then.",
    "Details are on [the page of our supplier](https://status.example.net/incidents/{number}).",
    "Please follow [these steps](https://docs.example.com/{path}#recover) if jobs are stuck.",
)
_CODE = (
    "Calls of `POST /v{digit}/{path}` answer with `503`.",
    "Set `{setting}` to `{number}` as a workaround.",
    "Logs show `connection reset by peer` and, less often, `{setting}`.",
    "Clients older than `{digit}.{number}.0` have to be restarted.",
)
_BOLD = (
    "**No action is needed.**",
    "**Do not restart your instances**, as new ones cannot start.",
    "Only customers in **{region}** are affected.",
)
_ITEMS = (
    "{service}: slow, up to {number} s",
    "the {part} in {region}",
    "logins, at {percent}% of normal",
    "{clock} UTC: the {part} was restarted",
    "jobs begun before {clock} UTC",
    "new deploys with `{setting}`",
)
_LISTED = ("Affected are:", "Where things stand:", "Not working at the moment:")
_BLOCK = """```
{clock}:07 {part}: upstream timed out (110: Connection timed out)
{clock}:09 {part}: retry 3 of 5, backing off for {number} ms
{clock}:31 {part}: {setting} exceeded
```"""
_HEADINGS = ("What happened", "Why it happened", "What we change", "Timeline")
_REGIONS = ("Europe", "North America", "eu-west-2", "us-east-1", "Frankfurt", "Singapore")
_PARTS = (
    "primary database",
    "load balancer",
    "message broker",
    "cache cluster",
    "job scheduler",
    "object store",
    "certificate store",
    "DNS resolver",
    "search index",
    "edge proxy",
    "rate limiter",
    "storage backend",
)
_PATHS = ("jobs", "deploys/retry", "api/errors", "storage_limits", "network/regions", "webhooks")
_PLACED = ("max_connections", "JOB_TIMEOUT", "retry.limit", "--pool-size", "ulimit -n")


class Writer:
    """A writer of texts about *service*, with choices made by *random*."""

    def __init__(self, random: Random, service: str) -> None:
        self._random = random
        self._service = service

    def title(self, severity: str) -> str:
        """Return a title for a file of this *severity*."""
        titles = {"maintenance": _WORK, "none": _NOTICES}.get(severity, _TITLES)
        return self._filled(titles)

    def update(self, state: str) -> str:
        """Return the text of an update with *state*."""
        if self._is(0.38):
            return self._filled(_STOCK[state])
        text = self._sentences(self._random.choices((1, 2, 3, 4, 9), (42, 32, 13, 8, 5))[0])
        for share, more in ((0.07, _LINKS), (0.05, _CODE), (0.04, _BOLD)):
            if self._is(share):
                text = f"{text} {self._filled(more)}"
        if self._is(0.05):
            text = f"{text}\n\n{self._filled(_LISTED)}\n\n{self._list('-')}"
        if self._is(0.01):
            text = f"{text}\n\n{self._filled((_BLOCK,))}"
        return text

    def postmortem(self) -> str:
        """Return a postmortem of some paragraphs, half of the time with headings."""
        has_headings = self._is(0.5)
        pieces = []
        for heading in _HEADINGS[: self._random.randint(3, 4)]:
            if has_headings:
                pieces.append(f"## {heading}")
            pieces.append(self._paragraph())
            if self._is(0.3):
                pieces.append(self._list(self._random.choice("-1")))
            if self._is(0.07):
                pieces.append(self._filled((_BLOCK,)))
        return "\n\n".join(pieces)

    def _paragraph(self) -> str:
        text = self._sentences(self._random.randint(4, 9))
        more = [self._filled(kind) for kind in (_LINKS, _CODE, _BOLD) if self._is(0.2)]
        return " ".join([text, *more])

    def _list(self, mark: str) -> str:
        items = (self._filled(_ITEMS) for _ in range(self._random.randint(2, 5)))
        marks = (f"{number}." if mark == "1" else mark for number in range(1, 6))
        return "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=False))

    def _sentences(self, count: int) -> str:
        return " ".join(f"{self._filled(_SENTENCES)}." for _ in range(count))

    def _is(self, share: float) -> bool:
        return self._random.random() < share

    def _filled(self, choices: tuple[str, ...]) -> str:
        """Return one of *choices* with its placeholders filled and a capital first letter."""
        text = re.sub(r"\{(\w+)\}", self._word, self._random.choice(choices))
        return text[0].upper() + text[1:]

    def _word(self, gap: re.Match[str]) -> str:
        random = self._random
        words = {"region": _REGIONS, "part": _PARTS, "path": _PATHS, "setting": _PLACED}
        if gap[1] in words:
            return random.choice(words[gap[1]])
        if gap[1] == "service":
            return self._service
        if gap[1] == "clock":
            return f"{random.randrange(24):02}:{random.randrange(60):02}"
        limit = {"percent": 100, "digit": 10}.get(gap[1], 500)
        return str(random.randrange(1, limit))
