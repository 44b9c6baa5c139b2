"""`python -m streams` is the `dyadwire` command."""

from streams.cli import main

main(prog_name="dyadwire")
