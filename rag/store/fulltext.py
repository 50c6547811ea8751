"""BM25 over FTS5: the rarest words of a question first, within a budget of postings.

    expression("floods in Kazakhstan")   ->   '"floods" OR "kazakhstan"'

Scoring every passage that holds a common word is what makes a long question slow. Rare words
decide BM25, so words are taken from the rarest on until BUDGET postings are spent (24 ms against
53 ms over 57,000 passages, at the same hit@50). English is stemmed by FTS5 (Porter); words of other
scripts are searched by their beginnings, since there is no stemmer for all of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache

from rag.store.catalog import Catalog, Filter
from rag.text import fold, words

BUDGET = 18_000  # postings that one question may read
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
    мен де және бұл қандай кім қашан үшін
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_PIECE = re.compile(
    r"[\"“”„«](?P<phrase>[^\"“”„«»]+)[\"“”»]|(?<!\w)['‘](?P<short>[^'‘’\n]+)['’](?!\w)|(?P<word>\w+(?:['’.-]\w+)*)"
)
_OR = frozenset(("or", "или", "ili", "немесе"))


class FullText:
    """Searches one catalog; counts of postings are remembered until the archive changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._count = lru_cache(maxsize=4096)(self._count_uncached)

    def search(self, question: str, k: int, where: Filter) -> list[tuple[str, float]]:
        """(passage id, BM25 score; higher is better), best first, ties by id."""
        terms = self._affordable([_term(w) for w in content_words(question)])
        if not terms:
            return []
        sql, values = where.sql()
        join = "JOIN articles a ON a.id = p.article_id" if where else ""
        rows = self._catalog.db.execute(
            f"SELECT p.id, bm25(fulltext, {TITLE_WEIGHT}, 1.0) AS score FROM fulltext "
            f"JOIN passages p ON p.number = fulltext.rowid {join} "
            f"WHERE fulltext MATCH ? AND {sql} ORDER BY score, p.id LIMIT ?",
            [" OR ".join(terms), *values, k],
        )
        return [(id, -score) for id, score in rows]

    def frequency(self, word: str) -> int:
        """How many passages hold this word, counted up to the budget."""
        return self._count(_term(word), self._catalog.generation)

    def expressions(self, topic: str) -> tuple[str, ...]:
        """What an article must hold, each part as an FTS5 expression; stop words ask for nothing, beside others.

        expressions('floods or fires in "West Valley"')  ->  ('("floods" OR "fires")', '("west valley")')
        """
        found: list[tuple[str, list[str]]] = []  # (the piece as written, its alternatives)
        joined = False
        for piece in _PIECE.finditer(topic):
            phrase, written = piece["phrase"] or piece["short"], piece[0]
            if phrase is None and written.casefold() in _OR:
                joined = bool(found)
                continue
            term = _phrase(phrase) if phrase is not None else _term(fold(written).removesuffix("'s"))
            if any(c.isalnum() for c in term):
                if joined:
                    found[-1][1].append(term)
                else:
                    found.append((written, [term]))
                joined = False
        telling = [terms for written, terms in found if len(terms) > 1 or _tells(written)]
        return tuple(f"({' OR '.join(terms)})" for terms in telling or [terms for _, terms in found])

    def holding(self, texts: Sequence[str], expressions: Sequence[str]) -> list[int]:
        """How many of these expressions each text holds, by the same tokenizer that the archive's full text has."""
        (made,) = self._catalog.db.execute("SELECT sql FROM sqlite_master WHERE name = 'fulltext'").fetchone()
        held = [0] * len(texts)
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute(made)
            rows = ((number, fold(text)) for number, text in enumerate(texts))
            db.executemany("INSERT INTO fulltext (rowid, text) VALUES (?, ?)", rows)
            for expression in expressions:
                for (number,) in db.execute("SELECT rowid FROM fulltext WHERE fulltext MATCH ?", (expression,)):
                    held[number] += 1
        return held

    def _affordable(self, terms: list[str]) -> list[str]:
        generation = self._catalog.generation
        counted = sorted((self._count(term, generation), term) for term in dict.fromkeys(terms))
        taken, spent = list[str](), 0
        for count, term in counted:
            if count == 0:
                continue
            if taken and spent + count > BUDGET:
                break
            taken.append(term)
            spent += count
        return taken

    def _count_uncached(self, term: str, generation: int) -> int:
        try:
            row = self._catalog.db.execute(
                "SELECT count(*) FROM (SELECT 1 FROM fulltext WHERE fulltext MATCH ? LIMIT ?)", (term, BUDGET + 1)
            ).fetchone()
        except sqlite3.OperationalError:  # a word that FTS5's own tokenizer leaves nothing of
            return 0
        return int(row[0])


def content_words(text: str) -> list[str]:
    """The words that carry meaning; all of them when there are only stop words."""
    found = [w.removesuffix("'s").removesuffix("'") for w in words(text)]
    return [w for w in found if w not in STOP_WORDS] or found


def _tells(written: str) -> bool:
    """Not a stop word; one in capitals is a name ("the US", "WHO"), and a phrase is wanted as it is."""
    return not written[0].isalnum() or fold(written) not in STOP_WORDS or (len(written) > 1 and written.isupper())


def _phrase(words_of_it: str) -> str:
    """ "Business  Council" -> "business council", quoted for FTS5: these words in this order."""
    return '"' + " ".join(fold(words_of_it).replace('"', " ").split()) + '"'


def _term(word: str) -> str:
    """One FTS5 term, quoted; beginnings for scripts without a stemmer: "сельского" -> "сельск"*."""
    quoted = '"' + word.replace('"', "") + '"'
    if len(word) > 4 and any(ord(c) > 0x24F for c in word):
        return '"' + word[: max(4, len(word) - 3)].replace('"', "") + '"*'
    return quoted
