"""Try a remote out: all that `dvc push`, `dvc pull` and `dvc gc` do there, with one small object."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions as s3_errors  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.session import get_session  # type: ignore[import-untyped]

from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.remote import Remote

__all__ = ["check_access"]

_CONTENT = b"sneakers remote tries out its access; this object may be deleted\n"
_RIGHTS = {"list": "s3:ListBucket", "write": "s3:PutObject", "read": "s3:GetObject", "delete": "s3:DeleteObject"}
_MAY_NOT = "the key may not {action} in {url}; allow it {right} there, or take another key"
_REGION = "the bucket {bucket} lies in another region; name it in AWS_DEFAULT_REGION"
_SESSION = "the session at {server} has ended; fetch new keys and a new AWS_SESSION_TOKEN"
_REFUSALS = {
    "NoSuchBucket": "there is no bucket {bucket} at {server}; make it in the server's console or with"
    " `aws s3 mb s3://{bucket}{where}`, or correct S3_BUCKET",
    "InvalidAccessKeyId": "{server} does not know the access key; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "{server} says that the secret is wrong; check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": _MAY_NOT,
    "AllAccessDisabled": _MAY_NOT,
    "MethodNotAllowed": _MAY_NOT,
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
    "InvalidToken": _SESSION,
    "ExpiredToken": _SESSION,
    "RequestTimeTooSkewed": "the clocks of this machine and of {server} differ too much; set this one",
}
"""What S3's error codes mean for whoever set the remote up; `{action}` is a key of the rights."""


def check_access(remote: Remote) -> None:
    """List the remote, then write, read and delete an object there.

    Raises:
        SneakersError: in one sentence what does not work and what to do; it never holds a key.
    """
    with _explained(remote, "list"):
        client = _client(remote)
        client.list_objects_v2(Bucket=remote.bucket, Prefix=f"{remote.prefix}/", MaxKeys=1)
    key = f"{remote.prefix}/.sneakers-access-{uuid.uuid4().hex}"
    with _explained(remote, "write"):
        client.put_object(Bucket=remote.bucket, Key=key, Body=_CONTENT)
    try:
        with _explained(remote, "read"):
            client.get_object(Bucket=remote.bucket, Key=key)["Body"].read()
    finally:
        with _explained(remote, "delete"):
            client.delete_object(Bucket=remote.bucket, Key=key)


def _client(remote: Remote) -> Any:
    """A client that signs and addresses as DVC's does, but soon gives up."""
    keys = [key.get_secret_value() for key in remote.credentials or ()]
    return get_session().create_client(
        "s3",
        endpoint_url=remote.endpoint,
        region_name=remote.region,
        aws_access_key_id=keys[0] if keys else None,
        aws_secret_access_key=keys[1] if keys else None,
        config=Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2}),
    )


@contextmanager
def _explained(remote: Remote, action: str) -> Iterator[None]:
    """Turn what the client raises into one sentence."""
    try:
        yield
    except s3_errors.ClientError as error:
        answer = error.response.get("Error", {})
        raise SneakersError(f"S3: {_refusal(remote, action, str(answer.get('Code', '')))}") from None
    except s3_errors.SSLError:
        raise SneakersError(
            f"S3: no secure connection with {remote.server}; if it is plain http, say so in S3_ENDPOINT_URL, if its"
            " certificate is your own, name that in AWS_CA_BUNDLE"
        ) from None
    except (s3_errors.ConnectionError, s3_errors.HTTPClientError):
        raise SneakersError(
            f"S3: {remote.server} is not reachable; check S3_ENDPOINT_URL and whether the server runs"
        ) from None
    except (s3_errors.BotoCoreError, ValueError) as error:  # what the client itself turns down, as http://:0
        raise SneakersError(f"S3: {remote.url} at {remote.server}: {' '.join(str(error).split())}") from None


def _refusal(remote: Remote, action: str, code: str) -> str:
    """The sentence for an error code of S3."""
    if code.isdigit():  # a status and no code of S3's
        return f"{remote.server} answers {code}, and not as an S3 server would; check S3_ENDPOINT_URL"
    sentence = _REFUSALS.get(code, "{server} could not {action} in {url} ({code}); see the server's log")
    return sentence.format(
        server=remote.server,
        bucket=remote.bucket,
        url=remote.url,
        where=f" --endpoint-url {remote.endpoint}" if remote.endpoint else "",
        action=action,
        right=_RIGHTS[action],
        code=code,
    )
