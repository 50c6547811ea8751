"""The outlets and authors that a question names as such, told from those that it is about.

    named("What did Reuters report on layoffs, according to 'The Age'?", ["Reuters", "The Age"])
    -> mentions of Reuters and The Age
    named("Why did Twitter sue Reuters?", ["Reuters", "Twitter"])      -> none: they are the topic

A name counts only by its role: words before it ("according to"), words after it ("X's article", "X reported"), or
another counted name that it is joined to. When unsure it does not count: a false filter hides the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.mentions import Mention, mentions
from rag.text import fold

_JOINED = re.compile(
    r"['’\"”»]?(?:['’]s)?\s*(?:,|,?\s+(?:and|or|as well as|и|или))\s*(?:also\s+)?(?:(?:(?:another|one)\s+)?(?:by|in|from|of|per))?\s*(?:the"
    r"|an?)?\s*['‘\"“«]?",
    re.I,
)
_CONJUNCTION = re.compile(r"\b(?:and|or|as well as|by|in|from|of|per|и|или)\b", re.I)
_LISTED = re.compile(r"['’\"”»]?(?:['’]s)?(?:,|,?\s+(?:and|or|as well as|и|или)\b)", re.I)

_NOUN = (
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?|coverage|reporting|interviews?|editorials?|columns?|op-eds?|reviews?"
    r"|essays?|guides?|explainers?|investigations?|headlines?|newsletters?|podcasts?|posts?|publications?|account"
    r"|analys[ie]s|portrayals?|depiction|journalists? (?:say|write)s?)"
)
_QUALITY = (
    r"(?:\s+(?:latest|recent|subsequent|original|first|second|third|own|later|earlier|other|another|exclusive|previous"
    r"|news|sports|business|opinion|following|initial|new|online|\d{4}|[a-z]+ \d{1,2},?(?: \d{4},?)?)){0,2}"
)
_SAYS = (
    r"(?:report(?!(?:\s+[\w,.$-]+){0,4}?\s+(?:profits?|loss(?:es)?|revenues?|earnings|sales|subscribers|growth"
    r"|users|results|income)\b)"
    r"|publish(?=\s+(?:about|on|in|last|this|since|before|after)\b|\W*$)|say|write|describe|mention|suggest|claim|cover"
    r"|portray|indicate|note|state|argue|imply|depict|characteri[sz]e|discuss|highlight|present|quote|cite|attribute"
    r"|maintain consistency|predict|list|call|explain|allege|reveal|emphasi[sz]e|frame|recommend"
    r"|(?:change|alter|shift|revise)\s+its\s+(?:\w+\s+){0,2}(?:explanation|stance|portrayal|reporting|view|narrative"
    r"|description|coverage|assessment|tone|perspective|depiction))"
)
_TOLD = (
    r"(?:report(?:s|ed)(?!\s+to\b)|writes|wrote|describe[sd]|publishe[sd]|covers|covered|depict(?:s|ed)|"
    r"portray(?:s|ed)|suggest(?:s|ed)|impl(?:y|ies|ied)|highlight(?:s|ed)|detail(?:s|ed)|mention(?:s|ed)|"
    r"discuss(?:es|ed)|indicate[sd]|identifie[sd]|alleges|reveals|explains|explained|predicts|predicted|"
    r"(?:has\s+|have\s+)?(?:remain(?:s|ed)?|stay(?:s|ed)?)\s+(?:in)?consistent|"
    r"(?:said|says|state[sd]|claim(?:s|ed)|note[sd])\s+in\s+(?:an?|its|their|the)\b|report\s+that\b)"
)
_ARTICLES = r"(?:\s+(?:both|either|the|an?|another|also|издания|агентства|газеты|газета|агентство))*\s+['‘\"“«]?$"
# Each row: what the words before a name must end with for the name to be the outlet that tells.
BEFORE = re.compile(
    r"(?:\baccording\s+to(?:\s+(?:an?|the)(?:\s+\w+){1,3}\s+(?:from|by|in|of))?"
    r"|\bas\s+(?:per|told\s+by)|(?<![^\s,])per"
    r"|\b(?:reported|covered|published|written|carried|cited|quoted|noted|described|discussed|mentioned|stated|"
    r"highlighted|detailed|featured|presented|portrayed|depicted|claimed|reviewed|posted|suggested|outlined|"
    r"indicated|profiled|documented|analy[sz]ed|explained|identified|listed|speculated|rumou?red|alleged|accused|"
    r"critici[sz]ed|scrutini[sz]ed|characteri[sz]ed|predicted|revealed|summari[sz]ed|ranked|recommended)"
    r"(?:\s+\w+ly)?\s+(?:by|in)"
    r"|\b(?:published|featured|posted|(?:was|were|been|as)\s+(?:reported|covered|written))(?:\s+\w+ly)?\s+on"
    rf"|\b{_NOUN}['’”\"]?(?:\s+(?:published|posted|written|appearing|featured))?\s+(?:by|from|in|at)"
    rf"|\b{_NOUN}\s+(?:published|posted|written|appearing|featured)\s+on"
    r"|\b(?:articles?|(?:the|a)\s+(?:\w+\s+)?report|publications?|edition|issue)\s+of"
    rf"|\b(?:{_NOUN}|description|characteri[sz]ation)\s+(?:of|on|about)\s+[^,;?]{{1,120}}?\s(?:by|from)(?="
    rf"\s+['‘\"“]$)"
    r"|\b(?:description|characteri[sz]ation|portrayal)\s+of\s+[^,;?]{1,120}?\s(?:by|from)"
    r"|\breported\s+by\s+(?:\w+\s+){0,2}including"
    r"|\b(?:read|appeared|printed|ran)\s+(?:in|on)"
    r"|\b(?:another|the\s+one)(?:\s+(?:one|article|report))?\s+(?:by|from|in)"
    r"|\b(?:latest|news|update|updates|headlines|quotes?)\s+from"
    r"|\b(?:anything|something|information|everything|nothing)\s+(?:from|in)"
    r"|(?:стать\w+|публикаци\w+|заметк\w+|материал\w*|сообщени\w+)"
    r"|по\s+(?:данным|сообщению|информации)|согласно|сообщ(?:ает|ают|ил[аио]?)|пиш(?:ет|ут)|писал[аио]?"
    rf"){_ARTICLES}",
    re.IGNORECASE,
)
# Words after a name: its article …
AFTER = re.compile(
    rf"^['’\"”»]?(?:(?:['’]s|['’])?,?{_QUALITY}\s+(?:{_NOUN})\b|['’]s\s+(?:\w+\s+){{1,2}}{_NOUN}\b"
    r"|['’]s\s+(?:reporters?|journalists?|correspondents?|columnists?|critics?)\s+(?:find|found|say|said|write|wrote"
    r"|report|learn|discover|uncover|claim|think|argue)\b)",
    re.IGNORECASE,
)
# … which may be what others speak of: "what did critics say about X's coverage?"
SPOKEN_OF = re.compile(
    r"\b(?:sa(?:y|id|ys)|think|thought|feel|felt|complain\w*|critici[sz]\w*|critics|react\w*|respond\w*|repl(?:y|ied)"
    r"|response|reply|reaction|anger|outrage|attack\w*|defend\w*)\s+(?:[^.?!,;]{0,60}\s)?(?:about|of|to|at|over|with)\s+"
    r"(?:the\s+)?['‘\"“]?$",
    re.IGNORECASE,
)
# … or what it did.
TELLS = re.compile(
    rf"^['’\"”»]?,?(?:\s+\w+ly)?\s+(?:{_TOLD}|(?:пишет|сообщает|сообщил[аио]?|писал[аио]?|утверждает)\b)",
    re.IGNORECASE,
)
CLAIMS = re.compile(r"^['’\"”»]\s+(?:claims|says|writes|argues|notes|states|finds|asks|warns)\b", re.IGNORECASE)
# "did X report …": both sides together.
DID = re.compile(r"\b(?:did|does|do|has|have|had)\s+(?:the\s+)?['‘\"“]?$", re.IGNORECASE)
DID_SAY = re.compile(
    rf"^['’\"”]?(?:\s+(?:also|ever|not|both|each|all|\w+ly))*\s+(?:(?:{_SAYS}|{_TOLD}|said|written|reported|published)\b"
    rf"(?!\s+to\b)|[^.?!]{{1,80}}?\sin\s+(?:its|their)\s+(?:\w+\s+){{0,2}}{_NOUN}\b)",
    re.IGNORECASE,
)
AGREE = re.compile(r"^['’\"”]?(?:\s+\w+ly)?\s+(?:(?:dis)?agree|differ|concur|conflict|contradict)\b", re.IGNORECASE)
# "what toll did X give …"
FIGURE = re.compile(
    r"\b(?:what|which|how\s+\w+)\s+(?:\w+\s+){0,2}?(?:tolls?|figures?|numbers?|counts?|estimates?|totals?|ratings?|verdict"
    r"|scores?|headlines?)\s+(?:\w+\s+){0,3}?(?:did|does|do|has|have)\s+(?:the\s+)?['‘\"“]?$",
    re.IGNORECASE,
)
GIVES = re.compile(r"^['’\"”]?\s+(?:give|given|name|put|cite|offer|provide|use|run|print|choose)\b", re.IGNORECASE)
# "compare X and Y on …": two of them, and what both tell of.
COMPARE = re.compile(r"\bcompare\s+(?:what\s+|how\s+)?(?:the\s+)?['‘\"“]?$", re.IGNORECASE)
ON_BOTH = re.compile(
    r"^['’\"”]?(?:\s+(?:say|said|report(?:ed)?|write|wrote|cover(?:ed)?))?\s+(?:on|about|regarding)\b", re.I
)
ON = re.compile(rf"\s+(?:{_SAYS}|on|about|of|from|published)\b", re.IGNORECASE)
# "in X": only after a word of saying or with the name in quotation marks, and never after these.
IN = re.compile(
    r"(?P<word>[\w’'-]+)\s+(?:(?:in|on)\s+(?:the\s+)?(?P<quote>['‘\"“«]?)|from\s+(?:the\s+)?(?P<from>['‘\"“«]))$",
    re.IGNORECASE,
)
HOST_FROM = re.compile(r"(?P<word>[\w’'-]+)\s+(?:from|by|in|on|at)\s+$", re.IGNORECASE)
IN_TOPIC = re.compile(
    r"^(?:shares?|stakes?|jobs?|cuts?|staff|interest|invest\w*|positions?|roles?|changes?|work\w*|layoffs?|strikes?|"
    r"employ\w*|hired|trust|happen\w*|shareholder|stock|ownership|starred|advertis\w*|ads?|resign\w*|bought|fired|left|"
    r"stole\w*|demand\w*|purchas\w*|sued|own\w*|acquired|money|removed|barred|banned)$",
    re.IGNORECASE,
)
TOPIC = re.compile(
    r"\b(?:is|was|are|were|be|been|being|of|against|sue[sd]?|from|told|tell|with|on|about|for|to|over)\s+(?:the\s+)?"
    r"['‘\"“]?$",
    re.IGNORECASE,
)
# Beside a name that tells, these make another one tell: "and by X", "while X accused …".
BESIDE = re.compile(
    r"(?:\band|\bas\s+well\s+as|\bor|,)\s+(?:also\s+)?(?:by|from|in|per)\s+(?:the\s+)?['‘\"“]?$", re.IGNORECASE
)
CLAUSE = re.compile(r"(?:[,;]|\bwhile|\bwhereas|\band|\bbut)\s+(?:while\s+)?(?:the\s+)?['‘\"“]?$", re.IGNORECASE)
ADDS = re.compile(
    r"^['’\"”]?(?:\s+\w+ly)?\s+(?:accuse[sd]|shared?\s+(?:concerns|details|views|claims|the\s+view)|raise[sd]|warn(?:s|ed)"
    r"|about|alleged|claim(?:s|ed)|argue[sd]|note[sd]|point(?:s|ed)|stresse[sd]|focuse[sd]|focus)\b",
    re.IGNORECASE,
)
AUTHOR_BEFORE = re.compile(
    rf"(?:\b(?:written|authored)\s+by|\b{_NOUN}\s+(?:written\s+)?by|\b(?:columnist|reporter|correspondent"
    rf"|journalist))\s+['‘\"“]?$",
    re.IGNORECASE,
)
WROTE = re.compile(r"\s+(?:write|written|publish|published|report|reported)\b", re.IGNORECASE)
AUTHOR_AFTER = re.compile(rf"^['’]s{_QUALITY}\s+(?:{_NOUN})\b", re.IGNORECASE)


# Outlets that are known by name wherever they are not in the archive, so that it can say so.
WELL_KNOWN = (
    "Reuters", "Associated Press", "Agence France-Presse", "BBC", "CNN", "The New York Times", "The Washington Post",
    "The Guardian", "The Wall Street Journal", "Financial Times", "Bloomberg", "Al Jazeera", "Deutsche Welle", "Le Monde",
    "Der Spiegel", "El País", "The Economist", "TASS", "Interfax", "RIA Novosti", "Kommersant", "Xinhua", "Kyodo News",
    "Fox News", "NBC News", "CBS News", "ABC News", "USA Today", "Los Angeles Times", "The Times of India", "TechCrunch",
    "The Verge", "Euronews", "Tanjug", "Kazinform", "Tengrinews",
)  # fmt: skip
_GOES_ON = re.compile(r"\s+[A-Z][a-z]")
_PASSED_ON = re.compile(r"\baccording\b|\bby\b|\bas\b|согласно|данным|информации", re.IGNORECASE)
NEARBY = 200  # characters before a name that may say what role it has


def named(question: str, sources: Sequence[str]) -> list[Mention]:
    """The outlets of `sources` that `question` names as those who tell, in the question's order."""
    found = mentions(question, tuple(sources))
    roles = [_role(question, found, i) for i in range(len(found))]
    if any(roles):
        roles = [role or _beside(question, m) for role, m in zip(roles, found, strict=True)]
    for order in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for i in order:
            first, last = sorted((i, i + step))
            if roles[i] is None and roles[i + step] and joined(question, found[first], found[last]):
                roles[i] = question[found[i].start : found[i].end]
    return [Mention(m.start, m.end, m.names, words) for m, words in zip(found, roles, strict=True) if words]


def absent(question: str, sources: Sequence[str]) -> list[Mention]:
    """The well-known outlets that `question` names as those who tell, of which the archive has nothing; not part of
    another name ("the Reuters Institute")."""
    known = set(map(fold, sources))
    found = named(question, [name for name in WELL_KNOWN if fold(name) not in known])
    return [m for m in found if not _GOES_ON.match(question, m.end)]


def passed_on(mention: Mention) -> bool:
    """Whether another outlet may tell what this one said: "according to X", "an analysis by X"."""
    return _PASSED_ON.search(mention.words) is not None


def writers(question: str, authors: Sequence[str]) -> list[Mention]:
    """The authors of `authors` whose articles `question` asks for: "columns by Jane Doe", "Jane Doe's article"."""
    out = []
    for m in mentions(question, tuple(authors)):
        before, after = AUTHOR_BEFORE.search(question, 0, m.start), AUTHOR_AFTER.search(question[m.end :])
        if after is None and DID.search(question, 0, m.start):
            after = WROTE.match(question[m.end :])
        if before or after:
            start = before.start() if before else m.start
            end = m.end + (after.end() if after else 0)
            out.append(Mention(m.start, m.end, m.names, question[start:end]))
    return out


def joined(question: str, first: Mention, last: Mention) -> bool:
    """Whether two names stand in one list: "A and B", "A, B and C"; "according to A, B sues" is none."""
    gap = question[first.end : last.start]
    if "," in gap and not _CONJUNCTION.search(gap) and not _LISTED.match(question, last.end):
        return False
    return _JOINED.fullmatch(question, first.end, last.start) is not None


def _chain(question: str, found: Sequence[Mention], i: int) -> int:
    """Where the names joined to this one end: "did The Age and Wired cover" asks what both covered."""
    while i + 1 < len(found) and joined(question, found[i], found[i + 1]):
        i += 1
    return found[i].end


def _role(question: str, found: Sequence[Mention], i: int) -> str | None:
    """The words that make this mention the outlet that tells, or None when it is the topic."""
    m = found[i]
    skipped = max(0, m.start - NEARBY)
    left, right = question[skipped : m.start], question[m.end :]
    before = BEFORE.search(left)
    if before:
        return question[skipped + before.start() : m.end].strip()
    end = _chain(question, found, i)
    if COMPARE.search(left) and end > m.end and ON_BOTH.match(question[end:]):
        return question[m.start : m.end]
    after = AFTER.search(right)
    did = DID.search(left) is not None
    if after and (
        SPOKEN_OF.search(left)
        # "did Apple report record profits": a verb
        or (did and after[0].endswith(" report") and not ON.match(right, after.end()))
    ):
        after = None
    if after is None and did:
        return _did(question, m, left, end)
    if after is None and not TOPIC.search(left):
        after = TELLS.search(right)
    quoted = question[m.start - 1 : m.start] in set("'‘\"“«")
    if after is None and quoted:
        after = CLAIMS.search(right)
    if after:
        return question[m.start - quoted : m.end + after.end()]
    return _within(question, m, left)


def _did(question: str, m: Mention, left: str, end: int) -> str | None:
    """ "did X report …": the words from the name to the verb, when it is one of telling; `end` is the names' end."""
    right = question[end:]
    after = DID_SAY.search(right) or (AGREE.search(right) if end > m.end else None)
    if after is None and FIGURE.search(left):
        after = GIVES.search(right)
    return question[m.start : end + after.end()] if after else None


def _within(question: str, m: Mention, left: str) -> str | None:
    """ "in X", "from 'X'", "by X.com": the words, when they do not say what was done to X."""
    name = question[m.start : m.end]
    within = IN.search(left)
    if within and not (within["quote"] or within["from"] or (name[:1].isupper() and " " in name)):
        within = None
    if within is None and "." in name:
        within = HOST_FROM.search(left)
    if within is None or IN_TOPIC.match(within["word"]):
        return None
    return question[m.start - len(left) + within.end("word") : m.end].strip()


def _beside(question: str, m: Mention) -> str | None:
    """The words that make this mention tell where another one does: "reported by A, and by B"."""
    left = question[max(0, m.start - NEARBY) : m.start]
    by = BESIDE.search(left)
    if by:
        return question[m.start - len(by[0]) : m.end].strip(" ,")
    adds = ADDS.search(question[m.end :]) if CLAUSE.search(left) else None
    return question[m.start : m.end + adds.end()] if adds else None
