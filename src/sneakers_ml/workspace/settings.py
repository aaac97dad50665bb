"""Secrets, addresses and limits: from the environment or a `.env` file, never from params.yaml."""

from __future__ import annotations

import re
from importlib.util import find_spec
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
    bot_database: Path | None = Field(
        None, description="SQLite file of the bot; the workspace's bot.sqlite3 when unset"
    )
    bot_admins: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Ids of people who may ask for /stats, with commas between"
    )
    bot_threads: int = Field(2, ge=1, description="Photos that are looked at side by side")
    bot_at_once: int = Field(8, ge=1, description="Photos that are downloaded, looked at or answered side by side")
    bot_per_user: int = Field(3, ge=1, description="How many of these may be one person's")
    bot_per_minute: int = Field(20, ge=1, description="Requests of one person that are answered within a minute")
    bot_deadline: float = Field(30.0, gt=0, description="Seconds after which an answer is given up")
    bot_oldest: float = Field(6 * 3600.0, gt=0, description="Seconds for which a message may wait")
    bot_stop: float = Field(10.0, gt=0, description="Seconds that answers under way have to end after SIGTERM")
    bot_neighbours: int = Field(5, ge=1, le=9, description="Sneakers in an album, beside the photo itself")
    bot_messages_per_second: float = Field(30.0, gt=0, description="To all chats together; Telegram allows 30")
    bot_refresh: float = Field(30.0, gt=0, description="Seconds after which a new bundle is looked for")
    bot_proxy: str | None = Field(None, description="http:// or socks5:// address of a proxy to Telegram")
    bot_host: str = Field("127.0.0.1", description="Address that /healthz, /readyz, /metrics and the webhook listen on")
    bot_port: int | None = Field(None, ge=1, le=65535, description="Their port; they are off when unset")
    bot_webhook_url: str | None = Field(
        None, description="https address by which Telegram reaches that port; the bot polls when unset"
    )
    bot_webhook_secret: SecretStr | None = Field(None, description="What Telegram shows with each call of the webhook")
    bot_log_json: bool = Field(False, description="Log lines as JSON")

    link_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Sites inside (host:port, with commas between) that links to pictures may point to",
    )

    crawl_contact: str | None = Field(
        None, description="Mail or web address that shops find in the crawler's user agent"
    )

    milvus_uri: str | None = Field(
        None, description="Address of Milvus, where it keeps the index; embedded in models/milvus.db when unset"
    )
    milvus_token: SecretStr | None = Field(None, description="user:password of Milvus, or its API key")

    s3_endpoint_url: str | None = Field(None, description="Address of the S3 server that DVC pushes to")
    s3_bucket: str | None = None
    s3_prefix: str = Field("sneakers", description="Folder within the bucket")
    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_default_region: str | None = Field(None, description="Region of the bucket, where the server asks for one")

    @field_validator("bot_admins", "link_hosts", mode="before")
    @classmethod
    def _with_commas(cls, values: object) -> object:
        return [value.strip().lower() for value in values.split(",")] if isinstance(values, str) else values

    @field_validator("bot_webhook_secret")
    @classmethod
    def _of_plain_letters(cls, secret: SecretStr | None) -> SecretStr | None:
        """What Telegram takes as a secret."""
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("must be 16 to 256 letters, digits, dashes or underscores")
        return secret

    @field_validator("bot_proxy")
    @classmethod
    def _known_proxy(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not url.startswith(("http://", "https://", "socks5://", "socks5h://")):
            raise ValueError("must start with http://, https:// or socks5://")
        if url.startswith("socks") and find_spec("socksio") is None:
            raise ValueError("socks5 needs an extra: pip install 'sneakers-ml[proxy]'")
        return url

    @field_validator("telegram_api_url", "s3_endpoint_url", "bot_webhook_url")
    @classmethod
    def _http_without_slash(cls, url: str | None) -> str | None:
        """Paths are appended, `/bot<token>` or `/<bucket>`, so the address is http(s) and doesn't end in a slash."""
        if url is None:
            return None
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

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

    @property
    def token(self) -> str:
        """The bot's token, empty where none is set."""
        return self.telegram_token.get_secret_value().strip() if self.telegram_token else ""

    @property
    def webhook_secret(self) -> str:
        """The webhook's secret, empty where none is set."""
        return self.bot_webhook_secret.get_secret_value() if self.bot_webhook_secret else ""

    def check_bot(self) -> None:
        """Whether a bot can begin.

        Raises:
            SettingsError: naming the variable that is missing.
        """
        if not self.token:
            raise SettingsError("TELEGRAM_TOKEN is not set; get one from @BotFather and put it in .env")
        if self.bot_webhook_url and not (self.bot_port and self.webhook_secret):
            raise SettingsError("BOT_WEBHOOK_URL needs BOT_PORT and BOT_WEBHOOK_SECRET; set them too")


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: naming each variable that cannot be used.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError(".env: not text in UTF-8; save it as UTF-8, in Windows' Notepad by Save as") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"environment: {faults}") from None
