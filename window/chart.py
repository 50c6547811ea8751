"""How many articles an archive has over time, by outlet: a chart drawn here, in SVG without a script.

Gradio's sanitiser takes `viewBox` and every aria attribute away. So the bars stand at percentages of the width, which
keeps letters their size on a phone, and what the chart shows is told in the name of the picture and in a table below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rag.store.listing import UNKNOWN, Span, Timeline
from window.markup import attribute, text_html
from window.words import ENGLISH, Words

HEIGHT = 120  # of the bars, in pixels
HEAD = 14  # above them, for half a letter of the topmost number
FOOT = 22  # below them, for the dates
LABELS = 8  # dates under the bars at most
_STEPS: Mapping[Span, tuple[int, ...]] = {
    "day": (1, 2, 7, 14), "month": (1, 2, 3, 6, 12), "year": (1, 2, 5, 10, 20, 50, 100),
}  # fmt: skip


def chart_html(timeline: Timeline | None, words: Words = ENGLISH) -> str:
    """The chart with its title, axes and legend, and its numbers as a table; a line where nothing has a date."""
    if timeline is None:
        return f'<div class="dl-chart-of dl-place">{words.no_dated}</div>'
    totals = tuple(map(sum, zip(*(counts for _, counts in timeline.counts), strict=True)))
    top = _top(max(totals))
    title, axis = getattr(words, f"chart_{timeline.by}"), getattr(words, f"axis_{timeline.by}")
    missing = f" {words.several(timeline.undated, words.undated)}" if timeline.undated else ""
    return (
        f'<div class="dl-chart-of"><h2>{title}</h2>'
        f'<div class="dl-plot" role="img" title="{attribute(title + ": " + told(timeline, totals, words))}">'
        f"{_axis(top, words)}{_bars(timeline, totals, top, words)}</div>"
        f'<p class="dl-axis-name">{axis}.{missing}</p>'
        f"{_legend(timeline, words)}{_table(timeline, totals, words)}</div>"
    )


def told(timeline: Timeline, totals: Sequence[int], words: Words = ENGLISH) -> str:
    """What the chart shows, in a sentence."""
    most = max(totals)
    ends = (timeline.starts[0], timeline.starts[-1], timeline.starts[totals.index(most)])
    first, last, when = (words.stretch(start, timeline.by) for start in ends)
    outlets = ", ".join(f"{_outlet(source, words)} {sum(counts)}" for source, counts in timeline.counts)
    articles = words.several(sum(totals), words.articles)
    return words.chart_told.format(
        articles=articles, first=first, last=last, when=when, most=words.number(most), outlets=outlets
    )


def _top(most: int) -> int:
    """The number at the top of the axis: 2, 4, 6, 8, 10, 20, 40 … so that its half is whole."""
    return next(n * 10**k for k in range(12) for n in (2, 4, 6, 8, 10) if n * 10**k >= most)


def _axis(top: int, words: Words) -> str:
    marks = "".join(
        f'<text x="100%" y="{HEAD + HEIGHT * (1 - part / 2) + 4:.0f}" text-anchor="end">{words.number(top * part // 2)}</text>'
        for part in (0, 1, 2)
    )
    return f'<svg class="dl-axis" width="34" height="{HEAD + HEIGHT + FOOT}">{marks}</svg>'


def _bars(timeline: Timeline, totals: Sequence[int], top: int, words: Words) -> str:
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
            part = words.chart_part.format(n=words.number(counts[at]), all=words.number(totals[at]))
            said = f"{words.stretch(start, timeline.by)}, {_outlet(source, words)}: {part}"
            bars.append(
                f'<rect class="dl-hue{_hue(number, source)}" x="{slot * at + (slot - width) / 2:.3f}%" width="{width:.3f}%" '
                f'y="{HEAD + HEIGHT - below - tall:.1f}" height="{tall:.1f}"><title>{text_html(said)}</title></rect>'
            )
            height += counts[at]
    return (
        f'<svg class="dl-bars" width="100%" height="{HEAD + HEIGHT + FOOT}">{lines}{"".join(bars)}'
        f"{_dates(timeline, slot, words)}</svg>"
    )


def _dates(timeline: Timeline, slot: float, words: Words) -> str:
    """Some of the stretches' names; every second one gives way on a narrow screen."""
    by, starts = timeline.by, timeline.starts
    step = next((s for s in _STEPS[by] if len(starts) / s <= LABELS), _STEPS[by][-1])
    named = [n for n, start in enumerate(starts) if _counted(start, by) % step == 0] or [0]
    return "".join(
        f'<text class="{"dl-minor" if i % 2 else ""}" x="{slot * (n + 0.5):.3f}%" y="{HEAD + HEIGHT + 16}" '
        f'text-anchor="middle">{words.stretch(starts[n], by)}</text>'
        for i, n in enumerate(named)
    )


def _counted(start: dt.date, by: Span) -> int:
    return {"day": start.toordinal(), "month": start.month - 1, "year": start.year}[by]


def _legend(timeline: Timeline, words: Words) -> str:
    entries = "".join(
        f'<li><span class="dl-swatch dl-hue{_hue(number, source)}"></span>{text_html(_outlet(source, words))}</li>'
        for number, (source, _) in enumerate(timeline.counts)
    )
    return f'<ul class="dl-legend">{entries}</ul>'


def _table(timeline: Timeline, totals: Sequence[int], words: Words) -> str:
    """The numbers of the stretches that have any, newest first."""
    by = getattr(words, f"by_{timeline.by}")
    heads = "".join(f'<th scope="col">{text_html(_outlet(source, words))}</th>' for source, _ in timeline.counts)
    rows = "".join(
        f'<tr><th scope="row">{words.stretch(timeline.starts[at], timeline.by)}</th>'
        f"{''.join(f'<td>{words.number(counts[at])}</td>' for _, counts in timeline.counts)}<td>{words.number(totals[at])}</td></tr>"
        for at in reversed(range(len(totals)))
        if totals[at]
    )
    return (
        f'<details class="dl-more"><summary>{words.chart_table}</summary><div class="dl-wide"><table class="dl-numbers">'
        f'<thead><tr><th scope="col">{by}</th>{heads}<th scope="col">{words.all}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _outlet(source: str | None, words: Words) -> str:
    """The outlet's name, or what stands for those that are not known or drawn together."""
    return words.unknown_outlet if source == UNKNOWN else source or words.other_outlets


def _hue(number: int, source: str | None) -> str:
    return str(number) if source is not None else "-rest"
