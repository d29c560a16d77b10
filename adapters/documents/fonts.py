"""The fonts we ship. Fontconfig is told of them by file, so no copy is made and no worker leaves one behind."""

from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

LATIN, ARABIC, CJK = "Fira Sans", "IBM Plex Sans Arabic", "Noto Sans CJK JP"

_PROLOGUE = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
_SHIPPED = ("fontpkg_fira_sans", "fontpkg_ibm_plex_sans_arabic", "noto_cjk_sans_jp_regular")
_SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
"""Only for scripts ours do not cover: families are asked for by name, and ours are listed first."""


def families(rtl: bool) -> str:
    """A CSS font-family list; Arabic pages take their figures from the Arabic face."""
    order = (ARABIC, LATIN, CJK) if rtl else (LATIN, ARABIC, CJK)
    return ", ".join(f'"{family}"' for family in order)


def write_font_config(folder: Path) -> Path:
    """A fonts.conf for `FONTCONFIG_FILE`; its cache lives in `folder` too."""
    folders = [*(_shipped(package) for package in _SHIPPED), *_SYSTEM]
    dirs = "".join(f"<dir>{escape(name)}</dir>" for name in folders)
    cache = f"<cachedir>{escape(str(folder / 'cache'))}</cachedir>"
    path = folder / "fonts.conf"
    path.write_text(f"{_PROLOGUE}<fontconfig>{dirs}{cache}</fontconfig>", "utf-8")
    return path


def _shipped(package: str) -> str:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the font package {package} is not installed")
    return str(Path(spec.origin).parent)
