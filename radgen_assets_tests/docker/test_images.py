"""The image and the compose file: parsed and held to simple rules, since no engine runs where the tests run."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from radgen_assets.resources.home import Home, HomeSettings
from radgen_assets.resources.servers import Ports, commands

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
OURS = ("code_server", "webserver", "daemon", "mlflow")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continuation lines joined, comments left out."""
    lines = [line for line in (DOCKER / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def words_of(service: dict[str, Any]) -> list[str]:
    """A service's command as separate words, also where a shell starts it."""
    command = service["command"]
    return command[-1].replace('"', "").split()[1:] if command[0] == "sh" else command


# what is started


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> dict[str, list[str]]:
    """Command lines of `radgen ui`, by the service that stands for them."""
    root = tmp_path_factory.mktemp("home")
    (root / "dagster").mkdir()
    ports = Ports(webserver=3000, mlflow=5000, code_server=4000)
    return {name.replace(" ", "_"): line for name, line in commands(Home(root, HomeSettings()), ports).items()}


def test_compose_starts_the_servers_of_radgen_ui_and_postgres(compose, started):
    """`home` makes the home's files once and ends."""
    assert set(compose["services"]) - {"postgres", "home"} == set(started) == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_the_same_program_with_the_same_options(compose, started, name):
    """Values that name a machine differ (address, port, folder, database); programs, words and options do not."""
    here, there = words_of(compose["services"][name]), started[name]
    assert PurePosixPath(here[0]).name == Path(there[0]).name
    assert [word for word in here[1:] if word.startswith("-")] == [word for word in there[1:] if word.startswith("-")]
    plain = ("code-server", "start", "run", "server", "radgen_assets.definitions", "radgen")
    assert [word for word in here[1:] if word in plain] == [word for word in there[1:] if word in plain]


def test_the_workspace_names_the_code_server_by_its_service_and_port(compose):
    location = yaml.safe_load((DOCKER / "workspace.yaml").read_text())["load_from"][0]["grpc_server"]
    words = words_of(compose["services"][location["host"]])
    assert words[words.index("--port") + 1] == str(location["port"])
    assert words[words.index("--location-name") + 1] == location["location_name"]


# what is open to others


def test_ports_are_published_on_this_machine_alone(compose):
    """Neither Dagster nor MLflow asks who is there."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_sources_are_mounted_read_only(compose):
    """radgen never writes to sources; the container cannot."""
    for name in (*OURS, "home"):
        mounts = compose["services"][name]["volumes"]
        assert [mount for mount in mounts if ":/sources" in mount] == [
            "${RADGEN_SOURCES:?the folder of the cohorts, in docker/.env}:/sources:ro"
        ]


def test_no_secret_stands_in_any_file_of_the_folder():
    """A password comes from docker/.env, which git ignores, and is asked for where it is missing."""
    for path in DOCKER.iterdir():
        for line in path.read_text().splitlines():
            given = re.match(r"\s*\w*PASSWORD\s*[:=]\s*(.*)", line)
            if given and path.name != ".env":
                assert re.fullmatch(r"(\$\{POSTGRES_PASSWORD:\?[^}]+\})?", given[1]), f"{path.name}: {line}"
            for password in re.findall(r"//radgen:(.*?)@", line):
                assert password.startswith("${POSTGRES_PASSWORD:?"), f"{path.name}: {line}"
    assert "docker/.env\n" in (ROOT / ".gitignore").read_text()


def test_every_variable_of_the_compose_file_stands_in_the_example(compose):
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", (DOCKER / "compose.yaml").read_text()))
    example = (DOCKER / ".env.example").read_text()
    assert used == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


# whether it keeps running


@pytest.mark.parametrize("name", [*OURS, "postgres"])
def test_every_server_says_whether_it_is_well(compose, name):
    assert compose["services"][name]["healthcheck"]["test"][0] == "CMD"


def test_servers_wait_for_what_they_need(compose):
    """Postgres is well before the home is made; the home is made before anything opens it."""
    needs = {name: each.get("depends_on", {}) for name, each in compose["services"].items()}
    assert needs["home"] == {"postgres": {"condition": "service_healthy"}}
    assert needs["code_server"] == needs["mlflow"] == {"home": {"condition": "service_completed_successfully"}}
    assert needs["webserver"] == needs["daemon"] == {"code_server": {"condition": "service_healthy"}}


def test_what_must_outlive_a_container_lies_in_named_volumes(compose):
    assert set(compose["volumes"]) == {"home", "postgres"}
    assert "postgres:/var/lib/postgresql/data" in compose["services"]["postgres"]["volumes"]
    assert all("home:/data/home" in compose["services"][name]["volumes"] for name in OURS)


def test_every_database_that_is_named_is_made(compose):
    """Dagster's is Postgres' own first database, the others come from the SQL file."""
    text = (DOCKER / "compose.yaml").read_text() + (DOCKER / "dagster.yaml").read_text()
    named = set(re.findall(r"@postgres:5432/(\w+)", text)) | set(re.findall(r"db_name: (\w+)", text))
    made = set(re.findall(r"create database (\w+);", (DOCKER / "create_databases.sql").read_text()))
    assert named == made | {compose["services"]["postgres"]["environment"]["POSTGRES_DB"]}


def test_urls_name_their_driver(compose):
    """Without one SQLAlchemy chooses, and a release of it chose another."""
    environment = compose["services"]["daemon"]["environment"]
    assert environment["RADGEN_LEDGER_URL"].startswith("postgresql+psycopg://")
    assert environment["RADGEN_MLFLOW_URI"].startswith("postgresql+psycopg2://")


def test_dagsters_instance_differs_from_a_homes_in_its_storage_alone():
    from radgen_assets.resources.home import DAGSTER_YAML

    here, at_home = yaml.safe_load((DOCKER / "dagster.yaml").read_text()), yaml.safe_load(DAGSTER_YAML)
    storage = here.pop("storage")
    assert here == at_home
    assert storage["postgres"]["postgres_db"]["hostname"] == "postgres"


# the image


def test_base_images_are_pinned_to_a_patch_release(compose, instructions):
    """No `latest`, no moving tag: an image built next year is this one."""
    images = [rest.split()[0] for word, rest in instructions if word == "FROM"]
    images += [service["image"] for service in compose["services"].values()]
    assert images
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?", image)] == []


def test_both_stages_start_from_one_image(instructions):
    """What was compiled runs on the libraries that it was compiled against."""
    assert len({rest.split()[0] for word, rest in instructions if word == "FROM"}) == 1


def test_the_image_ends_as_another_user_than_root(instructions):
    last_stage = instructions[max(at for at, (word, _) in enumerate(instructions) if word == "FROM") :]
    assert [rest for word, rest in last_stage if word == "USER"] == ["radgen"]
    assert all(word != "RUN" for word, _ in last_stage[[word for word, _ in last_stage].index("USER") :])


def test_no_compiler_is_left_in_the_image(instructions):
    last_stage = instructions[max(at for at, (word, _) in enumerate(instructions) if word == "FROM") :]
    assert not any("gcc" in rest for _, rest in last_stage)


def test_package_lists_are_removed_in_the_layer_that_fetched_them(instructions):
    fetching = [rest for word, rest in instructions if word == "RUN" and "apt-get install" in rest]
    assert fetching
    for rest in fetching:
        assert "--no-install-recommends" in rest
        assert "rm -rf /var/lib/apt/lists/*" in rest


def test_nothing_is_fetched_from_an_address_nor_added_unpacked(instructions):
    assert not any(word == "ADD" for word, _ in instructions)
    assert not any(tool in rest for word, rest in instructions if word == "RUN" for tool in ("curl ", "wget "))


def test_the_image_installs_as_the_makefile_does(instructions):
    """One order of installation, written once."""
    assert [rest for word, rest in instructions if word == "RUN" and rest.startswith("make ")] == [
        "make .venv/stamps/pyradiomics",
        "make setup EXTRAS=",
    ]


def test_telemetry_is_off_in_the_image(instructions):
    environment = " ".join(rest for word, rest in instructions if word == "ENV")
    for switch in ("DAGSTER_DISABLE_TELEMETRY=1", "DO_NOT_TRACK=1", "MLFLOW_DISABLE_TELEMETRY=true"):
        assert switch in environment


def test_what_is_copied_into_the_image_is_let_through_to_the_engine(instructions):
    """.dockerignore refuses everything that it does not name."""
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source
        for word, rest in instructions
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied <= let_through
    assert [source for source in copied if not (ROOT / source).exists()] == []
