"""Turn HTML tags and emoji shortcodes of imported texts into Markdown."""

import re

from statusgen.markup.scanner import Scanner

# The shortcodes that people write in incidents; others stay text. Names are those of GitHub:
# https://docs.github.com/en/get-started/writing-on-github
_NAMES = """
    +1=👍 -1=👎 100=💯 alarm_clock=⏰ ambulance=🚑 anger=💢 arrow_down=⬇️ arrow_forward=▶️
    arrow_left=⬅️ arrow_right=➡️ arrow_up=⬆️ arrows_counterclockwise=🔄 art=🎨 atm=🏧
    balloon=🎈 ballot_box_with_check=☑️ bangbang=‼️ bar_chart=📊 battery=🔋 bell=🔔
    black_circle=⚫ boom=💥 bug=🐛 bulb=💡 calendar=📆 chart_with_downwards_trend=📉
    chart_with_upwards_trend=📈 checkered_flag=🏁 clap=👏 clipboard=📋 clock1=🕐 cloud=☁️
    coffee=☕ collision=💥 computer=💻 confetti_ball=🎊 construction=🚧 construction_worker=👷
    credit_card=💳 cry=😢 cyclone=🌀 dash=💨 date=📅 disappointed=😞 dizzy=💫 e-mail=📧
    earth_africa=🌍 earth_americas=🌎 earth_asia=🌏 electric_plug=🔌 email=📧 envelope=✉️
    exclamation=❗ eyes=👀 file_folder=📁 fire=🔥 fire_engine=🚒 firecracker=🧨 fireworks=🎆
    flashlight=🔦 gear=⚙️ ghost=👻 globe_with_meridians=🌐 green_circle=🟢
    grey_exclamation=❕ grey_question=❔ hammer=🔨 hammer_and_wrench=🛠️ handshake=🤝
    heart=❤️ heavy_check_mark=✔️ heavy_exclamation_mark=❗ heavy_minus_sign=➖
    heavy_multiplication_x=✖️ heavy_plus_sign=➕ hourglass=⌛ hourglass_flowing_sand=⏳
    inbox_tray=📥 information_source=ℹ️ key=🔑 label=🏷️ large_blue_circle=🔵 link=🔗 lock=🔒
    loudspeaker=📢 mag=🔍 mag_right=🔎 mailbox=📫 mega=📣 memo=📝 moneybag=💰 muscle=💪 new=🆕
    no_bell=🔕 no_entry=⛔ no_entry_sign=🚫 ocean=🌊 office=🏢 ok=🆗 ok_hand=👌 orange_circle=🟠
    outbox_tray=📤 package=📦 paperclip=📎 pencil=📝 pencil2=✏️ phone=☎️ pray=🙏
    purple_circle=🟣 pushpin=📌 question=❓ rainbow=🌈 raised_hands=🙌 recycle=♻️
    red_circle=🔴 rescue_worker_helmet=⛑️ robot=🤖 rocket=🚀 rotating_light=🚨
    round_pushpin=📍 satellite=📡 scroll=📜 see_no_evil=🙈 seedling=🌱 shield=🛡️ ship=🚢
    shrug=🤷 skull=💀 slightly_frowning_face=🙁 slightly_smiling_face=🙂 smile=😄 smiley=😃
    snail=🐌 snowflake=❄️ sob=😭 sos=🆘 sparkles=✨ speaker=🔈 speech_balloon=💬 star=⭐
    stop_sign=🛑 stopwatch=⏱️ sunny=☀️ sweat=😓 sweat_smile=😅 tada=🎉 telephone=☎️
    telephone_receiver=📞 thumbsdown=👎 thumbsup=👍 timer_clock=⏲️ toolbox=🧰 tools=🛠️
    tractor=🚜 traffic_light=🚥 triangular_flag_on_post=🚩 truck=🚚 turtle=🐢 umbrella=☔
    unlock=🔓 up=🆙 vertical_traffic_light=🚦 warning=⚠️ watch=⌚ wave=👋 white_check_mark=✅
    white_circle=⚪ wink=😉 wrench=🔧 x=❌ yellow_circle=🟡 zap=⚡ zzz=💤
"""
_EMOJI = dict(pair.split("=") for pair in _NAMES.split())

_SHORTCODE = re.compile(":([^:]+):")
_BARE = r"</?(?:details|summary|kbd|samp|sub|sup)(?:\s[^<>]*)?>"
_MARKUP = re.compile(
    r"(?P<span>(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    rf"|(?P<gap></?details(?:\s[^<>]*)?>|</summary>)|(?P<bare>{_BARE})"
    r"|(?P<rule><hr(?:\s[^<>]*)?/?>)|(?P<break>(?<! ) *+<br(?:\s[^<>]*)?/?> *+(?P<end>$)?)"
    r"|(?<![\w:/])(?P<emoji>(?::[a-z0-9_+-]++:)++)(?![\w:])",
    re.IGNORECASE | re.MULTILINE,
)


def as_markdown(text: str) -> str:
    """Return *text* with line breaks, rules and emoji instead of their HTML and shortcodes.

    The tags of `<details>`, `<kbd>` and the like are removed. Code stays as it is.
    """
    lines = [line for line in Scanner(text).lines() if line.source]
    ends = [*(line.offset for line in lines[1:]), len(text)]
    return "".join(
        text[line.offset : end] if line.code is not None else _line(text[line.offset : end])
        for line, end in zip(lines, ends, strict=False)
    )


def _line(line: str) -> str:
    # A line break would end a heading or a row of a table.
    one = " " if "|" in line or line.startswith("#") else "\n"

    def shown(match: re.Match[str]) -> str:
        if match["span"]:
            return match[0]
        if match["emoji"]:
            return _SHORTCODE.sub(lambda one: _EMOJI.get(one[1], one[0]), match["emoji"])
        if match["break"]:
            return one if match["end"] is None else ""
        return "\n\n" if match["gap"] else "\n\n---\n\n" if match["rule"] else ""

    changed = _MARKUP.sub(shown, line)
    if changed == line:
        return line
    return re.sub("\n{2,}", "\n\n", changed) if changed.strip() else "\n"
