"""Benchmarks of statusgen and other generators: ``make bench``.

`content` generates a site (`prose` its texts, `repeated` copies real incidents), `generators`
writes its files for each generator, `measuring` times builds, `profiling` splits the time of one,
`tables` and `report` format the results. `tests/end_to_end/test_bench.py` tests this package.
"""
