"""Where `dvc push` and `dvc pull` go: a folder of an S3 bucket, named by the environment.

Nothing of it enters git: the remote stands in `.dvc/config.local`. Keys of the environment are written nowhere, DVC
finds them there itself. It knows no `.env` though, so keys that stand only there are copied to
`.dvc/credentials.local`, readable by its owner alone, which DVC asks after the environment: a key exported later wins.
That file and no `access_key_id` in the configuration, because the configuration would win over the environment, and is
written by a command whose arguments every user of the machine can read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from sneakers_ml.errors import SettingsError, UsageError
from sneakers_ml.files import replacing, write_atomically
from sneakers_ml.workspace.dvc import is_repository, run_dvc
from sneakers_ml.workspace.settings import Settings

__all__ = ["KEYS", "Remote", "chosen_remote", "write_remote"]

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_NAME = "storage"
_CREDENTIALS = "credentials.local"
_IGNORED = ("/config.local", "/tmp", "/cache", f"/{_CREDENTIALS}")  # noqa: S108 - lines of .dvc/.gitignore


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder of a bucket, and the keys to it.

    `credentials` are the access key and its secret where `.env` gives them, None where they stand in the environment
    and every S3 client finds them itself, with a session token that may go with them.
    """

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None
    credentials: tuple[SecretStr, SecretStr] | None = field(repr=False)

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def server(self) -> str:
        """How the server is called in sentences."""
        return self.endpoint or "AWS"


def chosen_remote(settings: Settings, environment: Mapping[str, str] = os.environ) -> Remote:
    """The remote that the settings name.

    Args:
        settings: of the environment and `.env`.
        environment: the process's own, to tell which keys DVC will find without help.

    Raises:
        SettingsError: naming what is not set, is garbled, or stands half here and half there.
    """
    values = {
        "S3_BUCKET": settings.s3_bucket,
        KEYS[0]: settings.aws_access_key_id,
        KEYS[1]: settings.aws_secret_access_key,
    }
    missing = [name for name, value in values.items() if not value]
    if settings.s3_bucket is None or settings.aws_access_key_id is None or settings.aws_secret_access_key is None:
        raise SettingsError(f"{', '.join(missing)}: not set; put them into the environment or .env (see .env.example)")
    keys = (settings.aws_access_key_id, settings.aws_secret_access_key)
    for name, key in zip(KEYS, keys, strict=True):
        if any(character.isspace() for character in key.get_secret_value()):
            raise SettingsError(f"{name}: holds a blank or a line break; copy it again")
    exported = [name for name in KEYS if environment.get(name)]
    if len(exported) == 1:
        raise SettingsError(f"{exported[0]} stands in the environment and its partner in .env; put both in one place")
    return Remote(
        settings.s3_bucket,
        settings.s3_prefix,
        settings.s3_endpoint_url,
        settings.aws_default_region,
        None if exported else keys,
    )


def write_remote(folder: Path, remote: Remote) -> None:
    """Make `remote` the default one of a workspace's DVC repository, instead of any that an earlier call wrote.

    Raises:
        UsageError: when the folder is no DVC repository.
        SneakersError: when DVC refuses.
    """
    if not is_repository(folder):
        raise UsageError(f"{folder}: no DVC repository; make it one with `sneakers workspace {folder}`")
    home = (folder / ".dvc").resolve()
    ignored, credentials = home / ".gitignore", home / _CREDENTIALS
    lines = ignored.read_text(encoding="utf-8").splitlines() if ignored.exists() else []
    if missing := [line for line in _IGNORED if line not in lines]:  # also where DVC was made without git
        write_atomically(ignored, "".join(f"{line}\n" for line in [*lines, *missing]).encode())
    if remote.credentials:
        pairs = zip(KEYS, remote.credentials, strict=True)
        text = "".join(f"{name.lower()} = {key.get_secret_value()}\n" for name, key in pairs)
        with replacing(credentials) as file:
            os.fchmod(file.fileno(), 0o600)  # never readable by others, not for a moment
            file.write(f"[default]\n{text}".encode())
    else:
        credentials.unlink(missing_ok=True)
    options = {
        "endpointurl": remote.endpoint,
        "region": remote.region,
        "credentialpath": str(credentials) if remote.credentials else None,
    }
    run_dvc(folder, "remote", "add", "--local", "--default", "--force", _NAME, remote.url)
    for name, value in options.items():
        if value:
            run_dvc(folder, "remote", "modify", "--local", _NAME, name, value)
