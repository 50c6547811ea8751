"""A checked answer without the sentences that no passage supports.

"They met in Belgrade. [1] It rained."   ->   "They met in Belgrade. [1]"
"""

from __future__ import annotations

from dataclasses import replace

from rag.answer.verify import Checked

NOTICE = {1: "One sentence that no passage supports was left out."}


def supported_only(checked: Checked) -> Checked:
    """What is left is as it was; a notice says how many sentences are not. An empty text means that none is left."""
    kept = tuple(s for s in checked.sentences if s.support != "unsupported")
    gone = len(checked.sentences) - len(kept)
    if not gone:
        return checked
    pieces: list[str] = []
    at, gap = 0, ""
    for sentence, following in zip(checked.sentences, [*checked.sentences[1:], None], strict=True):
        start = checked.text.index(sentence.text, at)
        # a sentence goes with what is before it, its marks follow it
        before = checked.text[at:start]
        at = start + len(sentence.text)
        end = checked.text.index(following.text, at) if following is not None else len(checked.text)
        marks = checked.text[at:end].rstrip()
        at += len(marks)
        gap = gap if "\n" in gap else before
        if sentence.support != "unsupported":
            pieces += [gap, sentence.text, marks]
            gap = ""
    said = NOTICE.get(gone, f"{gone} sentences that no passage supports were left out.")
    return replace(checked, text="".join(pieces).strip(), sentences=kept, notices=(*checked.notices, said))
