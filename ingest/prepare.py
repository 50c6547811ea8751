"""An origin becomes articles cut into passages: pure, and the same wherever it runs.

    for item in prepare(Request(origin="/news/a.html", settings=settings, tokenizer="…/tokenizer.json")):
        item        # Prepared(article, passages, sayings) or Fault(place, reason)

load -> metadata -> normalise -> sentences -> chunk, and who says what; embedding comes later, where the model is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.chunk import Count, chunk
from ingest.load import FEWEST_WORDS, Fault, Item, Loaded, load, load_url
from rag import sentences
from rag.errors import EmbedderError, OriginError
from rag.settings import Settings
from rag.speech.sayings import find
from rag.text import normalise, one_line
from rag.types import Article, Passage, Saying

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TITLE_LENGTH = 90  # characters of a title made from the first sentence
_PIECE = re.compile(r"\w+|[^\w\s]")  # without a tokenizer's file: two bytes a token, more than real ones count


@dataclass(frozen=True, slots=True)
class Request:
    """One origin to prepare: an absolute path or an address.

    `tokenizer` is the embedder's tokenizer.json (None: tokens are estimated, too high rather than too low),
    `fields` as in ingest.load. `hash` is the caller's own.
    """

    origin: str
    settings: Settings
    tokenizer: str | None = None
    max_tokens: int = 256
    fields: Mapping[str, str] = field(default_factory=dict)
    hash: str = ""

    @property
    def is_address(self) -> bool:
        return self.origin.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its passages, ready to be embedded; `place` is where in the origin it stood."""

    article: Article
    passages: tuple[Passage, ...]
    place: str = ""
    sayings: tuple[Saying, ...] = ()


def prepare(request: Request) -> Iterator[Prepared | Fault]:
    """The articles of one origin, in its order; what cannot be read is a Fault, and only MemoryError is raised."""
    place, done = "", 0
    try:
        for item in _loaded(request):
            place = item.place
            yield item if isinstance(item, Fault) else _prepared(item, request)
            place, done = "", done + 1
    except OriginError as e:
        yield Fault(e.place or place or _after(done), e.reason)
    except EmbedderError as e:
        yield Fault(place, str(e))
    except MemoryError:
        raise
    except Exception as e:  # noqa: BLE001
        # Parsers raise whatever they like on damaged input. It is this origin's fault in the report, and the
        # other origins go on.
        yield Fault(place or _after(done), f"it could not be read ({type(e).__name__}: {one_line(str(e))[:200]})")


def _after(done: int) -> str:
    return f"after article {done}" if done else ""


def _loaded(request: Request) -> Iterator[Item]:
    if request.is_address:
        return load_url(request.origin, request.settings, fields=request.fields)
    return load(Path(request.origin), request.settings, fields=request.fields)


def _prepared(item: Loaded, request: Request) -> Prepared | Fault:
    text = normalise(item.text)
    if len(text.split()) < FEWEST_WORDS and len(text) < 4 * FEWEST_WORDS:
        return Fault(item.place, f"it holds {len(text.split())} words, too few for an article")
    language = item.language or sentences.language(text)
    spans = sentences.spans(text, language)
    article = _article(item, text, language, spans[0], request)
    cuts = chunk(
        text, spans, title=article.title, count_tokens=counter(request.tokenizer), max_tokens=request.max_tokens,
        words=request.settings.passage_words,
    )  # fmt: skip
    return Prepared(article, passages(article, cuts), item.place, find(text, language))


def _article(item: Loaded, text: str, language: str | None, first: sentences.Span, request: Request) -> Article:
    found = dict(item.found)
    title = one_line(item.title or "")
    if not title:
        title, found["title"] = _shortened(one_line(text[slice(*first)])), "first sentence"
    origin = f"{request.origin}#{item.place}" if item.place else request.origin
    named = f"url:{item.canonical}" if item.canonical else f"origin:{origin}"
    return Article(
        id=_digest(named)[:16],
        title=title,
        text=text,
        date=item.date,
        updated=item.updated,
        source=item.source,
        author=item.author,
        url=item.url,
        language=language,
        origins=(origin,),
        found=found,
    )


def passages(article: Article, cuts: Sequence[sentences.Span]) -> tuple[Passage, ...]:
    """The passages of an article; another text, title or cut gives another id."""
    return tuple(
        Passage(
            id=_digest("\0".join((article.id, article.title, str(start), str(end), article.text[start:end])))[:20],
            article_id=article.id,
            ordinal=ordinal,
            text=article.text[start:end],
            start=start,
            end=end,
            title=article.title,
            date=article.date,
            source=article.source,
            author=article.author,
            url=article.url,
            language=article.language,
        )
        for ordinal, (start, end) in enumerate(cuts)
    )


def _shortened(sentence: str) -> str:
    if len(sentence) <= TITLE_LENGTH:
        return sentence.rstrip(".")
    return (sentence[: TITLE_LENGTH - 1].rpartition(" ")[0] or sentence[: TITLE_LENGTH - 1]).rstrip(" ,;:-–—") + "…"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()  # a path may hold lone surrogates


def counter(tokenizer: str | None) -> Count:
    """How many tokens the embedder reads for each text, special ones included."""
    if tokenizer is None:
        return lambda texts: [2 + sum((len(p.encode()) + 1) // 2 for p in _PIECE.findall(t)) for t in texts]
    loaded = _tokenizer(tokenizer)
    return lambda texts: [len(e.ids) for e in loaded.encode_batch_fast(texts)]


@lru_cache(maxsize=2)
def _tokenizer(path: str) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as e:  # tokenizers raises Exception itself; the run is told which file it was
        raise EmbedderError(f"the tokenizer {path} cannot be read: {e}") from e
    tokenizer.no_truncation()  # files ask for 128 tokens, and a count that stops there is none
    tokenizer.no_padding()
    return tokenizer
