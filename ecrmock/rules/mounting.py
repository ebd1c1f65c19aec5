"""Whether a repository may take a blob from another one without an upload."""

from ecrmock.values.repositories import Repository


def may_mount(setting: str, source: Repository, target: Repository) -> bool:
    """Tell whether the registry mounts blobs, and both repositories encrypt alike.

    ``setting`` is the account setting BLOB_MOUNTING. What else has to hold is a matter of the blob and of
    the caller. Source: reference registry.md §11.
    """
    is_alike = source.encryption_configuration == target.encryption_configuration
    return setting == "ENABLED" and is_alike
