"""The core's `Bucket` over obstore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote

import obstore
from obstore import exceptions
from obstore.store import LocalStore

from adapters.storage.keys import readable, writable
from adapters.storage.links import Links
from adapters.storage.places import Store, place
from core.kernel.secret import Secret
from core.kernel.trouble import Conflict, NotFound, Unavailable

_PROBE = "readiness-probe"


class ObstoreBucket:
    """A file is created once and never changed. What a store does not answer well is `Unavailable`."""

    def __init__(self, store: Store, links: Links) -> None:
        self._store = store
        self._links = links

    @classmethod
    def open(cls, url: str, secret: Secret[str], files_url: str) -> "ObstoreBucket":
        """See `place` for the URL. `secret` signs the links of a folder, which are served under `files_url`."""
        return cls(*place(url, secret, files_url))

    async def put_once(self, key: str, content: bytes, media_type: str, filename: str) -> None:
        attributes = {"Content-Type": media_type, "Content-Disposition": disposition(filename)}
        try:
            with _trouble():
                await obstore.put_async(
                    self._store,
                    writable(key),
                    content,
                    mode="create",
                    use_multipart=False,
                    attributes=None if isinstance(self._store, LocalStore) else attributes,
                )
        except Conflict:
            await self._same(key, content)
        except NotFound as error:
            raise Unavailable("the bucket is not there") from error

    async def get(self, key: str) -> bytes:
        with _trouble():
            found = await obstore.get_async(self._store, readable(key))
            return bytes(await found.bytes_async())

    async def signed_url(self, key: str, filename: str, lifetime: timedelta) -> str:
        with _trouble():
            return await self._links.url(readable(key), filename, lifetime)

    def verify(self, key: str, filename: str, expires: str, signature: str) -> bool:
        """Whether a link that came back is one of ours and still good. Always no for S3, which serves its own."""
        return self._links.verify(key, filename, expires, signature)

    async def keys(self) -> list[str]:
        with _trouble():
            return sorted(entry["path"] for entry in await obstore.list(self._store).collect_async())

    async def check(self) -> None:
        """Reaches the bucket with our rights. Raises `Unavailable`."""
        if isinstance(self._store, LocalStore) and not (self._store.prefix and self._store.prefix.is_dir()):
            raise Unavailable("the bucket's folder is not there")
        try:
            await self.get(_PROBE)
        except NotFound:
            return

    async def _same(self, key: str, content: bytes) -> None:
        if sha256(await self.get(key)).digest() != sha256(content).digest():
            raise Conflict("the file is there with other contents")


def disposition(filename: str) -> str:
    """To be saved under this name (RFC 6266), whatever characters are in it."""
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"


@contextmanager
def _trouble() -> Iterator[None]:
    """A missing bucket is no missing file; beside that, stores tell apart what is there and what is not."""
    try:
        yield
    except exceptions.AlreadyExistsError as error:
        raise Conflict("the file is there already") from error
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        if "NoSuchBucket" in str(error):
            raise Unavailable("the bucket is not there") from error
        raise NotFound("there is no such file") from error
    except (exceptions.BaseError, OSError) as error:
        raise Unavailable(f"the storage does not answer well: {type(error).__name__}") from error
