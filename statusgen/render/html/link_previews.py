"""Pictures in previews of shared links (https://ogp.me)."""

from dataclasses import dataclass

from statusgen.model import Severity
from statusgen.site.view_models import Frame, IncidentView

# The size of the theme's pictures, in pixels.
_SIZE = (1200, 630)

# Image formats that link previews support.
_FORMATS = (".png", ".jpg", ".jpeg", ".webp", ".gif")


@dataclass(frozen=True, kw_only=True)
class LinkPreview:
    """A picture by its full address; *size* is its width and height, or None if unknown."""

    address: str
    alt: str
    size: tuple[int, int] | None


def picture_names() -> list[str]:
    """Return the file names of the theme's pictures: one per severity, and a neutral one."""
    return [_name_of(severity) for severity in (*Severity, None)]


def link_preview(site: Frame, severity: Severity | None) -> LinkPreview:
    """Return the picture for a page of *site* that shows *severity*; None is for other pages.

    A logo in a format that previews support replaces the pictures of the theme.
    """
    logo = site.config.look.logo
    if logo is not None and logo.lower().endswith(_FORMATS):
        return LinkPreview(address=site.absolute(logo), alt=site.title, size=None)
    address = site.absolute(_name_of(severity))
    return LinkPreview(address=address, alt=_alt_of(site, severity), size=_SIZE)


def shown_severity(incident: IncidentView) -> Severity | None:
    """Return the severity of *incident* now; None for a notice. Upcoming work is maintenance."""
    if incident.is_notice:
        return None
    is_upcoming = incident.is_maintenance and not (incident.is_open or incident.is_settled)
    return Severity.MAINTENANCE if is_upcoming else incident.severity


def _name_of(severity: Severity | None) -> str:
    return f"og-{severity or 'neutral'}.png"


def _alt_of(site: Frame, severity: Severity | None) -> str:
    if severity is None:
        return site.title
    # Maintenance may be in the future.
    is_work = severity is Severity.MAINTENANCE
    return site.language.say("kind.maintenance" if is_work else f"severity.{severity}")
