"""`python healthcheck.py PORT PATH`: exit code 0 when this machine answers there with 200."""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException

__all__ = ["main"]

TIMEOUT_S = 3.0


def main(port: str, path: str) -> int:
    """Ask once. No proxy is used, whatever the environment says."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return int(connection.getresponse().status != 200)
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
