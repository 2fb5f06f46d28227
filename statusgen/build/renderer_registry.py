"""Registry of renderers. To add an output, add a module to render/ and a line here."""

from statusgen.model import Dialect
from statusgen.render import Outputs, badges, calendar, host_files, incidents_json, uptime_json
from statusgen.render.compat import old_addresses, stashboard, statusboard, statuspage
from statusgen.render.feeds import statuspage_feeds, update_feeds
from statusgen.render.html import pages
from statusgen.render.html.theme import Theme
from statusgen.site.view_models import Site


def all_outputs(assembled: Site, theme: Theme) -> Outputs:
    """Return every generated path with the function that renders it."""
    dialects = assembled.config.api
    older = {
        **(stashboard.outputs(assembled) if Dialect.STASHBOARD in dialects else {}),
        **(statusboard.outputs(assembled) if Dialect.STATUSBOARD in dialects else {}),
    }
    return {
        **pages.outputs(assembled, theme),
        **update_feeds.outputs(assembled),
        **statuspage_feeds.outputs(assembled),
        **calendar.outputs(assembled),
        **badges.outputs(assembled),
        **uptime_json.outputs(assembled),
        **incidents_json.outputs(assembled),
        **(statuspage.outputs(assembled) if Dialect.STATUSPAGE in dialects else {}),
        **older,
        **old_addresses.outputs(assembled, older),
        **host_files.outputs(assembled),
    }


def stub_pages(assembled: Site, theme: Theme) -> Outputs:
    """Return the pages whose paths come from `redirect_from` in incident files."""
    return pages.stubs(assembled, theme)
