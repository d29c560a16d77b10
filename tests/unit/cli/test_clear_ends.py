"""What is wrong outside of Billow ends a command with a sentence, never with a traceback."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main


def end_of(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, arguments, env=env)


def ended_clearly(result: Result, code: int) -> bool:
    return isinstance(result.exception, SystemExit) and result.exit_code == code and bool(result.output.strip())


@pytest.mark.parametrize(
    "arguments",
    [
        ("dead", "list", "--amqp", "nope"),
        ("topology", "apply", "--amqp", "http://broker"),
        ("topology", "apply", "--amqp", "amqp://broker", "--management", "broker"),
        ("migrate", "--database", "nope"),
        ("up", "--broker", "nope"),
        ("up", "--database", "nope"),
        ("up", "--log-level", "LOUD"),
    ],
)
def test_what_makes_no_sense_on_the_command_line_is_told_at_once(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert ended_clearly(end_of(*arguments, env={"BILLOW_HOME": str(tmp_path)}), 2)


def test_a_taken_port_ends_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = end_of("sandbox", "--port", port, "--ledger", str(tmp_path / "ledger.sqlite"))
    assert ended_clearly(result, 1), result.output
    assert port in result.output


def test_the_summary_of_a_demo_is_tried_before_the_demo(tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = end_of("demo", "--json", str(tmp_path / "no" / "summary.json"), env={"BILLOW_HOME": str(home)})
    assert ended_clearly(result, 1), result.output
    assert not home.exists()


def test_a_file_that_is_no_text_ends_an_import_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "subscribers.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert ended_clearly(end_of("import", str(file), env={"BILLOW_HOME": str(tmp_path)}), 1)


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr("entrypoints.cli.importing.read_file", broken)
    file = tmp_path / "subscribers.csv"
    file.touch()
    assert isinstance(end_of("import", str(file), env={"BILLOW_HOME": str(tmp_path)}).exception, KeyError)
