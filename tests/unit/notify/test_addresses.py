"""Addresses and keys come from the environment alone."""

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify.addresses import ChannelAddress, addresses_in, secrets_in

CHANNELS = [Channel(id="team-chat"), Channel(id="partners"), Channel(id="mail")]


def test_each_channel_has_a_variable() -> None:
    """Variables of their own come before lines of the common one; keys stand beside them."""
    found = addresses_in(
        {
            "STATUSGEN_NOTIFY_TEAM_CHAT": " slack://one ",
            "STATUSGEN_NOTIFY_PARTNERS": "https://hooks.example/two",
            "STATUSGEN_NOTIFY_PARTNERS_SECRET": "whsec_a whsec_b",
            "STATUSGEN_NOTIFY": "team-chat slack://other\n\nmail  mailtos://x  whsec_c\n",
        },
        CHANNELS,
    )

    assert (
        {
            "team-chat": ChannelAddress("slack://one"),
            "partners": ChannelAddress("https://hooks.example/two", ("whsec_a", "whsec_b")),
            "mail": ChannelAddress("mailtos://x", ("whsec_c",)),
        },
        (),
    ) == (found.by_id, found.warnings)


def test_what_does_not_fit_is_a_warning() -> None:
    """A renamed channel does not fall silent without a word; no address is in the warning."""
    found = addresses_in(
        {"STATUSGEN_NOTIFY_TEAM": "slack://one", "STATUSGEN_NOTIFY": "team slack://two"},
        CHANNELS[:1],
    )

    assert (
        "channel team-chat has no address; set STATUSGEN_NOTIFY_TEAM_CHAT",
        "STATUSGEN_NOTIFY_TEAM is the address of no channel in statusgen.yml",
        "line 1 of STATUSGEN_NOTIFY is for no channel in statusgen.yml",
    ) == found.warnings


def test_an_unsigned_webhook_is_a_warning() -> None:
    """Its receiver cannot tell our messages from those of others."""
    found = addresses_in(
        {"STATUSGEN_NOTIFY_HOOK": "https://hooks.example/x"},
        [Channel(id="hook", kind=ChannelKind.WEBHOOK)],
    )

    assert ("channel hook has no signing key; set STATUSGEN_NOTIFY_HOOK_SECRET",) == found.warnings


def test_every_part_of_an_address_is_a_secret() -> None:
    """A log may show an address in parts, so that each of them is masked."""
    address = "https://hooks.slack.com/services/T0000001/B0000002/abcdefghijkl?x=1"
    found = addresses_in(
        {"STATUSGEN_NOTIFY_TEAM_CHAT": address, "STATUSGEN_NOTIFY_TEAM_CHAT_SECRET": "whsec_12345"},
        CHANNELS[:1],
    )

    assert [
        address,
        "whsec_12345",
        "B0000002",
        "T0000001",
        "abcdefghijkl",
        "services",
        "whsec_12345",
    ] == secrets_in(found)
