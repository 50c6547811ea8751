"""BM25 over FTS5: the rarest words of a question first, within a budget of postings.

    expression("floods in Kazakhstan")   ->   '"floods" OR "kazakhstan"'

Scoring every passage that holds a common word is what makes a long question slow. Rare words
decide BM25, so words are taken from the rarest on until BUDGET postings are spent (24 ms against
53 ms over 57,000 passages, at the same hit@50). A word is asked for in every form that its language
may give it (`stems.alternatives`); what the archive does not hold costs nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

from rag.store.catalog import Catalog, Filter
from rag.store.stems import alternatives, stemmed
from rag.text import accented, fold

BUDGET = 18_000  # postings that one question may read
BEGUN = 3  # letters from which a word that is being typed is looked for as a beginning
TITLE_WEIGHT = 1.5  # of a word in the title, against one in the text

_STOP_WORDS = """
    a about all also am an and any are as at be been being but by can could did do does doing done for from had has
    have he her hers him his how i if in into is it its me my no not of off on or our out over own s shall she should
    so some such t than that the their them then there these they this those to too up us was we were what when where
    which while who whom whose why will with would you your say says said tell told happen happened article articles
    according report reports reported
    а бы был была были было в во вот где да для до его ее если есть еще же за и из или им их как когда кто ли на над не
    него нет но о об он она они от по под при с со так также там то того только ты у уже что чтобы эта эти это этот я
    какие какой какая какое каких каким
    u na je se da su od za sa iz koji koja koje sta ko gde kada kako li po je su kojim kojem
    је се су од са из који која које шта где када како ли што јер али или није биће
    мен де және бұл қандай кім қашан үшін
"""
STOP_WORDS = frozenset(map(fold, _STOP_WORDS.split()))
_PIECE = re.compile(
    r"[\"“”„«](?P<phrase>[^\"“”„«»]+)[\"“”»]|(?<!\w)['‘](?P<short>[^'‘’\n]+)['’](?!\w)|(?P<word>\w+(?:['’.-]\w+)*)"
)
_OR = frozenset(("or", "или", "ili", "немесе"))
_NOT = frozenset("not no without except excluding never neither nor не без кроме ни".split())  # noqa: SIM905
_BUT = frozenset(("but", "но", "а"))


@dataclass(frozen=True, slots=True)
class Sought:
    """One thing that an article must hold: any of these words or phrases, as written; and the FTS5 expression of it."""

    words: tuple[str, ...]
    expression: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What articles are looked through for: they must hold all of `wanted`, and of no group in `lacking` all."""

    wanted: tuple[Sought, ...]
    lacking: tuple[tuple[Sought, ...], ...]


class FullText:
    """Searches one catalog; counts of postings are remembered until the archive changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._count = lru_cache(maxsize=4096)(self._count_uncached)

    def search(self, question: str, k: int, where: Filter) -> list[tuple[str, float]]:
        """(passage id, BM25 score; higher is better), best first, ties by id."""
        terms = self._affordable(content_words(question))
        if not terms:
            return []
        sql, values = where.passages_sql()
        join = f"JOIN passages p ON p.number = fulltext.rowid AND {sql}" if where else ""
        # Only passages that score as well as the k-th are looked up: ids decide among equals.
        rows = self._catalog.db.execute(
            "WITH scored AS MATERIALIZED ("
            f"SELECT fulltext.rowid AS number, bm25(fulltext, {TITLE_WEIGHT}, 1.0) AS score FROM fulltext {join} "
            "WHERE fulltext MATCH ?), "
            "best AS (SELECT score FROM scored ORDER BY score LIMIT ?) "
            "SELECT p.id, s.score FROM scored s JOIN passages p ON p.number = s.number "
            "WHERE s.score <= (SELECT max(score) FROM best) ORDER BY s.score, p.id LIMIT ?",
            [*values, " OR ".join(terms), k, k],
        )
        return [(id, -score) for id, score in rows]

    def frequency(self, word: str) -> int:
        """How many passages hold this word, in any form of it, counted up to the budget."""
        return sum(count for _, count in self._counted(word))

    def sought(self, topic: str) -> tuple[Sought, ...]:
        """What an article must hold, all of it; see `looked`."""
        return self.looked(topic).wanted

    def looked(self, topic: str) -> Looked:
        """What an article must hold and lack; stop words ask for nothing unless they are quoted.

        looked('floods or fires in "West Valley" but not rain')
        ->  wanted ("floods", "fires") and ("West Valley",), lacking ("rain",)
        """
        groups: list[list[list[str]]] = [[]]  # the wanted pieces first, each with its alternatives, as written
        here, joined = groups[0], False
        for piece in _PIECE.finditer(topic):
            phrase, written = piece["phrase"] or piece["short"], piece[0]
            low = "" if phrase else written.casefold()
            if low in _OR:
                joined = bool(here)
            elif low in _NOT and written != "No" and not joined:  # "whether or not" lacks nothing
                groups.append([])
                here = groups[-1]
            elif low in _BUT:
                here, joined = groups[0], False
            elif alternatives(written) and (phrase or _tells(written)):
                words = phrase or re.sub(r"['’]s?$", "", written)
                if joined and here:
                    here[-1].append(words)
                else:
                    here.append([words])
                joined = False
        wanted, *lacking = (tuple(map(_sought, group)) for group in groups)
        return Looked(wanted, tuple(group for group in lacking if group))

    def typed(self, topic: str) -> Looked:
        """Like `looked`, of words that are being typed: the last one may be a beginning ("floo")."""
        looked = self.looked(topic)
        if not looked.wanted or looked.lacking or not topic[-1].isalnum():
            return looked
        *before, last = looked.wanted
        if not topic.endswith(last.words[-1]) or len(last.words[-1]) < BEGUN:
            return looked
        forms = dict.fromkeys(form.rstrip("*") + "*" for word in last.words for form in alternatives(word))
        return Looked((*before, Sought(last.words, f"({' OR '.join(forms)})")), ())

    def holding(self, texts: Sequence[str], sought: Sequence[Sought], language: str | None) -> list[int]:
        """How many of these each text, of that language, holds, told as the archive's full text tells it."""
        (made,) = self._catalog.db.execute("SELECT sql FROM sqlite_master WHERE name = 'fulltext'").fetchone()
        held = [0] * len(texts)
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute(made)
            rows = ((number, stemmed(text, language)) for number, text in enumerate(texts))
            db.executemany("INSERT INTO fulltext (rowid, text) VALUES (?, ?)", rows)
            for one in sought:
                for (number,) in db.execute("SELECT rowid FROM fulltext WHERE fulltext MATCH ?", (one.expression,)):
                    held[number] += 1
        return held

    def _affordable(self, words: Iterable[str]) -> list[str]:
        """The phrases to ask for: those that the archive holds, of the rarest words."""
        groups = dict.fromkeys(tuple(self._counted(word)) for word in words)
        taken, spent = list[str](), 0
        for group in sorted(filter(None, groups), key=lambda group: (sum(count for _, count in group), group)):
            count = sum(count for _, count in group)
            if taken and spent + count > BUDGET:
                break
            taken += [phrase for phrase, _ in group]
            spent += count
        return taken

    def _counted(self, word: str) -> list[tuple[str, int]]:
        """(phrase, passages that hold it) of the forms that any passage holds."""
        generation = self._catalog.generation
        counted = [(phrase, self._count(phrase, generation)) for phrase in alternatives(word)]
        return [(phrase, count) for phrase, count in counted if count]

    def _count_uncached(self, phrase: str, generation: int) -> int:
        row = self._catalog.db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM fulltext WHERE fulltext MATCH ? LIMIT ?)", (phrase, BUDGET + 1)
        ).fetchone()
        return int(row[0])


def content_words(text: str) -> list[str]:
    """The words that carry meaning, as they are spelled; all of them when there are only stop words."""
    found = [w.removesuffix("'s").removesuffix("'") for w in accented(text)]
    return [w for w in found if fold(w) not in STOP_WORDS] or found


def _sought(words: Sequence[str]) -> Sought:
    return Sought(tuple(words), "(" + " OR ".join(form for word in words for form in alternatives(word)) + ")")


def _tells(written: str) -> bool:
    """Not a stop word; one in capitals is a name ("the US", "WHO")."""
    return fold(written) not in STOP_WORDS or (len(written) > 1 and written.isupper())
