"""Functions for templates, and phrases that several pages use."""

from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from html import escape
from typing import Any

from statusgen import colours, times
from statusgen.model import Severity
from statusgen.render.html.bars import bar_of, row_of
from statusgen.site.view_models import Frame, OutageDay, Site

# Backgrounds behind links in light and dark mode; a custom accent must be readable on all.
_GROUNDS = (("#ffffff", "#f6f7f9", "#f0f2f5"), ("#0f1318", "#171c23", "#20262f"))
_ACCENTS = ("#0a58ca", "#6cb0ff")
# A date closer to now than this is clear without its year.
_CLEAR = timedelta(days=300)


def words(site: Site, *, frame: Frame) -> dict[str, Any]:
    """Return the global names for all templates, in which `site` is *frame*."""
    language, zone = site.language, site.config.zone
    return {
        "site": frame,
        "data": site.data,
        "accent": _accents(site.config.look.accent),
        "say": language.say,
        "date": language.date,
        "day_name": language.day,
        "month_name": language.month,
        "month_alone": language.month_alone,
        "month_short": language.month_short,
        "moment": lambda at: language.moment(at, zone),
        "brief": partial(_brief, site),
        "day_of": lambda at: times.day_of(at, zone),
        "duration": language.duration,
        "percent": language.percent,
        "uptime_words": partial(_uptime_words, site),
        "trouble_words": partial(_trouble_words, site),
        "severity_word": partial(files_word, site),
        "badge_snippet": partial(_badge_snippet, site),
        "bar_of": bar_of,
        "grid_row": partial(row_of, days=site.config.look.grid_days),
    }


def _brief(site: Site, at: datetime) -> str:
    """Return the date and time of *at*, without the year if that is clear."""
    is_clear = abs(site.today - times.day_of(at, site.config.zone)) < _CLEAR
    write = site.language.moment_without_year if is_clear else site.language.moment
    return write(at, site.config.zone)


def title(site: Frame, heading: str) -> str:
    """Return the title for a page with *heading*."""
    return site.language.say("page.title", page=heading, site=site.title)


def files_word(site: Frame, severity: Severity) -> str:
    """Return the name for files of *severity*; for `NONE` and `MAINTENANCE`, that of their kind."""
    names = {Severity.NONE: "notices", Severity.MAINTENANCE: "kind.maintenance"}
    return site.language.say(names.get(severity, f"severity.{severity}"))


def uptime_note(site: Frame, days: int) -> str:
    """Return the note that explains how uptime over *days* days is calculated."""
    weights = sorted(site.config.weights.items(), key=lambda item: -item[0].rank)
    sentences = [
        site.language.say(
            "uptime.weight",
            severity=site.language.say(f"severity.{severity}"),
            percent=site.language.percent_exactly(weight),
        )
        for severity, weight in weights
        if weight
    ]
    if len(sentences) < len(weights):
        sentences.append(site.language.say("uptime.weightless"))
    return site.language.say("uptime.note", n=days, weights=" ".join(sentences))


def _uptime_words(site: Frame, share: Fraction | None, days: int | None = None) -> str:
    if share is None:
        return site.language.say("uptime.none")
    percent = site.language.percent(share)
    if days is None:
        return site.language.say("uptime", percent=percent)
    return site.language.say("uptime.days", percent=percent, n=days)


def _trouble_words(site: Frame, trouble: OutageDay) -> str:
    """Return the text for a day with problems: its date, severity and, once over, the duration."""
    say = site.language.say
    words = {
        "day": site.language.day(trouble.date),
        "severity": say(f"severity.{trouble.severity}"),
    }
    if trouble.seconds is None:
        return say("days.day", **words)
    return say("days.day_for", **words, duration=site.language.duration(trouble.seconds))


def _badge_snippet(site: Frame, name: str, badge: str, url: str) -> str:
    """Return HTML that shows a badge; it also works in Markdown."""
    picture = f'<img src="{escape(site.absolute(badge))}" alt="{escape(name)}">'
    return f'<a href="{escape(site.absolute(url))}">{picture}</a>'


def _accents(accent: str | None) -> tuple[str, str]:
    """Return the link colours in light and dark mode."""
    if accent is None:
        return _ACCENTS
    light, dark = (colours.readable(accent, *grounds) for grounds in _GROUNDS)
    return (light, dark)
