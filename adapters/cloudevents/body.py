"""How bodies are written and read: strict JSON instead of the library's lenient one."""

from typing import Any

from cloudevents.core.formats.json import JSONFormat

from core.kernel import strict_json
from core.kernel.trouble import Malformed


class StrictJsonBody(JSONFormat):
    """The library falls back to text for what is no JSON; here that is `Malformed`."""

    def write_data(self, data: Any, datacontenttype: str | None) -> bytes:  # noqa: ARG002
        return strict_json.dump(data)

    def read_data(self, body: bytes, datacontenttype: str | None) -> Any:
        if (datacontenttype or "").partition(";")[0].strip().lower() != self.DEFAULT_CONTENT_TYPE:
            raise Malformed(f"the content type is not {self.DEFAULT_CONTENT_TYPE}")
        return strict_json.parse(body)
