"""What an address itself says: its canonical form, its host, and a date in its path.

canonical("HTTPS://News.example:443/a/?utm_source=x&id=7#top")  ->  "https://news.example/a?id=7"
date_in("https://news.example/2024/11/19/visit")                ->  2024-11-19
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# Parameters that say how a reader came, not what is read.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ysclid|igshid|mc_cid|mc_eid|mkt_tok|ocid|cmpid|ncid|"
    r"smid|sref|ref|ref_src|ref_url|referrer|at_\w+|_ga|_gl|twclid|ttclid|vero_id|_hsenc|_hsmi|ito|partner|share",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?!\d)")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = re.compile(r"/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/", re.IGNORECASE)
_PACKED_DATE = re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_.-]|$)")


def canonical(url: str | None) -> str | None:
    """`url` as one spelling of its article; None where it is no http address.

    Lower-case host, no default port, no fragment, no tracking parameters (the others sorted), no slash at the end.
    """
    try:
        parts = urlsplit((url or "").strip())
        port = parts.port
    except ValueError:
        return None
    scheme, name = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS or not name:
        return None
    name = f"[{name}]" if ":" in name else name
    place = name if port in (None, _PORTS[scheme]) else f"{name}:{port}"
    kept = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k))
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/")
    return urlunsplit((scheme, place, path or "/", urlencode(kept), ""))


def host(url: str | None) -> str | None:
    """The host of `url` without "www.": what stands for an outlet that is not named."""
    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return name.removeprefix("www.") or None if name else None


def date_in(url: str | None) -> dt.date | None:
    """The day that the path of `url` names, or None; a year and month alone are no date."""
    try:
        path = urlsplit(url or "").path
    except ValueError:
        return None
    path = _MONTH.sub(lambda m: f"/{_MONTHS.index(m[1].lower()) // 3 + 1}/", path)
    for pattern, groups in ((_DATE, (1, 3, 4)), (_PACKED_DATE, (1, 2, 3))):
        for match in pattern.finditer(path):
            try:
                day = dt.date(*(int(match[g]) for g in groups))
            except ValueError:
                continue
            if day <= dt.date.today() + dt.timedelta(days=2):
                return day
    return None
