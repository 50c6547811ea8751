"""Which page an address opens, by what the browser has chosen, the setting says and the browser accepts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from rag.errors import UsageError
from window.doors import Door, Doors, called, doors, ways


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def opened(
    path: str, setting: str | None = None, archives: tuple[str, ...] = ("",), **headers: str
) -> httpx.Response:
    transport = httpx.ASGITransport(app=Doors(echo, archives, setting))
    async with httpx.AsyncClient(transport=transport, base_url="http://window") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.get(path, headers={"accept": "text/html,*/*", **named})


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "setting", "headers", "to"),
    [
        ("/", None, {}, None),
        ("/", None, {"accept_language": "ru,en;q=0.5"}, "/ru/"),
        ("/?conversation=abc&x=%D0%B0", None, {"accept_language": "kk"}, "/kk/?conversation=abc&x=%D0%B0"),
        ("/ru/?conversation=abc", None, {"accept_language": "sr"}, "/sr/?conversation=abc"),
        ("/ru", None, {"accept_language": "en"}, "/"),
        ("/ru", None, {"accept_language": "ru"}, "/ru/"),
        ("/sr/", None, {"accept_language": "sr"}, None),
        ("/", "kk", {"accept_language": "ru"}, "/kk/"),
        ("/", "kk", {"accept_language": "ru", "cookie": "a=b; dateline-language=sr"}, "/sr/"),
        ("/", None, {"accept_language": "ru", "cookie": "dateline-language=en"}, None),
        ("/", None, {"accept_language": "ru", "cookie": "dateline-language=../../evil"}, "/ru/"),
        ("/", "ru", {"accept": "application/json"}, None),
        ("/config", "ru", {}, None),
        ("/gradio_api/info", "ru", {}, None),
    ],
)
async def test_a_browser_is_led_to_its_language_and_programs_are_not(
    path: str, setting: str | None, headers: dict[str, str], to: str | None
) -> None:
    answer = await opened(path, setting, **headers)
    assert (answer.status_code, answer.headers.get("location")) == ((307, to) if to else (200, None))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "headers", "to"),
    [
        ("/", {}, "/in/news/"),
        ("/", {"accept_language": "sr"}, "/in/news/sr/"),
        ("/in/sports", {}, "/in/sports/"),
        ("/in/sports/?conversation=abc", {}, None),
        ("/in/sports/?conversation=abc", {"accept_language": "kk"}, "/in/sports/kk/?conversation=abc"),
        ("/in/other/", {"accept_language": "kk"}, None),
    ],
)
async def test_an_archive_stays_what_its_address_says(path: str, headers: dict[str, str], to: str | None) -> None:
    answer = await opened(path, None, ("news", "sports"), **headers)
    assert (answer.status_code, answer.headers.get("location")) == ((307, to) if to else (200, None))


def test_archives_are_called_by_their_folders() -> None:
    assert called(["news"]) == {"": "news"}
    found = called(["news", "Local papers", "Жаңалық"])
    assert list(found.values()) == ["news", "Local papers", "Жаңалық"]
    assert list(found)[:2] == ["news", "local-papers"]
    assert list(called(["x", "Жаңалық"]))[1] == list(found)[2]  # whatever stands beside it
    with pytest.raises(UsageError, match="rename"):
        called(["news", "News"])


def test_every_page_leads_to_every_archive() -> None:
    archives = called(["news", "sports"])
    for door in doors(list(archives)):
        found = ways(archives, door)
        assert [httpx.URL(f"http://window{door.path}/").join(way.href).path for way in found] == [
            "/in/news/",
            "/in/sports/",
        ]
        assert [way.here for way in found] == [door.archive == "news", door.archive == "sports"]
    assert ways(called(["news"]), Door()) == ()
