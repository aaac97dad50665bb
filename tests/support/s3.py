"""A real S3 server on loopback: rclone serves a folder, whose subfolders are the buckets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BUCKET", "KEY", "SECRET", "S3Server", "s3_server"]

BUCKET = "shoes"
KEY = "AKIAUNITTESTSNEAKERS"
SECRET = "Jq7/v0nTelLan+yBody4aSecretOfFortyChars="
RCLONE = Path(sys.executable).with_name("rclone")


@dataclass(frozen=True)
class S3Server:
    """Its address, and the folder that holds a bucket's objects as files."""

    address: str
    bucket: Path

    def objects(self) -> set[str]:
        """Keys of all objects in the bucket."""
        return {path.relative_to(self.bucket).as_posix() for path in self.bucket.rglob("*") if path.is_file()}

    def environment(self, **changes: str) -> dict[str, str]:
        """The variables that name the bucket and open it."""
        keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        return {"S3_ENDPOINT_URL": self.address, "S3_BUCKET": BUCKET, **keys, **changes}


@contextmanager
def s3_server(folder: Path, *options: str) -> Iterator[S3Server]:
    """Serve `folder` to whoever signs with KEY and SECRET, at a port that the system chooses, until the block ends."""
    bucket = folder / BUCKET
    bucket.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [RCLONE, "serve", "s3", "--addr", "127.0.0.1:0", *options, str(folder)],
        env={"PATH": os.environ["PATH"], "RCLONE_CONFIG": "", "RCLONE_AUTH_KEY": f'"{KEY},{SECRET}"'},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield S3Server(_address(process), bucket)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    """What the server says of itself once it listens; it writes little after that, far from filling the pipe."""
    said = ""
    assert process.stderr
    for line in process.stderr:
        said += line
        if found := re.search(r"Starting s3 server on \[(http://127\.0\.0\.1:\d+)/\]", line):
            return found[1]
    raise AssertionError(f"rclone did not start: {said}")
