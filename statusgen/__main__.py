"""`python -m statusgen`."""

from statusgen.cli import main

main()
