"""State that survives: a folder with the bytes of blobs, a state, and a journal of what came after it."""
