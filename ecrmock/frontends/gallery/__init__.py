"""The gallery of public registries, as pages for a browser."""
