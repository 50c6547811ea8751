"""What the reader is trained on, for groups of pairs whose first pair holds the answer.

listwise       -log softmax of the right pair's relevance among its group's (Cao et al., ICML 2007)
span           -log of the probability of every place where the answer stands, start and end apart
               (marginal likelihood: Clark and Gardner, ACL 2018); "no answer" is the first token
answerable     binary cross-entropy: does this passage answer this question?
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from train.pairs import Pair

SPAN, ANSWERABLE = 1.0, 0.5  # weights; the listwise loss has 1


def listwise(relevance: Tensor, sizes: Sequence[int]) -> Tensor:
    """`relevance` of the competing pairs, group after group, each group's right pair first."""
    losses = [-F.log_softmax(group, 0)[0] for group in relevance.split(list(sizes)) if len(group) > 1]
    return torch.stack(losses).mean() if losses else relevance.sum() * 0


def span(spans: Tensor, mask: Tensor, firsts: Sequence[int], pairs: Sequence[Pair]) -> Tensor:
    """Mean over pairs; `spans` is pairs x tokens x 2, `mask` pairs x tokens (1: the first token or the passage's)."""
    log = spans.masked_fill(mask[:, :, None] == 0, -1e4).log_softmax(1)
    right = torch.zeros_like(log, dtype=torch.bool)
    for i, (pair, first) in enumerate(zip(pairs, firsts, strict=True)):
        if not pair.answers:
            right[i, 0] = True
        for start, end in pair.answers:
            right[i, first + start, 0] = True
            right[i, first + end, 1] = True
    return -log.masked_fill(~right, -1e4).logsumexp(1).mean()


def answerable(logits: Tensor, pairs: Sequence[Pair]) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.tensor([float(bool(p.answers)) for p in pairs]))


def readable(mask: Tensor, firsts: Sequence[int], pairs: Sequence[Pair]) -> Tensor:
    """Pairs x tokens: 1 for the first token and the passage's, 0 for the question, the title and padding."""
    found = torch.zeros_like(mask)
    found[:, 0] = 1
    for i, (pair, first) in enumerate(zip(pairs, firsts, strict=True)):
        found[i, first : first + len(pair.passage.ids)] = 1
    return found
