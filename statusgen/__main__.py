"""Entry point for the `statusgen` command and ``python -m statusgen``."""

import gc


def main() -> None:
    """Run the command line, without a traceback if Ctrl-C interrupts the imports."""
    try:
        from statusgen.cli.main import main as run  # noqa: PLC0415, imported late so that Ctrl-C works
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        run()
    finally:
        gc.freeze()  # Python's final garbage collection is slow, and pointless before exit.


if __name__ == "__main__":
    main()
