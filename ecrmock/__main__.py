"""``python -m ecrmock``: the ecrmock command."""

from ecrmock.cli import main

main()
