"""Which page an address opens, by what the browser has chosen, the setting says and the browser accepts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from window.doors import Doors


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def opened(path: str, setting: str | None = None, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=Doors(echo, setting))
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
