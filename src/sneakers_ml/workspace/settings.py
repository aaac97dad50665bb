"""Secrets, addresses and limits: from the environment or a `.env` file, never from params.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sneakers_ml.errors import SettingsError

__all__ = ["Settings", "load_settings"]


class Settings(BaseSettings):
    """Environment of a process; each field is read from the upper-case variable of the same name."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    sneakers_home: Path | None = Field(None, description="Workspace folder; the current folder when unset")

    telegram_token: SecretStr | None = Field(None, description="Bot token from @BotFather")
    telegram_api_url: str = Field("https://api.telegram.org", description="Address of the Bot API server")
    bot_queue: int = Field(16, ge=1, description="Photos that may wait for an answer before the bot says it is busy")
    bot_deadline: float = Field(30.0, gt=0, description="Seconds after which a waiting photo is given up")
    bot_threads: int = Field(2, ge=1, description="Photos that are looked at side by side")
    bot_per_user: int = Field(3, ge=1, description="Places that one person's photos may take of the queue")
    bot_neighbours: int = Field(5, ge=2, le=10, description="Sneakers in an album; Telegram allows 2 to 10")

    link_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="Sites inside your own network that links to pictures may point to, as host:port"
    )

    crawl_contact: str | None = Field(
        None, description="Mail or web address that shops find in the crawler's user agent"
    )

    s3_endpoint_url: str | None = Field(None, description="Address of the S3 server that DVC pushes to")
    s3_bucket: str | None = None
    s3_prefix: str = Field("sneakers", description="Folder within the bucket")
    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_default_region: str | None = Field(None, description="Region of the bucket, where the server asks for one")

    @field_validator("telegram_api_url", "s3_endpoint_url")
    @classmethod
    def _http_without_slash(cls, url: str | None) -> str | None:
        """Paths are appended, `/bot<token>` or `/<bucket>`, so the address is http(s) and doesn't end in a slash."""
        if url is None:
            return None
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    @field_validator("link_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, hosts: object) -> object:
        return [host.strip() for host in hosts.split(",") if host.strip()] if isinstance(hosts, str) else hosts

    @field_validator("link_hosts")
    @classmethod
    def _each_with_port(cls, hosts: frozenset[str]) -> frozenset[str]:
        """Without its port a site would never match."""
        if wrong := sorted(host for host in hosts if not re.fullmatch(r"[^\s:/]+:\d+", host)):
            raise ValueError(f"must be host:port, separated by commas, not {', '.join(wrong)}")
        return hosts

    @field_validator("s3_bucket", "s3_prefix")
    @classmethod
    def _plain_name(cls, name: str | None, info: ValidationInfo) -> str | None:
        """Both become parts of `s3://<bucket>/<prefix>`."""
        if name is None:
            return None
        if "/" in name and info.field_name == "s3_bucket":
            raise ValueError("must be the bucket's name alone; a folder within it is named by S3_PREFIX")
        if not re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", name):
            raise ValueError("must be a name of letters, digits, dots and dashes, without s3://")
        return name

    @field_validator("crawl_contact")
    @classmethod
    def _reachable(cls, contact: str | None) -> str | None:
        """It goes into an HTTP header, so it must be one line of ASCII, and somebody must be reachable by it."""
        if contact is None:
            return None
        usable = contact.isascii() and contact.isprintable() and not set(contact) & set(" ()<>")
        if not usable or not ("@" in contact or contact.startswith(("http://", "https://"))):
            raise ValueError("must be a mail address, or a web address with http:// or https://")
        return contact


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: naming each variable that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"environment: {faults}") from None
