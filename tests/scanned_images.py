"""Images for tests of scans: what Debian, nothing at all, and a Python package leave in their layers."""

from collections.abc import Mapping

OLD_ZLIB = "1:1.2.11.dfsg-2"  # CVE-2022-37434 was put right in 1:1.2.11.dfsg-2+deb11u2
NEW_ZLIB = "1:1.2.11.dfsg-2+deb11u2"
CVE = "CVE-2022-37434"
ZLIB_FINDING = {
    "name": CVE,
    "severity": "CRITICAL",
    "uri": f"https://security-tracker.debian.org/tracker/{CVE}",
}


def debian(zlib: str = OLD_ZLIB, **more: bytes) -> Mapping[str, bytes]:
    """Return the files of a layer of Debian 11 with one package, of a version."""
    status = (
        "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Source: zlib\nVersion: {zlib}\n\n"
    )
    return {
        "etc/os-release": b'ID=debian\nVERSION_ID="11"\n',
        "var/lib/dpkg/status": status.encode(),
        **more,
    }
