"""Who may publish: an actor to yes or no, whatever cannot be told being a no."""

from collections.abc import Callable

from statusgen.config.settings import GitHub
from statusgen.importers.github.issue_records import Actor, ActorKind
from statusgen.problems import quoted

Trusts = Callable[[Actor | None], bool]


def judge(settings: GitHub, may_write: Callable[[str], bool]) -> Trusts:
    """What tells whether somebody is trusted; *may_write* is asked about people not in *settings*.

    A person and an app can have one name. A deleted account could have been anybody's.
    """

    def trusts(actor: Actor | None) -> bool:
        if actor is None:
            return False
        if actor.kind is ActorKind.BOT:
            return actor.login in settings.bots
        if actor.kind is ActorKind.USER:
            # Only ASCII: the small letter of the Kelvin sign is a k.
            is_named = actor.login.isascii() and actor.login.casefold() in settings.trusted
            return is_named or may_write(actor.login)
        return False

    return trusts


def named(actor: Actor | None) -> str:
    """*actor* in a sentence that says why not."""
    if actor is None:
        return "a deleted account, which nobody can trust"
    if actor.kind is ActorKind.BOT:
        return f"the app {quoted(actor.login)}, which is not in github.bots"
    if actor.kind is ActorKind.USER:
        return f"{quoted(actor.login)}, who has no write access"
    return f"{quoted(actor.login)}, who is neither a person nor an app"
