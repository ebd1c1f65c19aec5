"""The score of a CVSS vector. Needs the extra ``scan``, which brings ``cvss``."""

from functools import lru_cache

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.findings import CvssScore


@lru_cache(maxsize=8192)  # many vulnerabilities share a vector
def rate(vector: str) -> CvssScore | None:
    """Return the base score of a CVSS vector of version 2, 3.x or 4.0; None for what is no vector.

    Raises: MissingExtraError.
    """
    try:
        import cvss  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("Scores need: pip install 'ecrmock[scan]'") from None
    kind, _, version = vector.partition("/")[0].partition(":")
    if kind != "CVSS":
        version = "2.0"  # the only one whose vectors do not say what they are
    readers = {"2": cvss.CVSS2, "3": cvss.CVSS3, "4": cvss.CVSS4}
    reader = readers.get(version[:1])
    try:
        score = float(reader(vector).base_score) if reader else None
    except cvss.CVSSError:
        score = None
    if score is None:
        return None
    return CvssScore(base_score=score, scoring_vector=vector, version=version)
