"""Files of a bucket that is a folder, for whoever holds a signed link. S3 serves its own."""

from aiohttp import web

from adapters.storage.bucket import ObstoreBucket, disposition
from core.kernel.trouble import NotFound
from entrypoints.http.kit import HttpProblem

PATH = "/v1/files/{key:.+}"


def files_routes(bucket: ObstoreBucket) -> list[web.RouteDef]:
    async def file(request: web.Request) -> web.Response:
        key, query = request.match_info["key"], request.query
        filename, expires, signature = (query.get(name, "") for name in ("filename", "expires", "signature"))
        if not bucket.verify(key, filename, expires, signature):
            raise HttpProblem(403, "This link is not ours, or its time is over.", kind="link-expired")
        try:
            content = await bucket.get(key)
        except NotFound as error:
            raise HttpProblem(404) from error
        headers = {"Content-Disposition": disposition(filename), "Cache-Control": "private, no-store"}
        return web.Response(body=content, content_type="application/pdf", headers=headers)

    return [web.get(PATH, file)]
