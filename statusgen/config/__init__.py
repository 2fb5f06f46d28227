"""Reading and validation of `statusgen.yml`."""
