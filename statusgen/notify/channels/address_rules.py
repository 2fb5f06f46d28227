"""Rules for Apprise services used as channels: encrypted, remote, with one recipient."""

from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "::1")

# Schemes that show a message on the sending machine, usually an unattended server.
_LOCAL = ("blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows")

# Services that accept only unencrypted messages.
_UNENCRYPTED = ("aprs", "dapnet", "growl", "kavenegar", "rsyslog")

# Schemes that Apprise lists as unencrypted, although all their requests use HTTPS.
_ENCRYPTED = {"pushme", "sfr"}

# Schemes for mail: SMTP, and services that send mail.
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
    """The facts about an Apprise service that the rules check.

    *plain* are the schemes that reach the service without encryption. *mail_mode* is the connection
    mode of a mail server, None for other services. *recipients* is the number of recipients.
    """

    scheme: str
    plain: frozenset[str]
    host: str
    mail_mode: str | None
    recipients: int


def is_mail(scheme: str) -> bool:
    """Return whether *scheme* sends mail, where "@" is not a mention."""
    return scheme in _MAIL


def scheme_refusal(scheme: str) -> str | None:
    """Return the reason and the remedy if channels cannot use *scheme*, or None."""
    if scheme in _LOCAL:
        return "the service shows messages only on the machine that sends them; use another service"
    if scheme in _UNENCRYPTED:
        return "the service does not support encryption; use another service"
    return None


def refusal(facts: ServiceFacts) -> str | None:
    """Return the reason and the remedy if channels cannot use a service with *facts*, or None."""
    if _is_plain(facts) and facts.host.strip("[]") not in LOOPBACK:
        return (
            "the connection would not be encrypted; use the encrypted scheme, which ends in 's',"
            " for example mailtos or ntfys"
        )
    if facts.recipients > 1:
        # If one of them fails, a retry sends to the others twice.
        return "the address has several recipients; add a channel for each, or use a mailing list"
    return None


def _is_plain(facts: ServiceFacts) -> bool:
    if facts.mail_mode is not None:
        return facts.mail_mode == "insecure"  # `mailto` is encrypted for known providers.
    return facts.scheme in facts.plain - _ENCRYPTED
