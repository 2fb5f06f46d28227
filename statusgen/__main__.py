"""Entry point of the command `statusgen` and of ``python -m statusgen``."""

import gc


def main() -> None:
    """Run the command line; Ctrl-C while modules are loading prints no traceback."""
    try:
        from statusgen.cli.main import main as run  # noqa: PLC0415, imported late so that Ctrl-C works
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        run()
    finally:
        gc.freeze()  # Python's last garbage collection at exit is slow and frees nothing we need.


if __name__ == "__main__":
    main()
