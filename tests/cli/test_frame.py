"""The frame: help, lazy commands, global options, what a failure becomes."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from scailable import errors
from scailable.cli import failures
from scailable.cli.base import Command
from scailable.cli.main import SECTIONS, cli
from scripts.import_budget import BUDGETS, Budget, loaded, problems
from tests.cli.shell import Shell
from tests.digits import DIGITS

NOUNS = {name: lazy for section in SECTIONS.values() for name, lazy in section.items()}


def commands() -> list[tuple[str, click.Command]]:
    """Every command with its full name."""
    found = []
    for name, lazy in NOUNS.items():
        command = getattr(import_module(lazy.module), lazy.attribute)
        if isinstance(command, click.Group):
            found += [(f"{name} {verb}", each) for verb, each in command.commands.items()]
        else:
            found.append((name, command))
    return found


def test_the_verbs_of_each_noun() -> None:
    verbs: dict[str, list[str]] = {}
    for name, _ in commands():
        noun, _, verb = name.partition(" ")
        verbs.setdefault(noun, []).append(verb)
    assert verbs == {
        "register": [""],
        "login": [""],
        "logout": [""],
        "whoami": [""],
        "models": [
            *("check", "diff", "fix", "inspect", "run", "bench"),
            *("upload", "list", "get", "update", "delete", "wait", "download"),
        ],
        "catalogues": ["list", "get", "create", "rename", "delete"],
        "devices": [
            *("list", "get", "create", "update", "delete"),
            *("assign", "assignments", "unassign", "statistics"),
        ],
        "groups": ["list", "get", "create", "rename", "delete", "add", "remove", "assign"],
        "licenses": ["list", "get"],
        "skafos": [
            *("apps", "models", "tokens"),
            *("upload", "list", "get", "fetch", "deploy", "environments", "delete", "summary"),
        ],
        "cloud": ["serve"],
        "edge": ["run"],
    }


@pytest.mark.parametrize("name", NOUNS)
def test_the_help_of_the_root_says_what_each_command_says(name: str) -> None:
    lazy = NOUNS[name]
    command = getattr(import_module(lazy.module), lazy.attribute)
    first_sentence = (command.help or "").replace("\n", " ").split(". ")[0].rstrip(".")
    assert first_sentence.startswith(lazy.help.rstrip("."))


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_takes_the_global_options_and_explains_itself(
    name: str, command: click.Command, offline: Shell
) -> None:
    assert isinstance(command, Command)
    help_text = offline.ok(*name.split(), "--help").out
    assert "Global options" in help_text
    assert "--json" in help_text
    short = command.get_short_help_str(limit=74)
    assert not short.endswith("..."), (
        f"the first sentence of {name} is too long for a list: {short}"
    )


def test_the_root_explains_itself(offline: Shell) -> None:
    outcome = offline.ok("--help")
    assert all(f"  {name} " in outcome.out for name in NOUNS)
    assert outcome.err == ""


def test_version(offline: Shell) -> None:
    assert offline.ok("--version").out.startswith("scailable 0.")


def test_an_unknown_command_is_a_usage_error(offline: Shell) -> None:
    assert "No such command 'modles'" in offline.fails(2, "modles")
    assert "scailable models --help" in offline.fails(2, "models", "uplaod")


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_global_options_may_stand_anywhere(place: str, offline: Shell) -> None:
    words: list[object] = {
        "before": ["--json", "models", "check", DIGITS],
        "between": ["models", "--json", "check", DIGITS],
        "after": ["models", "check", DIGITS, "--json"],
    }[place]
    assert offline.ok(*words).json[0]["ok"] is True


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: budget.title)
def test_the_import_budget_is_kept(budget: Budget) -> None:
    assert problems(budget, loaded(budget.code) - loaded("pass")) == []


def test_a_broken_import_budget_is_noticed() -> None:
    heavy = Budget("json and sqlite", "import json, sqlite3", 3)
    found = problems(heavy, {*loaded(heavy.code), "httpx"} - loaded("pass"))
    assert len(found) == 2


# --- failures ------------------------------------------------------------------------------------

CODES: dict[type[errors.ScailableError], int] = {
    errors.APIStatusError: 1,
    errors.BadRequest: 1,
    errors.BatchError: 1,
    errors.ConfigError: 2,
    errors.Conflict: 1,
    errors.ConnectionFailed: 4,
    errors.CredentialsError: 3,
    errors.IntegrityError: 1,
    errors.JobFailed: 1,
    errors.MissingExtraError: 1,
    errors.ModelRefused: 1,
    errors.NotFound: 1,
    errors.PermissionDenied: 1,
    errors.RateLimited: 1,
    errors.RequestTimeout: 4,
    errors.ResponseParsingError: 1,
    errors.ScailableError: 1,
    errors.ServerError: 1,
    errors.SessionExpired: 3,
    errors.TLSFailed: 4,
    errors.TooLarge: 1,
    errors.Unauthenticated: 3,
    errors.Unprocessable: 1,
    errors.UploadIncomplete: 4,
    errors.ValidationError: 2,
    errors.WaitTimeout: 1,
}


def test_every_error_has_its_exit_code() -> None:
    kinds = {
        kind
        for name in errors.__all__
        if isinstance(kind := getattr(errors, name), type) and issubclass(kind, BaseException)
    }
    assert set(CODES) == kinds
    for kind, code in CODES.items():
        assert failures.failure_of(kind.__new__(kind)).code == code, kind


def test_an_error_is_one_paragraph_with_the_servers_words_and_the_next_step() -> None:
    error = errors.Unprocessable(
        "The server refuses the values of the request (422)",
        status=422,
        words="The name is too long.",
        request_id="r-17",
        method="POST",
        url="http://127.0.0.1:1/dev/devices",
    )
    text, code = failures.explain(error)
    assert code == 1
    assert text.splitlines() == [
        "Error: The server refuses the values of the request (422)",
        "  Request: POST http://127.0.0.1:1/dev/devices",
        "  Server: The name is too long.",
        "  Request id: r-17",
        "  Correct the value the server names and try again.",
    ]


def test_the_hint_an_error_was_raised_with_wins() -> None:
    own = errors.CredentialsError("Nobody.", hint="Do this.")
    assert failures.explain(own)[0].endswith("Do this.")
    assert failures.explain(errors.CredentialsError("Nobody."))[0].endswith("scailable login")


def test_a_defect_is_named_as_one_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        {"device": 1}["model"]
    except KeyError as error:
        assert failures.report(error, debug=False) == 1
        plain = capsys.readouterr().err
        assert failures.report(error, debug=True) == 1
    assert "KeyError: 'model'" in plain
    assert "Traceback" not in plain
    assert "Traceback" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    try:
        (tmp_path / "none" / "x").write_text("")
    except OSError as error:
        text, code = failures.explain(error)
    assert code == 2
    assert (
        text == f"Error: Cannot use the file {tmp_path / 'none' / 'x'}: No such file or directory."
    )


@pytest.mark.parametrize("words", [["--help"], ["models", "check", DIGITS, "--json"]])
def test_a_closed_pipe_is_no_failure_to_talk_about(words: list[object], offline: Shell) -> None:
    process = offline.start(*words)
    assert process.stdout is not None
    process.stdout.close()  # long before it has started to write
    _, error = process.communicate(timeout=60)
    assert error == ""
    assert process.returncode == 1


def test_no_command_means_help(offline: Shell) -> None:
    outcome = offline.run()
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: scailable")


def test_closed_streams_are_no_defect(stranger: Shell) -> None:
    stranger.register()
    # As under a service manager that gives none.
    line = 'exec "$@" <&- >&- 2>"$0"'
    errors = Path(stranger.environment["SCAILABLE_CONFIG_DIR"], "errors")
    for words in (["catalogues", "create", "Doors"], ["catalogues", "list"]):
        subprocess.run(
            ["sh", "-c", line, errors, sys.executable, "-m", "scailable.cli.main", *words],
            env={**os.environ, **stranger.environment},
            check=True,
            timeout=60,
        )
        assert errors.read_text() == ""


def test_json_is_one_document(offline: Shell) -> None:
    outcome = offline.run("models", "check", DIGITS, "missing.onnx", "--json")
    assert outcome.code == 2
    assert [entry["ok"] for entry in json.loads(outcome.out)] == [True, False]


def test_cli_is_the_entry_point() -> None:
    assert cli.name == "cli"
