"""axe-core finds nothing serious in the states of the window: light and dark, on a phone and on a wide screen.

axe-core comes from npm (tests/axe.sh). The page runs no script but its own, so axe is evaluated by the browser's driver.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import screenshots

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN = """async (rules) => (await axe.run(document, {
    resultTypes: ["violations"], ...(rules ? {runOnly: {type: "rule", values: rules}} : {}),
})).violations"""
PHONE, WIDE = {"width": 360, "height": 780}, {"width": 1440, "height": 900}

Visit = Callable[..., "Page"]


def grave(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds serious or critical, by all its rules or these: rule, element and reason."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, rules)
    return [
        f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
        if (node.get("impact") or one["impact"]) in GRAVE
    ]


def in_all_editions(page: Page) -> list[str]:
    """All rules on a phone in the light and on a wide screen in the dark; colours in the other two."""
    found: list[str] = []
    for size, dark, rules in (
        (PHONE, False, None), (PHONE, True, ["color-contrast"]), (WIDE, True, None), (WIDE, False, ["color-contrast"]),
    ):  # fmt: skip
        page.set_viewport_size(size)
        if page.evaluate("document.body.classList.contains('dark')") != dark:
            page.evaluate("document.querySelector('.dl-theme').click()")
        found += [f"{size['width']} {'dark' if dark else 'light'}: {one}" for one in grave(page, rules)]
    return found


def unfolded(page: Page) -> None:
    """The answer with all that can be opened below it."""
    page.keyboard.press("Escape")
    page.get_by_text("What the question means").click()
    page.get_by_text("Export the conversation").click()
    page.locator(".dl-act.dl-down").first.click()
    page.locator("#dl-why-text").wait_for()


def adding(page: Page) -> None:
    screenshots.articles(page)
    page.get_by_role("button", name="Add articles").click()
    page.locator("#dl-files").wait_for()


def pasting(page: Page) -> None:
    page.get_by_role("tab", name="Text").click()
    page.locator("#dl-pasted").wait_for()
    page.get_by_text("The chart as a table").click()


def deleting(page: Page) -> None:
    page.get_by_role("tab", name="Ask").click()
    page.locator(".dl-drawer").click()
    page.locator("#dl-delete").click()
    page.locator("#dl-delete-yes").wait_for()


STATES = (
    screenshots.welcome, screenshots.article, unfolded, screenshots.timeline, adding, pasting, screenshots.settings,
    deleting,
)  # fmt: skip


def test_axe_finds_nothing_grave_in_any_state(visit: Visit) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core: run tests/axe.sh")
    page = visit(width=1440, height=900)
    found: list[str] = []
    for state in STATES:
        state(page)
        found += [f"{state.__name__}: {one}" for one in in_all_editions(page)]
    assert found == []


def test_axe_sees_what_is_wrong(visit: Visit) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core: run tests/axe.sh")
    page = visit()
    page.evaluate("document.querySelector('.dl-coverage').style.color = '#bbb'")
    page.evaluate("document.querySelector('.dl-theme').textContent = ''")
    page.evaluate("document.querySelector('.dl-theme').title = ''")
    assert {one.partition(":")[0] for one in grave(page)} == {"color-contrast", "button-name"}
