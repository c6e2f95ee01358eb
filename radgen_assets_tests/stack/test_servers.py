"""`radgen ui` starts real servers, says where, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.resources.home import Home, make_home
from radgen_assets.resources.servers import Ports
from radgen_assets.resources.tracker import FitLog
from radgen_assets_tests.stack.served import Served, served, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.slow]

GROUPS = {"raw", "imaging", "expression", "features", "tables", "models"}


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An empty home with one fit in its MLflow, served."""
    home = make_home(tmp_path_factory.mktemp("servers") / "home")
    home.tracker().prepare()
    home.tracker().record_fit("first", "idh", "a" * 64, FitLog(params={"seed": 1}, metrics={"auc": 0.8}))
    with served(home.root) as running:
        yield running


def test_it_says_where_everything_is(ui: Served):
    said = (ui.home / "logs" / "ui.log").read_text()
    assert f"Dagster: {ui.dagster}" in said
    assert f"MLflow:  {ui.mlflow}" in said
    assert "does not load" not in said


def test_dagster_shows_all_assets_in_their_groups(ui: Served):
    nodes = ui.ask("{ assetNodes { groupName assetKey { path } } }")["assetNodes"]
    assert {node["groupName"] for node in nodes} == GROUPS
    assert all(node["assetKey"]["path"][0] == node["groupName"] for node in nodes)


def test_every_daemon_gives_signs_of_life(ui: Served):
    """Without the sensor daemon no pass would ever start; without the coordinator no run."""

    def healthy() -> set[str]:
        query = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"
        found = ui.ask(query)["instance"]["daemonHealth"]["allDaemonStatuses"]
        return {each["daemonType"] for each in found} if all(each["healthy"] for each in found) else set()

    found = wait_for(healthy, 90, "some daemon is not healthy")
    assert {"SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR", "BACKFILL"} <= found


def test_mlflow_lists_the_fits(ui: Served):
    experiment = ui.mlflow_ids("experiments", max_results=10)["first"]
    assert set(ui.mlflow_ids("runs", experiment_ids=[experiment])) == {"idh"}


def test_servers_listen_on_this_machine_alone(ui: Served):
    listening = [
        connection.laddr.ip
        for process in ui.tree()
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 3
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_a_second_one_over_the_same_home_is_refused_with_the_address_of_the_first(ui: Served):
    said = subprocess.run(
        [sys.executable, "-c", "from radgen_assets.cli.main import main; main()", "ui", "--home", str(ui.home)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 2
    assert f"This home is served already at {ui.dagster}" in said.stderr
    assert ui.process.poll() is None


def test_a_port_that_is_taken_is_named(ui: Served):
    taken = int(ui.dagster.rpartition(":")[2])
    with pytest.raises(UsedWrongly, match=f"Port {taken} is taken. Choose another with --port"):
        Ports.choose(taken, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda each: each.name)
def test_however_it_ends_no_process_of_it_is_left(number: signal.Signals, tmp_path: Path):
    """By SIGKILL it cannot clean up: the kernel tells its children."""
    home = make_home(tmp_path / "home")
    with served(home.root) as running:
        tree = running.tree()
        assert len(tree) >= 5
        running.process.send_signal(number)
        running.process.wait(60)
        _, left = psutil.wait_procs(tree, timeout=45)
        assert left == []
    state = home.root / "logs" / "servers.json"
    assert state.exists() == (number is signal.SIGKILL)


def test_what_a_killed_one_left_is_no_obstacle(tmp_path: Path):
    from radgen_assets.resources.servers import STATE_FILE, clear_left_over

    home: Home = make_home(tmp_path / "home")
    (home.root / "logs").mkdir()
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    began = psutil.Process(orphan.pid).create_time()
    state = {
        "dagster": "http://127.0.0.1:1",
        "served_by": {"pid": 2**22 - 1, "began": 1.0},
        "servers": {"daemon": {"pid": orphan.pid, "began": began}},
    }
    (home.root / "logs" / STATE_FILE).write_text(json.dumps(state))
    clear_left_over(home)
    orphan.wait(20)
    assert not psutil.pid_exists(orphan.pid)
    assert not (home.root / "logs" / STATE_FILE).exists()
