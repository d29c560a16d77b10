"""All that a page may fetch: the assets it ships with."""

import re
from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

_ASSET = re.compile(r"asset:([a-z0-9-]+)")


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """Serves `asset:NAME` out of a table in memory. Every other URL, whatever its scheme, is an error."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False)
        self._assets = assets

    def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
        match = _ASSET.fullmatch(url)
        if match is None or match[1] not in self._assets:
            raise ValueError("not one of our assets")
        content, media_type = self._assets[match[1]]
        return URLFetcherResponse(url, content, {"Content-Type": media_type})
