"""docker-compose.rabbit.yml starts what there is, with settings that are known, and holds no secret."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import CliRunner

from core.topology import consumers
from entrypoints.cli import main
from entrypoints.rights import definitions
from entrypoints.settings import ALL, known, read_settings

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docker-compose.rabbit.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "billow"}
ROLES = {name: service for name, service in OURS.items() if service["command"][0] == "run"}
GATEWAYS = ("a", "b")
VARIABLE = re.compile(r"\$\{(\w+):\?([^}]*)\}")


def environment(service: dict[str, Any]) -> dict[str, str]:
    """With a value for every variable, as compose would fill it in."""
    given = service.get("environment", {})
    return {
        name: VARIABLE.sub(lambda found: f"secret-of-{found[1].lower()}", str(text)) for name, text in given.items()
    }


def consumer(service: dict[str, Any]) -> str:
    _, role, *gateway = service["command"]
    return f"{role}-{gateway[1]}" if gateway else str(role)


@pytest.mark.parametrize("name", [name for name in OURS if "entrypoint" not in OURS[name]])
def test_every_command_exists_with_its_options(name: str) -> None:
    arguments = [VARIABLE.sub("value", word) for word in OURS[name]["command"]]
    result = CliRunner().invoke(main, [*arguments, "--help"])
    assert result.exit_code == 0, result.output
    if name in ROLES:
        assert arguments[1] in ALL


def test_commands_inside_scripts_exist_too() -> None:
    (script,) = SERVICES["keys"]["command"]
    assert re.findall(r"billow ([a-z-]+)", script) == ["sealing-key"]
    assert CliRunner().invoke(main, ["sealing-key", "--help"]).exit_code == 0


def test_every_role_and_every_gateway_runs_once() -> None:
    assert Counter(map(consumer, ROLES.values())) == Counter(consumers(GATEWAYS))


@pytest.mark.parametrize("name", ROLES)
def test_every_role_has_all_settings_it_needs_and_none_that_is_unknown(name: str) -> None:
    settings = read_settings(environment(ROLES[name]), consumer(ROLES[name]))
    assert settings.gateways == GATEWAYS
    assert settings.http_host == "0.0.0.0"


@pytest.mark.parametrize("name", OURS)
def test_no_setting_is_unknown(name: str) -> None:
    assert set(environment(OURS[name])) <= known(GATEWAYS)


@pytest.mark.parametrize("name", ROLES)
def test_every_role_comes_as_its_own_user(name: str) -> None:
    given = environment(ROLES[name])
    rabbit, postgres = urlsplit(given["BILLOW_AMQP_URL"]), urlsplit(given["BILLOW_DATABASE_URL"])
    assert rabbit.username == f"billow-{consumer(ROLES[name])}"
    assert rabbit.password == f"secret-of-rabbitmq_password_{str(rabbit.username).replace('-', '_')}"
    assert postgres.username == f"billow_{consumer(ROLES[name]).replace('-', '_')}"


def test_only_a_gateway_sees_its_private_key_and_its_provider() -> None:
    for name, service in ROLES.items():
        volumes = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        assert {volume for volume in volumes if volume.startswith("key-")} == (
            {f"key-{name[-1]}"} if name.startswith("gateway-") else set()
        )
        assert any("PROVIDER_KEY" in setting for setting in environment(service)) == name.startswith("gateway-")


def test_the_broker_is_given_the_password_of_every_user() -> None:
    marks = {user["password"].strip("@") for user in definitions(GATEWAYS)["users"]}
    given = SERVICES["rabbitmq"]["environment"]
    assert set(given) == marks
    assert all(text == f"${{{name}:?secret}}" for name, text in given.items())


def test_the_database_is_given_the_password_of_every_user() -> None:
    script = (ROOT / "deploy" / "compose" / "passwords.sql").read_text("utf-8")
    users = {str(urlsplit(environment(service)["BILLOW_DATABASE_URL"]).username) for service in ROLES.values()}
    assert set(re.findall(r"ALTER ROLE (\w+) PASSWORD", script)) == users
    assert set(re.findall(r"\\getenv \w+ (\w+)", script)) <= set(SERVICES["database-users"]["environment"])


def test_no_secret_is_written_down_and_one_command_makes_them_all() -> None:
    made = subprocess.run(["sh", "deploy/compose/secrets.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
    values = dict(line.split("=", 1) for line in made.stdout.splitlines() if not line.startswith("#"))
    assert set(values) == {name for name, _ in VARIABLE.findall(TEXT)}
    secrets = [value for name, value in values.items() if name != "BILLOW_ISSUER"]
    assert len(set(secrets)) == len(secrets)
    assert all(re.fullmatch("[0-9a-f]{48}", value) for value in secrets)
    for service in SERVICES.values():
        for name, text in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|_KEY$", name):
                assert VARIABLE.fullmatch(str(text)), name


def test_every_file_that_is_mounted_or_copied_exists() -> None:
    mounted = [v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", []) if v.startswith("./")]
    assert mounted
    assert all((ROOT / path).exists() for path in mounted)
    copied = [
        words.split()[:-1] for words in re.findall("^COPY (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ]
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {path for paths in copied for path in paths} == kept
    assert all((ROOT / path).exists() for path in kept)


def test_every_volume_and_every_service_that_is_waited_for_exists() -> None:
    named = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", []) if not v.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
