"""Which services of Apprise a channel may use: encrypted ones that reach people elsewhere."""

from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "::1")

# Schemes that show a message on the machine that sends it, which nobody watches.
_LOCAL = ("blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows")

# Services that take messages without encryption alone.
_UNENCRYPTED = ("aprs", "dapnet", "growl", "kavenegar", "rsyslog")

# Schemes that Apprise lists as unencrypted, although all their requests are made by HTTPS.
_ENCRYPTED = {"pushme", "sfr"}

# Mail through SMTP, and through services that send mail.
_MAIL = frozenset(
    {
        "acs",
        "azure",
        "brevo",
        "groundmail",
        "mailersend",
        "mailgun",
        "mailto",
        "mailtos",
        "o365",
        "postmark",
        "resend",
        "sendgrid",
        "sendpulse",
        "ses",
        "smtp2go",
        "sparkpost",
    }
)


@dataclass(frozen=True, kw_only=True)
class ServiceFacts:
    """What the rules look at, as Apprise sees an address.

    *plain* are the schemes by which its service is reached without encryption, *mail_mode* is how a
    mail server is reached, None for anything else, and *recipients* how many get the message.
    """

    scheme: str
    plain: frozenset[str]
    host: str
    mail_mode: str | None
    recipients: int


def is_mail(scheme: str) -> bool:
    """Tell whether *scheme* leads to mailboxes, where "@" calls nobody."""
    return scheme in _MAIL


def scheme_refusal(scheme: str) -> str | None:
    """Return why no channel can use *scheme* and what to do, or None if one can."""
    if scheme in _LOCAL:
        return (
            "it shows messages on the machine that sends them; choose a service that reaches people"
        )
    if scheme in _UNENCRYPTED:
        return "its service takes messages without encryption alone; choose another one"
    return None


def refusal(facts: ServiceFacts) -> str | None:
    """Return why a channel cannot use the service of *facts* and what to do, or None if it can."""
    if _is_plain(facts) and facts.host.strip("[]") not in LOOPBACK:
        return (
            "it would be sent unencrypted; write the encrypted scheme, which ends in 's', as in"
            " mailtos or ntfys"
        )
    if facts.recipients > 1:
        # Where one of them fails, a repetition would reach the others twice.
        return "it has several recipients; make a channel for each, or use a mailing list"
    return None


def _is_plain(facts: ServiceFacts) -> bool:
    if facts.mail_mode is not None:
        return facts.mail_mode == "insecure"  # `mailto` of a known provider is encrypted as well.
    return facts.scheme in facts.plain - _ENCRYPTED
