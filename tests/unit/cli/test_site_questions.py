"""Tests of the values that init suggests."""

from pathlib import Path

import pytest

from statusgen.cli.site_questions import guess_language, guess_zone


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"LANG": "de_DE.UTF-8"}, "de-DE", id="locale"),
        pytest.param({"LANG": "fr"}, "fr", id="language"),
        pytest.param({"LANG": "en_US.UTF-8", "LC_ALL": "ja_JP.eucJP"}, "ja-JP", id="precedence"),
        pytest.param({"LANG": "it_IT@euro", "LC_ALL": ""}, "it-IT", id="empty"),
        pytest.param({"LANG": "zh_TW.UTF-8"}, None, id="another-script"),
        pytest.param({"LANG": "C.UTF-8"}, None, id="c"),
        pytest.param({"LANG": "\udcff" * 9}, None, id="nonsense"),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_language_follows_the_locale(environment: dict[str, str], expected: str | None) -> None:
    """The suggested language is that of the locale if there is a catalogue for it."""
    assert expected == guess_language(environment)


@pytest.mark.parametrize(
    ("zone", "link", "file", "expected"),
    [
        pytest.param("Europe/Rome", "Asia/Tokyo", "Asia/Seoul", "Europe/Rome", id="variable"),
        pytest.param(":Europe/Rome", "", "", "Europe/Rome", id="variable-with-a-colon"),
        pytest.param("", "Asia/Tokyo", "Asia/Seoul", "Asia/Tokyo", id="link"),
        pytest.param("CEST-2", "posix/Asia/Tokyo", "", "Asia/Tokyo", id="rule-as-variable"),
        pytest.param("", "", "Asia/Seoul", "Asia/Seoul", id="file"),
        pytest.param("", "Etc/UTC", "", "UTC", id="utc"),
        pytest.param("", "../../../passwd", "x\0y", None, id="nonsense"),
        pytest.param("", "", "", None, id="none"),
    ],
)
def test_the_time_zone_is_that_of_the_machine(
    zone: str, link: str, file: str, expected: str | None, tmp_path: Path
) -> None:
    """The suggested zone is that of TZ, of /etc/localtime or of /etc/timezone."""
    if link:
        (tmp_path / "localtime").symlink_to(tmp_path / "zoneinfo" / link)
    if file:
        (tmp_path / "timezone").write_text(f"{file}\n", encoding="utf-8")

    assert expected == guess_zone({"TZ": zone}, tmp_path)
