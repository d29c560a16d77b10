"""The page at `/` of `billow up`: what runs here, and lines to paste."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from aiohttp import web

from entrypoints.samples import samples

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Billow</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 3rem auto; padding: 0 1rem; color: #123 }}
h1 {{ margin-bottom: 0 }} h2 {{ margin-top: 2rem }} code, pre {{ font: 13px/1.5 ui-monospace, monospace }}
pre {{ background: #f2f5f7; padding: .7rem 1rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }}
table {{ border-collapse: collapse }} td {{ padding: .15rem 1.5rem .15rem 0 }} a {{ color: #06c }}
</style></head><body>
<h1>Billow</h1><p>charges subscribers on time, once, and can prove it. Every role runs in this one process.</p>
<h2>What runs here</h2><table>{rows}</table>
<p><a href="/openapi.json">The API (OpenAPI 3.1)</a> · <a href="/readyz">ready?</a> · <a href="/metrics">metrics</a></p>
<p>Invoices, mails and texts are files below <code>{home}</code>.</p>
<h2>Bill a first subscriber</h2><p>Paste these into a shell in the project's folder.</p>{lines}
<p>Or bring in two hundred: <code>.venv/bin/billow import examples/subscribers.csv</code></p>
</body></html>"""


def start_page(url: str, home: Path, roles: Sequence[tuple[str, str]]) -> web.RouteDef:
    """`roles`: each role that runs, and what it does."""
    rows = "".join(f"<tr><td><b>{escape(name)}</b><td>{escape(what)}</tr>" for name, what in roles)
    lines = "".join(f"<p>{escape(s.what)}:</p><pre>{escape(s.line)}</pre>" for s in samples(url))
    page = _PAGE.format(rows=rows, home=escape(str(home)), lines=lines)

    async def show(_request: web.Request) -> web.Response:
        policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    return web.get("/", show)
