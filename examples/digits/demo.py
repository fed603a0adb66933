"""The main job, for real, on this machine: from a model file to results on a device.

    python examples/digits/demo.py               # the handwritten digits in this folder
    python examples/digits/demo.py my.onnx       # your model, on random inputs

Every step is a command that you could type. The cloud and the device are processes of their own;
all they write is in a temporary folder, which is removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
DEVICE = "camera-7"
ACCURACY_FLOOR = 0.95
RANDOM_SAMPLES = 8
SHADES = " ░▒▓█"
PLAIN_SHADES = " .:*#"
PER_ROW = 4
PICTURES = 8
END_SECONDS = 10
DEVICE_SECONDS = 120


class DemoFailed(Exception):
    """A step did not do what it should."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Stage:
    """Where the demo takes place: a folder, the environment of the commands, what took how long."""

    folder: Path
    environment: dict[str, str]
    times: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Name a step and take its time."""
        print(f"\n{len(self.times) + 1}. {title}", flush=True)
        began = time.perf_counter()
        yield
        self.times.append((title, time.perf_counter() - began))

    def show(self, words: Sequence[str]) -> None:
        """The command as a user would type it."""
        print(f"$ {self.short(shlex.join(['scailable', *words]))}", flush=True)

    def short(self, line: str) -> str:
        """The line with the demo's folder as the variable that stands for it."""
        return line.replace(str(self.folder), "$DEMO")

    def run(self, *words: str, stdin: str | None = None) -> None:
        """Show a command and run it; its output goes to the terminal.

        Raises:
            DemoFailed: it ended with another exit code than 0.
        """
        self.show(words)
        done = subprocess.run(command(words), env=self.environment, input=stdin, text=True)
        if done.returncode:
            raise DemoFailed(f"The demo stops here: `scailable {words[0]} {words[1]}` failed.")

    def start(
        self, *words: str, stderr: int | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        """Show a command and start it; its lines are read from the process."""
        self.show(words)
        return subprocess.Popen(
            command(words),
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            # Ctrl-C reaches this script alone, which ends its processes in order.
            start_new_session=True,
        )


def command(words: Sequence[str]) -> list[str]:
    """The command line of this very environment, whatever the PATH says."""
    return [sys.executable, "-m", "scailable.cli.main", *words]


def main() -> int:
    """Run the demo; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", type=Path, help="an ONNX file of yours")
    model: Path | None = parser.parse_args().model
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with ExitStack() as stack:
            return play(stack, model)
    except DemoFailed as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _terminated(_number: int, _frame: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def play(stack: ExitStack, own: Path | None) -> int:
    """All steps, in order; what must be ended or removed is left to the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scailable-demo-")))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SCAILABLE_")}
    stage = Stage(folder, {**kept, "SCAILABLE_CONFIG_DIR": str(folder / "config")})
    model = Path(os.path.relpath(own or HERE / "digits.onnx"))
    name = model.stem
    results = folder / "results.jsonl"
    print(f"From {model} to a device.\nDEMO={folder} (removed at the end)")

    with stage.step("Check the model; nothing leaves this machine"):
        stage.run("models", "check", str(model))
    with stage.step("Start a cloud"):
        serve = stage.start("cloud", "serve", "--port", "0", "--data", str(folder / "cloud"), "-q")
        stack.callback(end, serve)
        stage.environment["SCAILABLE_BASE_URL"] = served_url(serve)
        print(f"$ export SCAILABLE_BASE_URL={stage.environment['SCAILABLE_BASE_URL']}")
    with stage.step("Register"):
        stage.run(
            *("register", "--email", "you@example.com", "--name", "You"),
            *("--company", "Your company", "--accept-eula", "--password-stdin"),
            stdin=secrets.token_urlsafe(24),
        )
    with stage.step("Upload the model and wait for the conversion"):
        stage.run("models", "upload", str(model), "--name", name, "--wait")
    with stage.step("Start a device; it announces itself"):
        inputs = (
            random_inputs(model, folder / "random.npz") if own else model.with_name("heldout.npz")
        )
        device = stage.start(
            *("edge", "run", "--name", DEVICE, "--input", str(inputs)),
            *("--output", str(results), "--data", str(folder / "device"), "--once"),
            stderr=subprocess.STDOUT,
            # A device is another machine: nobody is signed in there.
            SCAILABLE_CONFIG_DIR=str(folder / "device-config"),
        )
        stack.callback(end, device)
        shown = registration_command(device)
    with stage.step("Register the device with the command it shows"):
        stage.run(*shown)
    with stage.step("Assign the model"):
        stage.run("devices", "assign", DEVICE, name)
    with stage.step("The device downloads the model, verifies it and runs it"):
        follow(stage, device)
    with stage.step("What the cloud knows of it now"):
        stage.run("devices", "assignments", DEVICE)

    lines = [json.loads(line) for line in results.read_text().splitlines()]
    code = show_outputs(lines) if own else show_digits(lines)
    show_times(stage.times)
    show_next(own)
    return code


# --- the processes -------------------------------------------------------------------------------


def served_url(serve: subprocess.Popen[str]) -> str:
    """The URL that a cloud prints once it accepts connections."""
    assert serve.stdout is not None
    url = serve.stdout.readline().strip()
    if not url:
        raise DemoFailed("The demo stops here: the cloud did not start.")
    return url


def registration_command(device: subprocess.Popen[str]) -> list[str]:
    """The words after `scailable` of the command that a device asks its owner to type."""
    for line in device.stdout or ():
        print(f"  {line}", end="", flush=True)
        words = shlex.split(line)
        if words[:3] == ["scailable", "devices", "create"]:
            return words[1:]
    raise DemoFailed("The demo stops here: the device did not announce itself.")


def follow(stage: Stage, device: subprocess.Popen[str]) -> None:
    """Show what a device says until it has done its work, but not for ever."""
    late = threading.Timer(DEVICE_SECONDS, device.kill)
    late.start()
    try:
        for line in device.stdout or ():
            print(f"  {stage.short(line)}", end="", flush=True)
        code = device.wait()
    finally:
        late.cancel()
    if code:
        raise DemoFailed("The demo stops here: the device could not do its work.")


def end(process: subprocess.Popen[str]) -> None:
    """End a process, kindly at first."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        with contextlib.suppress(OSError):
            process.stdout.close()


def random_inputs(model: Path, path: Path) -> Path:
    """Write random samples in the shapes of the model's inputs."""
    from scailable import onnx

    facts = onnx.check(model).facts
    arrays: dict[str, Any] = {}
    for tensor in facts.inputs if facts else ():
        shape = tensor.shape or ()
        if not all(isinstance(size, int) for size in shape):
            raise DemoFailed(f"The demo needs fixed sizes; {tensor.name} is {tensor}.")
        arrays[tensor.name] = random_array(tensor.dtype, (RANDOM_SAMPLES, *shape))
    np.savez(path, **arrays)
    return path


def random_array(dtype: str, shape: tuple[Any, ...]) -> NDArray[Any]:
    """Random numbers: 0..1 for floating point types, 0 or 1 for all others."""
    try:
        kind = np.dtype(dtype)
    except TypeError:
        raise DemoFailed(f"The demo cannot make random inputs of type {dtype}.") from None
    numbers = np.random.default_rng(0).random(shape)
    return (numbers if kind.kind == "f" else numbers.round()).astype(kind)


# --- what came out -------------------------------------------------------------------------------


def show_digits(lines: list[dict[str, Any]]) -> int:
    """Pictures of some digits with what the device read, and the accuracy over all of them."""
    with np.load(HERE / "heldout.npz") as heldout:
        labels = heldout["labels"]
        images = next(heldout[name] for name in heldout.files if name != "labels")
    read = {line["index"]: line["outputs"]["scores"]["label"] for line in lines}
    right = [index for index in read if read[index] == str(labels[index])]
    wrong = [index for index in read if read[index] != str(labels[index])]
    accuracy = len(right) / len(labels)

    print(f"\nSome of the {len(labels)} held-out images, as the device read them:\n")
    # One of each digit, and the first mistake.
    first = {str(labels[index]): index for index in reversed(right)}
    chosen = sorted(first.values())[: PICTURES - len(wrong[:1])] + wrong[:1]
    for start in range(0, len(chosen), PER_ROW):
        row = chosen[start : start + PER_ROW]
        for picture in zip(*(drawn(images[index]) for index in row), strict=True):
            print("  " + "  ".join(picture).rstrip())
        captions = [
            f"read {read[index]}" + ("" if index in right else f", is {labels[index]}")
            for index in row
        ]
        print("  " + "  ".join(f"{caption:^16}" for caption in captions).rstrip() + "\n")
    print(f"Accuracy on the device: {accuracy:.1%} ({len(right)} of {len(labels)} images)")
    if accuracy < ACCURACY_FLOOR:
        print(f"That is below {ACCURACY_FLOOR:.0%}: something is wrong.", file=sys.stderr)
        return 1
    return 0


def drawn(image: NDArray[Any]) -> list[str]:
    """An image (1, 8, 8) of 0..1 as lines, two characters a pixel."""
    shades = SHADES if "utf" in (sys.stdout.encoding or "").lower() else PLAIN_SHADES
    levels = np.clip((image[0] * len(shades)).astype(int), 0, len(shades) - 1)
    return ["".join(shades[level] * 2 for level in row) for row in levels]


def show_outputs(lines: list[dict[str, Any]]) -> int:
    """The first results of a model whose right answers nobody knows."""
    failed = [line for line in lines if "error" in line]
    print(f"\n{len(lines)} random inputs were run on the device. Its first answers:\n")
    for line in lines[:4]:
        if "error" in line:
            print(f"  input {line['index']}: {line['error']}")
            continue
        print(f"  input {line['index']}, {line['latency_ms']:.1f} ms")
        for name, value in line["outputs"].items():
            print(f"    {name}: {described(value)}")
    if failed or not lines:
        print(f"{len(failed)} of {len(lines)} inputs failed.", file=sys.stderr)
        return 1
    return 0


def described(value: Any) -> str:
    """An output on one line: a label with its score, or its shape and first values."""
    if isinstance(value, dict) and "label" in value:
        return f"{value['label']} ({value['score']:.3f})"
    array = np.asarray(value)
    first = ", ".join(f"{number:.4g}" for number in array.ravel()[:5])
    more = ", ..." if array.size > 5 else ""
    return f"{'x'.join(map(str, array.shape)) or 'scalar'}  [{first}{more}]"


def show_times(times: list[tuple[str, float]]) -> None:
    """How long each step took."""
    print("\nTimes")
    for number, (title, seconds) in enumerate(times, 1):
        print(f"  {seconds:5.1f} s  {number}. {title}")
    print(f"  {sum(seconds for _, seconds in times):5.1f} s  in all")


def show_next(own: Path | None) -> None:
    """What to try next."""
    model = "examples/digits/digits.onnx" if own is None else os.path.relpath(own)
    tips = [
        (f"scailable models check {model} --json", "every finding, for a script"),
        ("scailable cloud serve", "a cloud that stays; then the steps above"),
        ("less docs/facade.md", "the same from Python"),
    ]
    if own is None:
        tips.insert(0, ("make demo MODEL=my.onnx", "the same with your model"))
    width = max(len(line) for line, _ in tips)
    print("\nTry next (commands are in .venv/bin)")
    for line, why in tips:
        print(f"  {line:<{width}}  {why}")


if __name__ == "__main__":
    sys.exit(main())
