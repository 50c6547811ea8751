"""The guide's transcript is what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

import dateline
from tests import transcript


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of the sample articles."""
    folder = tmp_path_factory.mktemp("transcript")
    samples = str(transcript.ROOT / "examples" / "articles")
    assert dateline.main(["--archive", str(folder / "archive"), "ingest", samples]) == 0
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(transcript.blocks())))
def test_the_guide_shows_what_is_printed(number: int, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    block = transcript.blocks()[number]
    assert transcript.run(block) == block, "look at the difference; python -m tests.transcript writes the page anew"


def test_the_transcript_has_every_kind_of_question() -> None:
    text = "\n".join(transcript.blocks())
    for words in (
        "last week",
        "According to",
        "the latest",
        "as of",
        "timeline",
        "How many articles",
        "Compare",
        "chat",
    ):
        assert words in text
    assert text.count("\n> ") == 5  # a question and four follow-ups
