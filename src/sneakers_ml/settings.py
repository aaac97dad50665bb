"""Secrets, addresses and limits: from the environment or a `.env` file, never from params.yaml."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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

    s3_endpoint_url: str | None = Field(None, description="Address of the S3 server that DVC pushes to")
    s3_bucket: str | None = None
    aws_access_key_id: SecretStr | None = None
    aws_secret_access_key: SecretStr | None = None

    @field_validator("telegram_api_url")
    @classmethod
    def _http_without_slash(cls, url: str) -> str:
        """The bot appends `/bot<token>`, so the address must be http(s) and not end in a slash."""
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")


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
