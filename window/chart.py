"""How many articles an archive has over time, by outlet: a chart drawn here, in SVG without a script.

Gradio's sanitiser takes `viewBox` and every aria attribute away. So the bars stand at percentages of the width, which
keeps letters their size on a phone, and what the chart shows is told in the name of the picture and in a table below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rag.store.listing import Span, Timeline
from window.markup import attribute, several, text_html

HEIGHT = 120  # of the bars, in pixels
HEAD = 14  # above them, for half a letter of the topmost number
FOOT = 22  # below them, for the dates
LABELS = 8  # dates under the bars at most
OTHERS = "other outlets"
_STEPS: Mapping[Span, tuple[int, ...]] = {
    "day": (1, 2, 7, 14), "month": (1, 2, 3, 6, 12), "year": (1, 2, 5, 10, 20, 50, 100),
}  # fmt: skip
_FORMATS: Mapping[Span, str] = {"day": "%d %b %Y", "month": "%b %Y", "year": "%Y"}


def chart_html(timeline: Timeline | None) -> str:
    """The chart with its title, axes and legend, and its numbers as a table; a line where nothing has a date."""
    if timeline is None:
        return '<div class="dl-chart-of dl-place">No dated articles to draw.</div>'
    totals = tuple(map(sum, zip(*(counts for _, counts in timeline.counts), strict=True)))
    top = _top(max(totals))
    title = f"Articles per {timeline.by} by outlet"
    missing = f" {several(timeline.undated, 'article')} without a date left out." if timeline.undated else ""
    return (
        f'<div class="dl-chart-of"><h3>{title}</h3>'
        f'<div class="dl-plot" role="img" title="{attribute(title + ": " + told(timeline, totals))}">'
        f"{_axis(top)}{_bars(timeline, totals, top)}</div>"
        f'<p class="dl-axis-name">articles published in each {timeline.by}.{missing}</p>'
        f"{_legend(timeline)}{_table(timeline, totals)}</div>"
    )


def told(timeline: Timeline, totals: Sequence[int]) -> str:
    """What the chart shows, in a sentence."""
    most = max(totals)
    when = _name(timeline.starts[totals.index(most)], timeline.by)
    span = f"{_name(timeline.starts[0], timeline.by)} to {_name(timeline.starts[-1], timeline.by)}"
    outlets = ", ".join(f"{source or OTHERS} {sum(counts)}" for source, counts in timeline.counts)
    return f"{several(sum(totals), 'article')}, {span}; most in {when} ({most}). {outlets}."


def _top(most: int) -> int:
    """The number at the top of the axis: 2, 4, 6, 8, 10, 20, 40 … so that its half is whole."""
    return next(n * 10**k for k in range(12) for n in (2, 4, 6, 8, 10) if n * 10**k >= most)


def _axis(top: int) -> str:
    marks = "".join(
        f'<text x="100%" y="{HEAD + HEIGHT * (1 - part / 2) + 4:.0f}" text-anchor="end">{top * part // 2:,}</text>'
        for part in (0, 1, 2)
    )
    return f'<svg class="dl-axis" width="34" height="{HEAD + HEIGHT + FOOT}">{marks}</svg>'


def _bars(timeline: Timeline, totals: Sequence[int], top: int) -> str:
    slot = 100 / len(totals)
    width = slot * (0.8 if slot > 1 else 1)
    lines = "".join(
        f'<line x1="0" x2="100%" y1="{HEAD + HEIGHT * part / 2:.0f}" y2="{HEAD + HEIGHT * part / 2:.0f}"></line>'
        for part in (0, 1, 2)
    )
    bars = []
    for at, start in enumerate(timeline.starts):
        height = 0
        for number, (source, counts) in enumerate(timeline.counts):
            if not counts[at]:
                continue
            tall = HEIGHT * counts[at] / top
            below = HEIGHT * height / top
            said = f"{_name(start, timeline.by)}, {source or OTHERS}: {counts[at]} of {totals[at]}"
            bars.append(
                f'<rect class="dl-hue{_hue(number, source)}" x="{slot * at + (slot - width) / 2:.3f}%" width="{width:.3f}%" '
                f'y="{HEAD + HEIGHT - below - tall:.1f}" height="{tall:.1f}"><title>{text_html(said)}</title></rect>'
            )
            height += counts[at]
    return (
        f'<svg class="dl-bars" width="100%" height="{HEAD + HEIGHT + FOOT}">{lines}{"".join(bars)}'
        f"{_dates(timeline, slot)}</svg>"
    )


def _dates(timeline: Timeline, slot: float) -> str:
    """Some of the stretches' names; every second one gives way on a narrow screen."""
    by, starts = timeline.by, timeline.starts
    step = next((s for s in _STEPS[by] if len(starts) / s <= LABELS), _STEPS[by][-1])
    named = [n for n, start in enumerate(starts) if _counted(start, by) % step == 0] or [0]
    return "".join(
        f'<text class="{"dl-minor" if i % 2 else ""}" x="{slot * (n + 0.5):.3f}%" y="{HEAD + HEIGHT + 16}" '
        f'text-anchor="middle">{_name(starts[n], by)}</text>'
        for i, n in enumerate(named)
    )


def _counted(start: dt.date, by: Span) -> int:
    return {"day": start.toordinal(), "month": start.month - 1, "year": start.year}[by]


def _legend(timeline: Timeline) -> str:
    entries = "".join(
        f'<li><span class="dl-swatch dl-hue{_hue(number, source)}"></span>{text_html(source or OTHERS)}</li>'
        for number, (source, _) in enumerate(timeline.counts)
    )
    return f'<ul class="dl-legend">{entries}</ul>'


def _table(timeline: Timeline, totals: Sequence[int]) -> str:
    """The numbers of the stretches that have any, newest first."""
    heads = "".join(f'<th scope="col">{text_html(source or OTHERS)}</th>' for source, _ in timeline.counts)
    rows = "".join(
        f'<tr><th scope="row">{_name(timeline.starts[at], timeline.by)}</th>'
        f"{''.join(f'<td>{counts[at]:,}</td>' for _, counts in timeline.counts)}<td>{totals[at]:,}</td></tr>"
        for at in reversed(range(len(totals)))
        if totals[at]
    )
    return (
        '<details class="dl-more"><summary>The chart as a table</summary><div class="dl-wide"><table class="dl-numbers">'
        f'<thead><tr><th scope="col">{timeline.by}</th>{heads}<th scope="col">all</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _hue(number: int, source: str | None) -> str:
    return str(number) if source is not None else "-rest"


def _name(start: dt.date, by: Span) -> str:
    return start.strftime(_FORMATS[by]).lstrip("0")
