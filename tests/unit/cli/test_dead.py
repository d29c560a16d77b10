import pytest
from click.testing import CliRunner

from entrypoints.cli import main


def test_an_operator_needs_the_address_of_rabbitmq_and_no_other_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLOW_AMQP_URL", "amqp://127.0.0.1:1/")
    result = CliRunner().invoke(main, ["dead", "list"])
    assert result.exit_code == 1
    assert "broker" in result.output


def test_gateways_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(main, ["topology", "show"], env={"BILLOW_GATEWAYS": "a,B-2"})
    assert result.exit_code == 2
    assert "lower-case letters and digits" in result.output


def test_the_topology_is_shown_for_the_gateways_of_the_setting() -> None:
    result = CliRunner().invoke(main, ["topology", "show"], env={"BILLOW_GATEWAYS": "c"})
    assert "billow.gateway-c.charges" in result.output
    assert "gateway-a" not in result.output


@pytest.mark.parametrize("arguments", [("list", "nope"), ("replay", "nope")])
def test_a_queue_there_is_none_of_is_not_an_empty_one(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["dead", *arguments], env={"BILLOW_AMQP_URL": "amqp://127.0.0.1:1/"})
    assert result.exit_code == 2
    assert "billow.gateway-a.charges" in result.output
