"""Whether a repository may take a blob from another one without an upload."""

from ecrmock.values.repositories import Repository


def may_mount(
    setting: str, source: Repository, target: Repository, *, always: bool = False
) -> bool:
    """Tell whether the registry mounts blobs, and both repositories encrypt alike.

    ``setting`` is the account setting BLOB_MOUNTING; ``always`` is the plain specification's rule, which
    knows neither. What else has to hold is a matter of the blob and of the caller.
    Source: reference registry.md §11, §19.
    """
    is_alike = source.encryption_configuration == target.encryption_configuration
    return always or (setting == "ENABLED" and is_alike)
