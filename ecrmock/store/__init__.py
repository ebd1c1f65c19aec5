"""State: the only mutable data. Accounts, regions, registries, and the bytes of blobs."""
