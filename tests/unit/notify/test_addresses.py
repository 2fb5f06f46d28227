"""Addresses and keys of channels come only from the environment."""

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify.addresses import ChannelAddress, addresses_in, secrets_in

CHANNELS = [Channel(id="team-chat"), Channel(id="partners"), Channel(id="mail")]


def test_each_channel_has_a_variable() -> None:
    """A channel's own variable overrides its line in the shared one; keys can be in both."""
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


def test_an_address_without_a_channel_is_a_warning() -> None:
    """An address without a channel causes a warning, which does not show the address."""
    found = addresses_in(
        {"STATUSGEN_NOTIFY_TEAM": "slack://one", "STATUSGEN_NOTIFY": "team slack://two"},
        CHANNELS[:1],
    )

    assert (
        "channel 'team-chat' has no address; set STATUSGEN_NOTIFY_TEAM_CHAT",
        "STATUSGEN_NOTIFY_TEAM does not match a channel in statusgen.yml; rename or remove it",
        "line 1 of STATUSGEN_NOTIFY does not match a channel in statusgen.yml; fix or remove it",
    ) == found.warnings


def test_an_unsigned_webhook_is_a_warning() -> None:
    """A webhook without a key causes a warning: receivers cannot verify its requests."""
    found = addresses_in(
        {"STATUSGEN_NOTIFY_HOOK": "https://hooks.example/x"},
        [Channel(id="hook", kind=ChannelKind.WEBHOOK)],
    )

    expected = "channel 'hook' has no signing key; set STATUSGEN_NOTIFY_HOOK_SECRET"
    assert (expected,) == found.warnings


def test_every_part_of_an_address_is_a_secret() -> None:
    """Each part of an address is masked, because a log may show it alone."""
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
