"""What form of answer a question asks for, by its words: one table, and the first row that matches decides."""

from __future__ import annotations

import re

from rag.question import corpus
from rag.text import one_line
from rag.types import Kind

# The first row that matches decides, after rag.question.corpus for "count"; the last resort is "fact".
KINDS: tuple[tuple[Kind, str], ...] = (
    ("list", r"^(?:please )?(?:list|name (?:all|the|some|three|five)|enumerate|show (?:me )?all|find all|give"
             r" me (?:a list|all))\b|"
             r"^(?:перечисли|назови все|покажи все)"),
    ("summary", r"\bsummar(?:y|i[sz]e)\b|\bwhat (?:is|was) (?:this|the|that) (?:article|story|piece|report) about\b|"
                r"\btl;?dr\b|\bsum up\b|\b(?:the|a) (?:gist|overview|recap)\b|\bin a (?:nutshell|few (?:words|sentences|lines))\b|"
                r"\bkey points\b|\bin (?:short|brief)\b|^(?:кратко|о чем эта статья|перескажи)|\bmain points\b"),
    ("timeline", r"\btimeline\b|\bchronolog|\bhow (?:did|has|have)\b.*\b(?:develop\w*|unfold\w*|evolve\w*"
                 r"|progress\w*|change\w* over)\b|"
                 r"\bwhat (?:has )?happened\b.*\bsince\b|\bfrom (?:the )?(?:start|beginning) to (?:the )?(?:finish|end)\b"
                 r"|\bstep by step\b|\bsequence of events\b|\bхронология\b|\bкак развивал"),
    ("latest", r"\b(?:latest|newest|most recent)(?: (?:news|updates?|developments?|reports?|articles?"
               r"|information|headlines?"
               r"|stor(?:y|ies)|figures?|word))?(?: (?:on|about|from|in|of|with|regarding)\b|\s*\W*$)"
               r"|\b(?:latest|newest|most recent) (?:news|updates?|developments?|reports?|articles?|headlines?)\b"
               r"|^(?:what|anything) (?:(?:is|was|has been) )?(?:being )?(?:reported|written|published|known) (?:about|on|of|regarding)\b"
               r"|^(?:tell (?:me|us)|news|reports?|articles?|stories|anything|everything|coverage|headlines) (?:about|on|of|regarding)\b"
               r"|^where (?:do|does) .+ stand\b|\b(?:current|present) (?:state|status) of\b|\bwhat(?:'s| is) new\b|\bany (?:news|updates?)\b|\bпоследние новости\b|\bчто нового\b"),
    ("comparison", r"(?<!once )(?<!was )(?<!been )\bcompar\w+|\bdiffer(?:s|ed|ence|ences|ent|ently)?\b|\bversus\b|\bvs\b"
                   r"|\bwhile (?:the )?['‘\"“]?(?-i:[A-Z])|\b(?:in)?consistency\b|\binconsistent\b|\bconsistent (?:with|or|between|across)\b|\b(?:remain|stay)\w* consistent\b"
                   r"|\bas opposed to\b|\bin contrast\b|\bdisagree|\bсравни|\bчем отлича|\bразница\b"),
    ("said", r"^what (?:did|does|do|has|have) .+ (?:say|said|says|tell|claim|argue|think|report|write|announce)\b|"
             r"\baccording to whom\b|^who (?:said|says|claimed|claims|told|argued|warned)\b|^(?:что (?:сказал"
             r"|заявил|говор)|кто (?:сказал|заявил))"),
    ("definition", r"^what(?:'s| is| are) (?:an? )?(?:the )?(?:meaning of |definition of )|^what does .+ "
                   r"(?:mean|stand for)\b|^define\b|"
                   r"^what is an? [\w-]+(?: [\w-]+){0,3}\s*\?*$|^who (?:is|was) [\w.'’-]+(?: [\w.'’-]+){0,3}\s*\?*$"
                   r"|^что такое\b|^кто так(?:ой|ая)\b"),
    ("yes-no", r"^(?:and |so |but )?(?:did|do|does|is|are|am|was|were|has|have|had|can|could|will|would|should"
               r"|may|might)(?:n't)?\b|"
               r"^(?!(?:who|whose|whom|what|which|when|where|why|how)\b)(?!.*, (?:and )?(?:who|what|which|when|where|why|how)\b).*"
               r", (?:did|does|do|is|are|was|were|has|have|had|will)\b[^,]*\?|^(?:правда ли|верно ли|\w+ ли)\b"),
    ("list", r"^(?:in |on |at |from |with )?(?:what|which) (?:\w+ ){0,2}(?!is\b|was\b|has\b|does\b|this\b|us\b"
             r"|news\b|series\b|crisis\b)"
             r"\w{3,}(?<!ss)(?<!us)s (?:are|were|have|did|do|will|would|could|can|\w+ed|signed|make|include|agree)\b|"
             r"^(?:what|which) (?:are|were) the\b|^who (?:are|were) (?:the|all)\b|^как(?:ие|их|им) \w+"),
)  # fmt: skip
# One to three words alone, "floods" or "Belgrade floods": a topic, whose news is asked for.
_KEYWORDS = re.compile(
    r"(?!(?:who|whom|whose|what|which|when|where|why|how|and|but|so|yes|no|ok|hello|thanks?|кто|что|где|когда|почему|как|сколько"
    r"|ko|šta|gde|kada|кім|не|қашан|қайда)\b)[\w’'-]{3,}(?: [\w’'-]+){0,2}",
    re.IGNORECASE,
)
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in KINDS)


def kind_of(question: str) -> Kind:
    """What form of answer a question asks for: kind_of("Which countries signed?") -> "list"."""
    text = one_line(question)
    if corpus.read(text) is not None:
        return "count"
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    return "latest" if _KEYWORDS.fullmatch(text) else "fact"
