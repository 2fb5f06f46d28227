"""The command `statusgen`, also ``python -m statusgen``."""

import gc


def main() -> None:
    """Run the command line; who presses Ctrl-C while it is still loading sees no traceback."""
    try:
        from statusgen.cli.main import main as run  # noqa: PLC0415, to be interruptible, too
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        run()
    finally:
        gc.freeze()  # To look through all that is left, as Python does at its end, takes long.


if __name__ == "__main__":
    main()
