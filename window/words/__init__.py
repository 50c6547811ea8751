"""What the window says, in each of its languages: one file of words a language, the same keys in all of them.

    words_of("ru").ask                               ->  "Спросить"
    ENGLISH.several(2000, ENGLISH.articles)          ->  "2,000 articles"
    words_of("sr").day(datetime.date(2024, 11, 19))  ->  "19. novembar 2024."

Words are only the window's: questions, answers and articles stay in their language, and so does what the archive says.
Gradio's own `gr.I18n` translates labels alone, by the browser's locale alone, without plurals; most of the window is
HTML that the server makes, so all of it takes its words from here, and a page is built for each language.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

# code -> locale; Serbian is written in the Latin script
LOCALES: Mapping[str, str] = {"en": "en_GB", "ru": "ru", "kk": "kk", "sr": "sr_Latn"}
COOKIE = "dateline-language"  # where a browser keeps what was chosen in it
Forms = Mapping[str, str]  # by plural category
_SKELETONS = {"day": "yMMMd", "month": "yMMM", "year": "y"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; a file with a key more or a key less cannot be loaded."""

    code: str
    name: str

    # counted: forms by CLDR's plural categories
    articles: Forms
    outlets_counted: Forms
    passages_counted: Forms
    questions_counted: Forms
    sources_counted: Forms
    characters: Forms

    # the page
    tab_ask: str
    tab_articles: str
    tab_settings: str
    empty_archive: str
    answers_by: str
    answers_own: str
    light_or_dark: str
    archives: str
    archive_here: str
    note: str
    not_done: str
    no_date: str
    from_to: str
    unknown_outlet: str
    fault: str
    copied: str
    not_copied: str

    # asking
    conversation: str
    welcome: str
    welcome_more: str
    begin_adding: str
    looking_examples: str
    question: str
    question_hint: str
    ask: str
    stop: str
    new: str
    why: str
    why_hint: str
    save: str
    close: str
    kept_thanks: str
    not_kept_judged: str
    editing: str
    editing_later: Forms
    do_not_edit: str
    meaning: str
    published_from: str
    published_until: str
    as_of: str
    outlets: str
    authors: str
    kind: str
    as_asked: str

    # what was understood
    kind_fact: str
    kind_list: str
    kind_yes_no: str
    kind_comparison: str
    kind_said: str
    kind_timeline: str
    kind_latest: str
    kind_count: str
    kind_definition: str
    kind_summary: str
    chip_searched: str
    chip_on: str
    chip_since: str
    chip_until: str
    chip_as_of: str
    chip_from: str
    chip_by: str
    chip_hold: str
    chip_counted: str
    group_source: str
    group_month: str
    group_year: str
    group_day: str
    group_week: str
    group_author: str
    group_language: str
    either: str
    change: str
    change_title: str
    ask_without: str
    ask_without_title: str

    # an answer
    partly: str
    unsupported: str
    save_csv: str
    save_png: str
    counted_in_catalog: str
    in_own_words: str
    written_by: str
    counting: str
    reading_passages: str
    searching: str
    in_line: Forms
    line_full: str
    left_line: str
    incomplete: str
    not_answered: str
    no_answer: str
    evidence_number: str
    took: str
    rests_on_none: str
    rests_on: str
    rests_independent: str
    searched: str
    searched_of: str
    newest: str
    undated_left_out: str
    not_kept: str

    # below an answer
    copy: str
    copy_title: str
    ask_again: str
    ask_again_title: str
    edit: str
    edit_title: str
    good: str
    good_title: str
    bad: str
    bad_title: str
    your_verdict: str
    ask_next: str
    export: str
    form: str
    show: str
    download: str
    text_to_copy: str

    # evidence
    evidence: str
    evidence_empty: str
    further_passages: Forms
    not_cited: Forms
    same_words: Forms
    back_to_answer: str
    read_whole: str
    articles_of_list: Forms
    further_of_list: Forms
    left_archive: str
    original_at: str
    from_file: str
    no_original: str
    nearest_passages: str
    no_passages: str
    passages_found: str
    do_not_answer: str
    for_question: str

    # conversations
    conversations: str
    new_conversation: str
    search_conversations: str
    conversations_newest: str
    rename: str
    delete: str
    name_of_conversation: str
    delete_for_good: str
    keep_it: str
    no_conversation: str
    conversation_not_found: str
    conversation_not_here: str
    conversation_deleted: str
    since_changed: str
    since_removed: str

    # adding articles
    add_articles: str
    way_files: str
    way_text: str
    way_addresses: str
    files_label: str
    text_label: str
    title_optional: str
    outlet_optional: str
    date_optional: str
    addresses_label: str
    add_to_archive: str
    cancel: str
    may_not: str
    looking: str
    waiting_turn: str
    pasted_text: str
    nothing_given: str
    too_many: str
    not_an_address: str
    no_loader: str
    no_loader_bare: str
    no_day: str
    no_sure_day: str
    text_empty: str
    text_too_long: str
    reading_sources: str
    failed_counted: str
    seconds_left: str
    now_reading: str
    was_added: Forms
    was_updated: Forms
    was_unchanged: Forms
    was_removed: Forms
    none_added: str
    in_seconds: str
    cancelled: str
    further_sources: Forms
    added: str
    updated: str
    unchanged: str
    several_of: str
    more_reasons: str
    not_read: str
    partly_read: str
    nothing_in_it: str

    # the list of articles
    search_articles: str
    languages: str
    since: str
    until: str
    previous: str
    next: str
    no_articles_yet: str
    no_articles_more: str
    nothing_found: str
    nothing_found_more: Forms
    no_articles: str
    place: str
    head_date: str
    head_source: str
    head_title: str
    head_language: str
    head_length: str
    sorted_ascending: str
    sorted_descending: str
    ascending: str
    descending: str
    unknown: str
    untitled: str

    # the chart
    no_dated: str
    chart_day: str
    chart_month: str
    chart_year: str
    axis_day: str
    axis_month: str
    axis_year: str
    undated: Forms
    other_outlets: str
    chart_told: str
    chart_part: str
    chart_table: str
    by_day: str
    by_month: str
    by_year: str
    all: str

    # an article
    article: str
    article_empty: str
    updated_on: str
    back_to_list: str
    close_article: str
    no_date_stated: str
    date_found_in: str
    cited_here: Forms
    cited_gone: Forms
    speaker_unclear: str
    quotations: str
    near_copy: str
    same_wording: str
    similar_articles: str
    changed_times: Forms
    where_found: str
    fact_title: str
    fact_date: str
    fact_updated: str
    fact_source: str
    fact_author: str
    same_text_from: str
    remove: str
    gone_already: str
    is_back: str
    is_back_already: str
    removed: str
    undo: str

    # settings
    your_choices: str
    your_choices_more: str
    language: str
    choose_passages: str
    choose_support: str
    choose_support_more: str
    support_lenient: str
    support_usual: str
    support_strict: str
    choose_model: str
    choose_model_more: str
    model_embedded: str
    choose_theme: str
    theme_system: str
    theme_light: str
    theme_dark: str
    setting_show_unsupported: str
    in_force: str
    in_force_more: str
    set: str
    unset: str
    test_model: str
    testing_model: str
    no_model: str
    model_here: str
    model_there: str
    setting_model: str
    setting_model_url: str
    setting_model_key: str
    setting_deadline: str
    setting_passages: str
    setting_passages_per_article: str
    setting_evidence_words: str
    setting_abstain_below: str
    setting_rerank: str
    setting_embedder: str
    setting_language: str

    def several(self, number: int, forms: Forms, **parts: Any) -> str:
        """several(1, articles) -> "1 article"; the form is chosen by the language's rule of plurals."""
        category = _locale(self.code).plural_form(number)
        form = forms[category] if category in forms else forms["other"]
        return form.format(n=self.number(number), **parts)

    def number(self, number: int) -> str:
        """number(2000) -> "2,000" """
        return format_decimal(number, locale=_locale(self.code))

    def seconds(self, seconds: float) -> str:
        """seconds(1.25) -> "1.2" """
        return format_decimal(seconds, format="0.0", locale=_locale(self.code))

    def share(self, share: float) -> str:
        """share(0.931) -> "93%" """
        return format_percent(share, format="0%", locale=_locale(self.code))

    def day(self, date: dt.date | None) -> str:
        """ "19 November 2024"; "no date" where none is known."""
        return format_date(date, "long", locale=_locale(self.code)) if date else self.no_date

    def days(self, first: dt.date | None, last: dt.date | None) -> str:
        """ "6 February 2023 to 3 March 2025"; empty where nothing is dated."""
        if first is None or last is None:
            return ""
        if first == last:
            return self.day(first)
        return self.from_to.format(first=self.day(first), last=self.day(last))

    def stretch(self, start: dt.date, by: str) -> str:
        """A day, month or year in short: "19 Nov 2024", "Nov 2024", "2024"."""
        return str(start.year) if by == "year" else format_skeleton(_SKELETONS[by], start, locale=_locale(self.code))

    def named(self, code: str | None) -> str:
        """named("kk") -> "Kazakh"; a code that nobody knows stays a code."""
        return _locale(self.code).languages.get(code or "", code or "").removesuffix(" тілі")


@cache
def words_of(code: str) -> Words:
    """The words of one of LOCALES."""
    given = tomllib.loads((Path(__file__).parent / f"{code}.toml").read_text(encoding="utf-8"))
    return Words(code=code, **given)


def language_for(kept: str | None, setting: str | None, accepted: str | None) -> str:
    """The language of a page: what was chosen in the browser, else the setting, else the first that it accepts.

    language_for(None, None, "de,ru;q=0.8,en;q=0.5")  ->  "ru"
    """
    for code in (kept, setting, *_accepted(accepted or "")):
        if code in LOCALES:
            return code
    return "en"


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    found: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";")
        wanted = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", quality) if quality else None
        if tag and (not quality or wanted):
            found.append((float(wanted[1]) if wanted else 1.0, tag.partition("-")[0].lower()))
    return [code for weight, code in sorted(found, key=lambda pair: -pair[0]) if weight > 0]


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(LOCALES[code])


ENGLISH = words_of("en")
