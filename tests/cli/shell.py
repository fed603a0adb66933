"""Running commands and looking at how they ended."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from click.testing import CliRunner

from scailable.cli.main import cli

PASSWORD = "seven-Quiet-otters-41"


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs commands in this process, or as one of their own."""

    environment: dict[str, str]
    email: str = field(default_factory=lambda: f"{uuid4().hex}@example.com")

    def run(self, *words: object, stdin: str | None = None) -> Outcome:
        """Any outcome."""
        kept = {name: None for name in os.environ if name.startswith(("SCAILABLE_", "SKAFOS_"))}
        runner = CliRunner(env={**kept, **self.environment})
        result = runner.invoke(
            cli, [str(word) for word in words], input=stdin, prog_name="scailable"
        )
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def ok(self, *words: object, stdin: str | None = None) -> Outcome:
        """An outcome that must be a success."""
        outcome = self.run(*words, stdin=stdin)
        assert outcome.code == 0, outcome.err
        return outcome

    def fails(self, code: int, *words: object, stdin: str | None = None) -> str:
        """The words of an outcome that must be this failure, and tidy."""
        outcome = self.run(*words, stdin=stdin)
        assert outcome.code == code, (outcome.out, outcome.err)
        assert outcome.out == ""
        assert "Traceback" not in outcome.err
        return outcome.err

    def start(self, *words: object, **settings: Any) -> "subprocess.Popen[str]":
        """The command as a process of its own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCAILABLE_", "SKAFOS_"))}
        return subprocess.Popen(
            [sys.executable, "-m", "scailable.cli.main", *map(str, words)],
            env={**kept, **self.environment},
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings},
        )

    def register(self) -> None:
        """Make an account in an organisation of its own; it stays signed in."""
        self.ok(
            *("register", "--email", self.email, "--name", "Ada", "--company", uuid4().hex),
            *("--accept-eula", "--password-stdin"),
            stdin=PASSWORD,
        )
