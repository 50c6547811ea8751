from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import time
import traceback

import pytest

from rag.answer.chat_model import RETRIES, ChatModel, Thoughts, _build, chat_model
from rag.answer.model_faults import check_end, end_of
from rag.answer.providers import PROVIDERS, Target, target_of
from rag.background import Stop
from rag.errors import ModelFault, ModelMissing, UsageError
from rag.settings import Settings
from tests.openai_server import OpenAIServer, Script

KEY = "sk-own-0123456789abcdef"
OTHER = "sk-openai-fedcba9876543210"
ASKED = [("system", "Be brief."), ("user", "What was {agreed}?")]


@pytest.fixture(autouse=True)
def _an_environment_full_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "OPENAI_API_KEY": OTHER,
        "OPENAI_ADMIN_KEY": "sk-admin-0123456789",
        "OPENAI_ORG_ID": "org-secret-organisation",
        "OPENAI_PROJECT_ID": "proj-secret-project",
        "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-custom-secret\nX-Custom: custom-secret",
        "OLLAMA_API_KEY": "ollama-secret-key",
        "LANGSMITH_API_KEY": "ls-secret-key",
    }.items():
        monkeypatch.setenv(name, value)


def model_at(server: OpenAIServer, key: str | None = KEY, model: str = "openai:tiny") -> ChatModel:
    made = chat_model(Settings(model=model, model_url=server.url, model_key=key))
    assert made is not None
    return made


def fault_of(script: Script | list[Script], deadline: float = 20) -> tuple[ModelFault, list[str], OpenAIServer]:
    """The fault that a scripted server leads to, what was yielded before it, and the server."""
    with OpenAIServer(*(script if isinstance(script, list) else [script])) as server:
        words: list[str] = []
        with pytest.raises(ModelFault) as caught:
            words.extend(model_at(server).stream(ASKED, deadline=deadline))
    return caught.value, words, server


# -- answers ------------------------------------------------------------------------------


def test_words_come_as_they_are_sent() -> None:
    script = Script(words=("Investment ", "and ", "mining."))
    with OpenAIServer(script) as server:
        model = model_at(server)
        assert list(model.stream(ASKED, deadline=20)) == ["Investment ", "and ", "mining."]
        assert model.complete(ASKED, deadline=20) == "Investment and mining."
        body = server.requests[0].body
    assert [(m["role"], m["content"]) for m in body["messages"]] == ASKED
    assert (body["model"], body["stream"], body["temperature"]) == ("tiny", True, 0)


def test_the_first_word_comes_before_the_last_is_made() -> None:
    with OpenAIServer(Script(words=("One ",), then="hang")) as server:
        words = model_at(server).stream(ASKED, deadline=20)
        assert next(words) == "One "
        words.close()
        assert server.requests[0].gone.wait(1)


def test_answers_inside_a_running_event_loop() -> None:
    async def main(server: OpenAIServer) -> str:
        return model_at(server).complete(ASKED, deadline=20)

    with OpenAIServer() as server:
        assert asyncio.run(main(server)) == "Investment and mining [1]."


def test_one_model_serves_several_threads() -> None:
    with OpenAIServer(Script(pause=0.02)) as server:
        model = model_at(server)
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda: answers.append(model.complete(ASKED, deadline=20))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert answers == ["Investment and mining [1]."] * 6


@pytest.mark.parametrize("words", [("<think>Hm, ", "well.</think>\n\n", "Yes."), ("<th", "ink>Hm</th", "ink>Yes.")])
def test_what_a_model_thinks_aloud_is_left_out(words: tuple[str, ...]) -> None:
    with OpenAIServer(Script(words=words)) as server:
        assert model_at(server).complete(ASKED, deadline=20) == "Yes."


@pytest.mark.parametrize("text", ["Yes.", "< 5 percent", "<thing>", "<", "a <think>b</think>", "  Yes <b>"])
def test_other_words_are_kept_however_they_are_cut(text: str) -> None:
    for cut in range(1, len(text) + 1):
        thoughts = Thoughts()
        pieces = [thoughts.without(text[i : i + cut]) for i in range(0, len(text), cut)]
        assert "".join([*pieces, thoughts.rest()]) == text.lstrip()


# -- stop and deadline --------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("One ", "two ")])
def test_a_stop_closes_the_socket_at_once(words: tuple[str, ...]) -> None:
    with OpenAIServer(Script(words=words, then="hang")) as server:
        stop = Stop()
        seen: list[str] = []
        model = model_at(server)
        thread = threading.Thread(target=lambda: seen.extend(model.stream(ASKED, deadline=60, stop=stop)))
        thread.start()
        request = server.wait_for(1, 20)
        time.sleep(0.2)
        stopped = time.monotonic()
        stop.set()
        assert request.gone.wait(2)
        thread.join(2)
    assert not thread.is_alive()
    assert request.closed is not None
    assert request.closed - stopped < 1
    assert seen == list(words)


def test_a_stop_of_a_whole_answer_is_said() -> None:
    with OpenAIServer(Script(then="hang")) as server:
        stop = Stop()
        threading.Timer(0.3, stop.set).start()
        with pytest.raises(ModelFault) as caught:
            model_at(server).complete(ASKED, deadline=60, stop=stop)
    assert caught.value.kind == "stopped"


@pytest.mark.parametrize("script", [Script(words=(), then="hang"), Script(words=("w ",) * 1000, pause=0.05)])
def test_the_deadline_is_for_the_whole_answer_and_closes_the_socket(script: Script) -> None:
    with OpenAIServer(script) as server:
        model = model_at(server)
        started = time.monotonic()
        with pytest.raises(ModelFault, match="DATELINE_DEADLINE") as caught:
            list(model.stream(ASKED, deadline=0.8))
        assert 0.7 < time.monotonic() - started < 2
        assert server.requests[0].gone.wait(1)
    assert caught.value.kind == "deadline"


# -- faults -------------------------------------------------------------------------------

FAULTS = {
    "early end": (Script(words=("One ",), then="early end"), "incomplete", "broke off", 1),
    "broken": (Script(words=("One ",), then="break"), "incomplete", "broke off", 1),
    "length": (Script(words=("One ",), finish="length"), "incomplete", "length limit", 1),
    "withheld": (Script(words=("One ",), finish="content_filter"), "incomplete", "withheld", 1),
    "empty": (Script(words=()), "empty", "empty answer", 1),
    "blank": (Script(words=(" ", "\n")), "empty", "empty answer", 1),
    "only thoughts": (Script(words=("<think>Hm.</think>",)), "empty", "empty answer", 1),
    "cut while thinking": (Script(words=("<think>Hm",), finish="length"), "incomplete", "length limit", 1),
    "key": (Script(status=401), "refused", "check DATELINE_MODEL_KEY", 1),
    "forbidden": (Script(status=403), "refused", "check DATELINE_MODEL_KEY", 1),
    "no model": (Script(status=404), "refused", "knows no model 'tiny'.*DATELINE_MODEL", 1),
    "bad request": (Script(status=400, body='{"error": {"message": "too long"}}'), "refused", "too long", 1),
    "quota": (Script(status=429), "busy", "quota", 1 + RETRIES),
    "broken server": (Script(status=500), "network", "HTTP 500", 1 + RETRIES),
    "page": (
        Script(body="<html>Welcome</html>", headers=(("content-type", "text/html"),)),
        "fault",
        "Is http.* the address",
        1,
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_each_fault_has_its_kind_and_says_what_to_do(what: str) -> None:
    script, kind, message, requests = FAULTS[what]
    fault, words, server = fault_of(script)
    assert fault.kind == kind, fault
    with pytest.raises(ModelFault, match=message):
        raise fault
    assert f"127.0.0.1:{server.port}" in str(fault)
    assert len(server.requests) == requests
    if script.status == 200 and kind == "incomplete" and not script.words[0].startswith("<"):
        assert words == ["One "]


def test_a_server_that_is_not_there() -> None:
    with OpenAIServer() as server:
        model = model_at(server)
    with pytest.raises(ModelFault, match=r"Is it running at http://127\.0\.0\.1") as caught:
        model.complete(ASKED, deadline=20)
    assert caught.value.kind == "network"


def test_a_passing_fault_is_tried_again_before_the_first_word() -> None:
    with OpenAIServer(Script(status=500), Script(status=429), Script(words=("Yes.",))) as server:
        assert model_at(server).complete(ASKED, deadline=20) == "Yes."
        assert len(server.requests) == 3


def test_nothing_is_tried_again_after_the_first_word() -> None:
    fault, words, server = fault_of([Script(words=("One ",), then="break"), Script()])
    assert (fault.kind, words, len(server.requests)) == ("incomplete", ["One "], 1)


def test_trying_again_ends_with_the_deadline() -> None:
    started = time.monotonic()
    fault, _, server = fault_of(Script(status=500), deadline=0.9)
    assert fault.kind == "deadline"
    assert len(server.requests) == 2
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("metadata", "end"),
    [
        ({"finish_reason": "stop"}, "stop"),
        ({"finish_reason": "MAX_TOKENS"}, "max_tokens"),
        ({"stop_reason": "end_turn"}, "end_turn"),
        ({"done_reason": "stop", "done": True}, "stop"),
        ({"done": True}, "stop"),
        ({"status": "completed"}, "completed"),
        ({"finish_reason": None}, None),
        ({"model_provider": "openai"}, None),
    ],
)
def test_each_provider_says_the_end_in_its_own_way(metadata: dict[str, object], end: str | None) -> None:
    assert end_of(metadata) == end


@pytest.mark.parametrize("end", ["max_tokens", "length", "incomplete", "safety", "refusal", None])
def test_an_answer_without_its_end_is_incomplete(end: str | None) -> None:
    target = target_of(Settings(model="ollama:m"), {})
    with pytest.raises(ModelFault) as caught:
        check_end(end, True, target)
    assert caught.value.kind == "incomplete"
    check_end("end_turn", True, target)


def _lines(*records: object, prefix: str = "", between: str = "\n") -> str:
    return "".join(f"{prefix.format(**r) if isinstance(r, dict) else ''}{json.dumps(r)}{between}" for r in records)


def _anthropic(*ends: str) -> str:
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Yes."}}
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}
    message |= {"stop_reason": None, "stop_sequence": None}
    records = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        delta,
        *({"type": "message_delta", "delta": {"stop_reason": e, "stop_sequence": None}, "usage": usage} for e in ends),
        *({"type": "message_stop"} for _ in ends),
    ]
    return _lines(*records, prefix="event: {type}\ndata: ", between="\n\n")


def _ollama(*ends: str) -> str:
    word = {"model": "m", "message": {"role": "assistant", "content": "Yes."}, "done": False}
    last = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True}
    return _lines(word, *({**last, "done_reason": end} for end in ends))


def _google(*ends: str) -> str:
    content = {"parts": [{"text": "Yes."}], "role": "model"}
    candidates: list[dict[str, object]] = [{"content": content, "index": 0}]
    candidates += [{"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": e} for e in ends]
    return _lines(*({"candidates": [c]} for c in candidates), prefix="data: ", between="\r\n\r\n")


SPOKEN = {
    "anthropic": (_anthropic, "end_turn", "max_tokens", "text/event-stream"),
    "ollama": (_ollama, "stop", "length", "application/x-ndjson"),
    "google_genai": (_google, "STOP", "MAX_TOKENS", "text/event-stream"),
}


@pytest.mark.parametrize("provider", SPOKEN)
def test_the_end_is_understood_in_each_providers_own_format(provider: str) -> None:
    pytest.importorskip(PROVIDERS[provider].package)
    speak, whole, cut, kind = SPOKEN[provider]
    scripts = [Script(body=speak(*ends), headers=(("content-type", kind),)) for ends in ((whole,), (cut,), ())]
    with OpenAIServer(*scripts) as server:
        root = server.url.removesuffix("/v1")
        target = Target(provider, "m", root, True, False, "here", KEY, (KEY,))
        model = ChatModel(target.name, target.place, target.local, _build(target), target)
        assert model.complete(ASKED, deadline=20) == "Yes."
        for _ in range(2):
            with pytest.raises(ModelFault) as caught:
                model.complete(ASKED, deadline=20)
            assert caught.value.kind == "incomplete", caught.value


# -- keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "sent"), [(KEY, f"Bearer {KEY}"), (None, None)])
def test_a_server_of_the_users_own_gets_its_own_key_and_no_other(key: str | None, sent: str | None) -> None:
    with OpenAIServer() as server:
        model_at(server, key).complete(ASKED, deadline=20)
        assert server.authorizations == [sent]
        text = json.dumps([server.requests[0].headers, server.requests[0].body])
    assert "secret" not in text
    assert OTHER not in text
    assert not [name for name in server.requests[0].headers if name.startswith(("openai", "x-"))]


def test_an_ollama_server_of_the_users_own_gets_no_key_of_another() -> None:
    pytest.importorskip("langchain_ollama")
    with OpenAIServer(Script(status=500)) as server:
        made = chat_model(Settings(model="ollama:tiny", model_url=server.url, model_key=None))
        assert made is not None
        with pytest.raises(ModelFault):
            made.complete(ASKED, deadline=0.5)
        assert server.requests
        assert "secret" not in json.dumps(server.requests[0].headers)


def test_variables_that_move_the_address_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIServer() as server:
        for variable in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
            with pytest.raises(UsageError, match=f"{variable}.*DATELINE_MODEL_URL"):
                chat_model(Settings(model="openai:gpt-4o"), {"OPENAI_API_KEY": OTHER, variable: server.url})
            monkeypatch.setenv(variable, "http://127.0.0.1:9/v1")
        model_at(server).complete(ASKED, deadline=20)  # DATELINE_MODEL_URL wins over both
        assert len(server.requests) == 1


def test_gateways_and_proxies_of_the_environment_do_not_move_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_GATEWAY", "http://127.0.0.1:9")
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with OpenAIServer() as server:
        assert model_at(server).complete(ASKED, deadline=20)
    made = chat_model(Settings(model="openai:gpt-4o"))
    assert made is not None
    assert (made._client.openai_api_base, made._client.openai_api_key.get_secret_value()) == (
        "https://api.openai.com/v1",
        OTHER,
    )


def test_a_redirect_takes_no_key_anywhere() -> None:
    with OpenAIServer() as thief:
        fault, _, _ = fault_of(Script(status=307, headers=(("location", f"{thief.url}/chat/completions"),)))
        assert thief.requests == []
    assert fault.kind == "refused"
    assert "DATELINE_MODEL_URL" in str(fault)


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_other_clients_do_not_follow_redirects_either(provider: str) -> None:
    pytest.importorskip(PROVIDERS[provider].package)
    made = chat_model(Settings(model=f"{provider}:m"), {"ANTHROPIC_API_KEY": KEY})
    assert made is not None
    assert made._client._async_client._client.follow_redirects is False


def test_keys_stand_in_no_repr_error_traceback_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = json.dumps({"error": {"message": f"Incorrect API key {KEY}, nor {OTHER}"}})
    shown = io.StringIO()
    for status in (400, 401, 500):
        with OpenAIServer(Script(status=status, body=said)) as server:
            model = model_at(server)
            with pytest.raises(ModelFault) as caught:
                model.complete(ASKED, deadline=20)
            traceback.print_exception(caught.value, file=shown)
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
            print(repr(model), str(model), f"{model}", model._target, file=shown)
    text = shown.getvalue() + caplog.text
    assert "HTTP 400" in text
    assert KEY not in text
    assert OTHER not in text
    assert "secret" not in text


# -- who is asked -------------------------------------------------------------------------

ENVIRON = {"OPENAI_API_KEY": OTHER, "ANTHROPIC_API_KEY": OTHER, "GEMINI_API_KEY": OTHER}


@pytest.mark.parametrize(
    ("settings", "environ", "name", "place", "local"),
    [
        ({"model": "openai:gpt-5-mini"}, {}, "openai:gpt-5-mini", "api.openai.com", False),
        ({"model": "anthropic:claude-x"}, {}, "anthropic:claude-x", "api.anthropic.com", False),
        ({"model": "google_genai:g"}, {}, "google_genai:g", "generativelanguage.googleapis.com", False),
        ({"model": "ollama:qwen3:8b"}, {}, "ollama:qwen3:8b", "127.0.0.1:11434", True),
        ({"model": "ollama:q"}, {"OLLAMA_HOST": "0.0.0.0"}, "ollama:q", "127.0.0.1:11434", True),
        ({"model": "ollama:q"}, {"OLLAMA_HOST": "box:9000"}, "ollama:q", "box:9000", False),
        ({"model": "ollama:big:120b-cloud"}, {}, "ollama:big:120b-cloud", "ollama.com (by 127.0.0.1:11434)", False),
        ({"model": "openai:m", "model_url": "http://localhost:8000"}, {}, "openai:m", "localhost:8000", True),
        ({"model": "m:8b", "model_url": "http://[::1]:80/v1"}, {}, "openai:m:8b", "[::1]:80", True),
        ({"model": "a/m", "model_url": "https://llm.example.org/api"}, {}, "openai:a/m", "llm.example.org", False),
        ({"model": "ollama:m", "model_url": "http://10.0.0.4:11434"}, {}, "ollama:m", "10.0.0.4:11434", False),
        ({"model": "m", "model_url": "http://127.0.0.1.example.org"}, {}, "openai:m", "127.0.0.1.example.org", False),
    ],
)
def test_what_the_user_is_shown(
    settings: dict[str, str], environ: dict[str, str], name: str, place: str, local: bool
) -> None:
    target = target_of(Settings(**settings), {**ENVIRON, **environ})
    assert (target.name, target.place, target.local) == (name, place, local)


@pytest.mark.parametrize(
    ("url", "address"),
    [("http://h:1", "http://h:1/v1"), ("http://h:1/", "http://h:1/v1"), ("http://h/api/v3/", "http://h/api/v3")],
)
def test_the_usual_path_is_added_where_an_address_has_none(url: str, address: str) -> None:
    assert target_of(Settings(model="m", model_url=url), {}).address == address


def test_no_model_is_set() -> None:
    assert chat_model(Settings(), {}) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "gpt-5"}, "provider:name"),
        ({"model": "openai:"}, "provider:name"),
        ({"model": "nobody:m"}, "no provider"),
        ({"model": "anthropic:m", "model_url": "http://h"}, "openai:NAME"),
        ({"model": "m", "model_url": "ftp://h"}, "takes http"),
        ({"model": "m", "model_url": "localhost:8000"}, "takes http"),
        ({"model": "m", "model_url": "http://h:port"}, "takes http"),
        ({"model": "m", "model_url": "http://u:hush-hush@h"}, "DATELINE_MODEL_KEY"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        chat_model(Settings(**settings), {})
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize("row", [row for row in PROVIDERS.values() if row.keys], ids=lambda row: row.name)
def test_a_missing_key_names_its_variable(row: object) -> None:
    name, keys = row.name, row.keys  # type: ignore[attr-defined]
    with pytest.raises(ModelMissing, match=keys[0]):
        chat_model(Settings(model=f"{name}:m", model_key=KEY), {})


@pytest.mark.parametrize("row", PROVIDERS.values(), ids=lambda row: row.name)
def test_a_missing_package_names_the_line_that_installs_it(row: object) -> None:
    name, package, extra = row.name, row.package, row.extra  # type: ignore[attr-defined]
    script = f"""
import sys
sys.modules[{package!r}] = None
from rag.answer.chat_model import chat_model
from rag.errors import ModelMissing
from rag.settings import Settings
try:
    chat_model(Settings(model="{name}:m"), {{k: "k" for k in {["OPENAI_API_KEY", *ENVIRON]!r}}})
except ModelMissing as e:
    print(e)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert f'`pip install "dateline[{extra}]"`' in ended.stdout
    assert f"`pip install {package.replace('_', '-')}`" in ended.stdout


def test_a_missing_package_of_another_provider_is_named_too() -> None:
    with pytest.raises(ModelMissing, match=r"needs a package.*`pip install langchain-upstage`"):
        chat_model(Settings(model="upstage:solar"), {})


@pytest.mark.parametrize(
    ("provider", "model", "takes"),
    [
        ("openai", "gpt-4o-mini", True),
        ("openai", "gpt-5-mini", False),
        ("openai", "o3", False),
        ("openai", "openai/o3-mini", False),
        ("openai", "qwen3:8b", True),
        ("openai", "gpt-oss:20b", True),
        ("anthropic", "claude-sonnet-4-5-20250929", True),
        ("anthropic", "claude-sonnet-4-20250514", True),
        ("anthropic", "claude-opus-4-7", False),
        ("anthropic", "claude-sonnet-5-5", False),
        ("google_genai", "gemini-2.5-flash", True),
        ("google_genai", "gemini-3-pro", False),
        ("ollama", "qwen3:8b", True),
    ],
)
def test_temperature_is_left_out_for_models_that_refuse_it(provider: str, model: str, takes: bool) -> None:
    assert (PROVIDERS[provider].steady.match(model) is not None) is takes


@pytest.mark.parametrize("name", ["anthropic", "ollama", "google_genai"])
def test_every_provider_that_is_installed_can_be_set_up(name: str) -> None:
    pytest.importorskip(PROVIDERS[name].package)
    made = chat_model(Settings(model=f"{name}:gemini-2.0"), ENVIRON)
    assert made is not None
    assert OTHER not in repr(made)


def test_importing_the_module_loads_no_langchain() -> None:
    script = (
        "import sys, rag.answer.writer; sys.exit(any(m.split('.')[0] in ('langchain','openai') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=30, check=False).returncode == 0
