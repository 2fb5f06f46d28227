"""`statusgen.yml` to `Config`."""
