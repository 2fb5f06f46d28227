"""The command `statusgen`, also ``python -m statusgen``."""


def main() -> None:
    """Run the command line; who presses Ctrl-C while it is still loading sees no traceback."""
    try:
        from statusgen import cli  # noqa: PLC0415, what takes time is to be interruptible
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    cli.main()


if __name__ == "__main__":
    main()
