"""Laws of Settings.load: arguments over environment over dateline.toml over defaults."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.settings import Settings, table

FILE = 'model = "ollama:from-file"\npassages = 4\ndeadline = 30\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "dateline.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def load(folder: Path, environ: dict[str, str] | None = None, **arguments: object) -> Settings:
    return Settings.load(environ=environ or {}, folder=folder, **arguments)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings()


def test_the_file_is_over_the_defaults(home: Path) -> None:
    settings = load(home)
    assert (settings.model, settings.passages, settings.deadline) == ("ollama:from-file", 4, 30.0)
    assert settings.embedder == Settings().embedder


def test_the_environment_is_over_the_file(home: Path) -> None:
    settings = load(home, {"DATELINE_MODEL": "openai:from-environment"})
    assert (settings.model, settings.passages) == ("openai:from-environment", 4)


def test_arguments_are_over_everything(home: Path) -> None:
    settings = load(home, {"DATELINE_MODEL": "openai:from-environment"}, model="anthropic:from-argument")
    assert settings.model == "anthropic:from-argument"


def test_an_argument_that_is_none_was_not_given(home: Path) -> None:
    assert load(home, model=None) == load(home)


def test_an_empty_variable_was_not_set(home: Path) -> None:
    assert load(home, {"DATELINE_MODEL": ""}) == load(home)


def test_every_setting_has_its_variable(tmp_path: Path) -> None:
    values = {"str": "x", "int": "7", "float": "2.5"}
    for f in fields(Settings):
        kind = str(f.type).removesuffix(" | None")
        given = ("no" if f.default else "yes") if kind == "bool" else values[kind]
        settings = load(tmp_path, {f"DATELINE_{f.name.upper()}": given})
        assert getattr(settings, f.name) != f.default, f.name


def test_unknown_variables_are_ignored(tmp_path: Path) -> None:
    assert load(tmp_path, {"DATELINE_NO_SUCH_THING": "1", "DATELINE_DATA": "/data"}) == Settings()


def test_an_unknown_argument_names_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'modell'.*there are: archive"):
        load(tmp_path, modell="x")


def test_an_unknown_line_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "dateline.toml").write_text("colour = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"dateline\.toml.*'colour'"):
        load(tmp_path)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "dateline.toml").write_text("model = = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"dateline\.toml could not be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("passages", "many"), ("passages", "2.5"), ("passages", "-1"), ("deadline", "soon"), ("deadline", "-3"),
     ("deadline", "nan"), ("robots", "perhaps"), ("passages", "inf")],
)  # fmt: skip
def test_a_value_of_the_wrong_type_names_its_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"DATELINE_{name.upper()}"):
        load(tmp_path, {f"DATELINE_{name.upper()}": value})


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("TRUE", True), ("on", True), ("no", False), ("0", False)])
def test_yes_and_no_in_words(tmp_path: Path, word: str, meant: bool) -> None:
    assert load(tmp_path, {"DATELINE_ROBOTS": word}).robots is meant


def test_zero_is_a_value(tmp_path: Path) -> None:
    assert load(tmp_path, abstain_below=0).abstain_below == 0.0


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    settings = load(tmp_path, {"DATELINE_MODEL_KEY": "sk-hidden", "DATELINE_AUTH": "me:hidden"})
    assert settings.model_key == "sk-hidden"
    assert "hidden" not in repr(settings)
    assert "hidden" not in str(settings)


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().passages = 3  # type: ignore[misc]


def test_the_table_has_a_row_for_every_setting_and_no_secret() -> None:
    rows = table()
    assert [row[0] for row in rows] == [f.name for f in fields(Settings)]
    assert all(variable == f"DATELINE_{name.upper()}" and doc.endswith(".") for name, variable, _, doc in rows)


def test_others_can_be_set_on_top() -> None:
    own = Settings(model="openai:tiny", passages=10)
    assert own.changed(model=None, passages="4") == Settings(passages=4)
    assert own.passages == 10
    with pytest.raises(UsageError, match="passages"):
        own.changed(passages="many")
    with pytest.raises(UsageError, match="colour"):
        own.changed(colour="red")
