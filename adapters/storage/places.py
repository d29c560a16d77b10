"""From a bucket's URL to its store."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from obstore.store import LocalStore, S3Store

from adapters.storage.links import Links, PresignedLinks, SignedLinks
from core.kernel.secret import Secret

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

Store = LocalStore | S3Store
_TIMEOUT, _RETRIES = 10.0, 2


def place(url: str, secret: Secret[str], files_url: str) -> tuple[Store, Links]:
    """`file:///folder`, or `s3://[key:secret@]bucket?region=…&endpoint=…&public_endpoint=…&timeout=…`.

    Without a key in the URL the usual AWS_… variables and instance roles count. Browsers are sent to
    `public_endpoint`, if the server is known to them by another name. `timeout` is in seconds, for one try.
    Raises `ValueError` for any other URL."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        folder = LocalStore(Path(unquote(parts.path)), mkdir=True)
        return folder, SignedLinks(files_url, Secret(secret.reveal().encode()))
    if parts.scheme == "s3" and parts.hostname:
        options = dict(parse_qsl(parts.query))
        public = options.pop("public_endpoint", options.get("endpoint", ""))
        return _s3(parts, options), PresignedLinks(_s3(parts, options | {"endpoint": public}))
    raise ValueError("a bucket is file:///folder or s3://bucket?endpoint=…&region=…")


def _s3(parts: SplitResult, options: Mapping[str, str]) -> S3Store:
    unknown = options.keys() - {"endpoint", "region", "timeout"}
    if unknown:
        raise ValueError(f"a bucket's URL knows no {', '.join(sorted(unknown))}")
    endpoint = options.get("endpoint", "")
    config: S3Config = {"bucket": str(parts.hostname), "virtual_hosted_style_request": not endpoint}
    if endpoint:
        config["endpoint"] = endpoint
    if region := options.get("region"):
        config["region"] = region
    if parts.username and parts.password:
        config["access_key_id"], config["secret_access_key"] = unquote(parts.username), unquote(parts.password)
    seconds = float(options.get("timeout", _TIMEOUT))
    client: ClientConfig = {
        "allow_http": endpoint.startswith("http:"),
        "connect_timeout": timedelta(seconds=min(3.0, seconds)),
        "timeout": timedelta(seconds=seconds),
    }
    retries: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=2 * seconds)}
    return S3Store(config=config, client_options=client, retry_config=retries)
