"""URLs of layers that need no login: what GetDownloadUrlForLayer gives, as S3 presigns them.

In-process they read as AWS's do; on a server they lead to the server. Either way the query carries the time,
the lifetime and a signature, so that no table of URLs is kept.
Source: AWS CLI example of get-download-url-for-layer; reference api.md §6.6.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from ecrmock.values.authorization import LayerUrlError
from ecrmock.values.names import (
    LAYER_PATH,
    AccountId,
    Digest,
    Region,
    endpoint_region,
    partition_of,
)
from ecrmock.world.addresses import Addresses

LIFETIME = timedelta(hours=1)
_TIME = "%Y%m%dT%H%M%SZ"
_URL = re.compile(
    r"[^?]*/(?P<path>[0-9]{12}-[a-z0-9-]+/sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128}))"
    r"\?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=(?P<time>[0-9]{8}T[0-9]{6}Z)"
    r"&X-Amz-SignedHeaders=host&X-Amz-Expires=(?P<lifetime>[0-9]{1,7})&X-Amz-Credential=[^&]*"
    r"&X-Amz-Signature=(?P<signature>[0-9a-f]{64})"
)


class LayerUrls:
    """Makes and reads the URLs of one backend; ``secret`` is what makes them its own."""

    def __init__(self, secret: bytes, addresses: Addresses) -> None:
        self._secret, self._addresses = secret, addresses

    def issue(self, account: AccountId, region: Region, digest: Digest, now: datetime) -> str:
        """Return a URL that gives a blob's bytes for an hour."""
        path = f"{account}-{region}/{digest}"
        time, lifetime = now.strftime(_TIME), int(LIFETIME.total_seconds())
        scope = f"{account}%2F{now:%Y%m%d}%2F{region}%2Fs3%2Faws4_request"
        base = self._addresses.url(LAYER_PATH) if self._addresses.is_served else _bucket(region)
        return (
            f"{base}{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={time}"
            f"&X-Amz-SignedHeaders=host&X-Amz-Expires={lifetime}&X-Amz-Credential={scope}"
            f"&X-Amz-Signature={self._sign(path, time, lifetime)}"
        )

    def read(self, url: str, now: datetime) -> Digest:
        """Return the digest of the blob that a URL gives. Raises: LayerUrlError."""
        match = _URL.fullmatch(url)
        if match is None:
            raise LayerUrlError("Access Denied")
        path, time, lifetime = match["path"], match["time"], int(match["lifetime"])
        if not hmac.compare_digest(match["signature"], self._sign(path, time, lifetime)):
            raise LayerUrlError("Access Denied")
        if now >= datetime.strptime(time, _TIME).replace(tzinfo=UTC) + timedelta(seconds=lifetime):
            raise LayerUrlError("Request has expired")
        return Digest(path.rpartition("/")[2])

    def _sign(self, path: str, time: str, lifetime: int) -> str:
        text = f"ecrmock layer url\n{path}\n{time}\n{lifetime}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def _bucket(region: Region) -> str:
    region = endpoint_region(region)
    host = f"prod-{region}-starport-layer-bucket.s3.{region}.{partition_of(region).dns_suffix}"
    return f"https://{host}/"
