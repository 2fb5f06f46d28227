"""How fast statusgen is beside other generators: ``make bench``.

`content` makes a site (`prose` its words, `repeated` one from real incidents), `generators` writes
it down for each generator, `measuring` builds it and takes the time, `profiling` asks where that
goes, `tables` and `report` show it. Nothing of it is a test;
`tests/end_to_end/test_bench.py` tests it.
"""
