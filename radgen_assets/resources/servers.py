"""The servers of `radgen ui`: Dagster's code server, webserver and daemon, and MLflow, as child processes.

They end with the process that started them, however that ends.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.errors import NotReady, UsedWrongly

if TYPE_CHECKING:
    from radgen_assets.resources.home import Home

LOCALHOST = "127.0.0.1"
START_SECONDS = 240.0
STOP_SECONDS = 15.0
STATE_FILE = "servers.json"  # who serves this home, in logs/


@dataclass(frozen=True)
class Ports:
    """Where each server listens, on 127.0.0.1."""

    webserver: int
    mlflow: int
    code_server: int

    @classmethod
    def choose(cls, webserver: int, mlflow: int) -> Ports:
        """The ports asked for (0: any free one), and a free one for the code server.

        Raises
        ------
        UsedWrongly
            When a port is taken.
        """
        taken = {port for port in (webserver, mlflow) if port}
        if webserver and webserver == mlflow:
            raise UsedWrongly(f"--port and --mlflow-port are both {webserver}. Choose two.")
        for port in taken:
            _require_free(port)
        free = [port for port in _free_ports(5) if port not in taken]
        return cls(webserver or free[0], mlflow or free[1], free[2])


@dataclass
class _Servers:
    """The servers that run, and where their logs are."""

    home: Home
    ports: Ports
    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log(self, name: str) -> Path:
        return self.logs / f"{name.replace(' ', '_')}.log"


def serve(home: Home, port: int, mlflow_port: int, tell: Callable[[str], None]) -> None:
    """Start all servers, say where they are, and wait until one ends, Ctrl-C or SIGTERM.

    Raises
    ------
    UsedWrongly
        When a port is taken, or the home is served already.
    NotReady
        When a server does not answer in time; names its log and what it said last.
    """
    logs = home.root / "logs"
    logs.mkdir(exist_ok=True)
    clear_left_over(home)
    servers = _Servers(home, Ports.choose(port, mlflow_port), logs)
    home.tracker().prepare()
    # SIGINT too: a shell that starts a job in the background tells it to ignore it
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    started = time.monotonic()
    try:
        _start_all(servers)
        tell(f"Dagster: {address(servers.ports.webserver)}    ready after {time.monotonic() - started:.0f} s")
        trouble = location_error(address(servers.ports.webserver))
        if trouble:
            tell(f"  but it shows no assets, since the definitions do not load: {trouble}")
        _await(lambda: _answers(f"{address(servers.ports.mlflow)}/health"), "mlflow", servers)
        tell(f"MLflow:  {address(servers.ports.mlflow)}    ready after {time.monotonic() - started:.0f} s")
        tell(f"Home:    {home.root}    logs: {logs}    Ctrl-C stops everything")
        _wait(servers, tell)
    except KeyboardInterrupt:
        tell("Stopping.")
    finally:
        for number in (signal.SIGINT, *before):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them running
        _stop(list(servers.processes.values()))
        (logs / STATE_FILE).unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _start_all(servers: _Servers) -> None:
    """Code server and MLflow side by side; webserver and daemon once there is something for them to load."""
    wanted = commands(servers.home, servers.ports)
    for name in ("code server", "mlflow"):
        _start(servers, name, wanted[name])
    _await(lambda: _listens(servers.ports.code_server), "code server", servers)
    for name in ("webserver", "daemon"):
        _start(servers, name, wanted[name])
    _await(lambda: _answers(f"{address(servers.ports.webserver)}/server_info"), "webserver", servers)


def address(port: int) -> str:
    """The URL of a server."""
    return f"http://{LOCALHOST}:{port}"


def commands(home: Home, ports: Ports) -> dict[str, list[str]]:
    """Command line of each server; docker/compose.yaml starts the same."""
    scripts = Path(sys.executable).parent
    workspace = str(workspace_file(home, ports))
    return {
        "code server": [
            str(scripts / "dagster"), "code-server", "start", "-m", "radgen_assets.definitions",
            "--host", LOCALHOST, "--port", str(ports.code_server), "--location-name", "radgen",
        ],
        "webserver": [
            str(scripts / "dagster-webserver"), "-h", LOCALHOST, "-p", str(ports.webserver), "-w", workspace,
        ],
        "daemon": [str(scripts / "dagster-daemon"), "run", "-w", workspace],
        "mlflow": [
            str(scripts / "mlflow"), "server", "--backend-store-uri", home.mlflow_tracking_uri,
            "--default-artifact-root", (home.root / "mlflow-artifacts").as_uri(),
            "--host", LOCALHOST, "--port", str(ports.mlflow), "--workers", "1",
        ],
    }  # fmt: skip


def workspace_file(home: Home, ports: Ports) -> Path:
    """The home's own workspace: its code server."""
    path = home.dagster_folder / "workspace.yaml"
    path.write_text(
        "load_from:\n"
        "  - grpc_server:\n"
        f"      host: {LOCALHOST}\n"
        f"      port: {ports.code_server}\n"
        "      location_name: radgen\n"
    )
    return path


def clear_left_over(home: Home) -> None:
    """End servers of this home that a killed `radgen ui` left.

    Raises
    ------
    UsedWrongly
        When a living `radgen ui` serves this home.
    """
    path = home.root / "logs" / STATE_FILE
    if not path.is_file():
        return
    state = json.loads(path.read_text())
    if _is_process(state["served_by"]):
        raise UsedWrongly(
            f"This home is served already at {state['dagster']} (process {state['served_by']['pid']}). "
            "Use that, or stop it first."
        )
    import psutil

    for process in state["servers"].values():
        if _is_process(process):
            _end_tree(psutil.Process(process["pid"]))
    path.unlink()


def _start(servers: _Servers, name: str, command: list[str]) -> None:
    log = servers.log(name)
    if log.exists():
        log.replace(log.with_suffix(".log.before"))
    environment = {
        **os.environ,
        "RADGEN_HOME": str(servers.home.root),
        "DAGSTER_HOME": str(servers.home.dagster_folder),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # radgen asks MLflow for no jobs; their workers cost memory
        "DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS": "300",  # the next link is planned inside a sensor
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as stream:
        servers.processes[name] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we stop them in order
            preexec_fn=_death_with_parent(),  # noqa: PLW1509 - one system call, looked up before the fork
        )
    _write_state(servers)


def _death_with_parent() -> Callable[[], None] | None:
    """What a child calls so that the kernel sends it SIGTERM when we are gone, even by SIGKILL; Linux only."""
    if sys.platform != "linux":
        return None
    import ctypes

    set_process_option, parent_death_signal, number = ctypes.CDLL(None).prctl, 1, int(signal.SIGTERM)

    def ask() -> None:
        set_process_option(parent_death_signal, number)

    return ask


def _write_state(servers: _Servers) -> None:
    state = {
        "dagster": address(servers.ports.webserver),
        "mlflow": address(servers.ports.mlflow),
        "served_by": _process_state(os.getpid()),
        "servers": {name: _process_state(each.pid) for name, each in servers.processes.items()},
    }
    path = servers.logs / STATE_FILE
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1))
    fresh.replace(path)


def _process_state(pid: int) -> dict[str, Any]:
    import psutil

    try:
        return {"pid": pid, "began": psutil.Process(pid).create_time()}
    except psutil.NoSuchProcess:
        return {"pid": pid, "began": 0.0}


def _is_process(state: dict[str, Any]) -> bool:
    """Whether that very process runs; a process id given away since does not count."""
    import psutil

    try:
        process = psutil.Process(state["pid"])
        return bool(abs(process.create_time() - state["began"]) < 1.0 and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _free_ports(n: int) -> list[int]:
    probes = [socket.socket() for _ in range(n)]
    try:
        for probe in probes:
            probe.bind((LOCALHOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError as error:
            raise UsedWrongly(
                f"Port {port} is taken. Choose another with --port or --mlflow-port (0: any free one), "
                "or stop what listens there."
            ) from error


def _await(is_there: Callable[[], bool], name: str, servers: _Servers) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_there():
        ended = servers.processes[name].poll() is not None
        if ended or time.monotonic() > deadline:
            how = "ended while starting" if ended else f"did not answer within {START_SECONDS:.0f} s"
            log = servers.log(name)
            raise NotReady(f"The {name} {how}. It said last: {_last_line(log)} The rest is in {log}")
        time.sleep(0.2)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "nothing."


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOCALHOST, port)) == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def location_error(dagster: str) -> str:
    """Why the webserver at `dagster` could not load the definitions; empty when it could."""
    query = "{workspaceOrError{...on Workspace{locationEntries{locationOrLoadError{...on PythonError{message}}}}}}"
    request = urllib.request.Request(
        f"{dagster}/graphql", json.dumps({"query": query}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        workspace = json.load(answer)["data"]["workspaceOrError"]
    found = [(entry["locationOrLoadError"] or {}).get("message", "") for entry in workspace.get("locationEntries", ())]
    return "; ".join(text.strip() for text in found if text)


def _wait(servers: _Servers, tell: Callable[[str], None]) -> None:
    while True:
        for name, process in servers.processes.items():
            if process.poll() is not None:
                log = servers.log(name)
                tell(f"The {name} ended (code {process.returncode}): {_last_line(log)} The rest is in {log}")
                return
        time.sleep(0.5)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every server and all it started to end, then insist."""
    import psutil

    families = [member for process in processes for member in _family(process.pid)]
    for process in processes:
        _signal(process, signal.SIGINT)
    _, left = psutil.wait_procs(families, timeout=STOP_SECONDS)
    for member in left:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    for process in processes:
        process.wait()


def _family(pid: int) -> list[Any]:
    import psutil

    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _end_tree(root: Any) -> None:
    import psutil

    members = [*root.children(recursive=True), root]
    for member in members:
        try:
            member.terminate()
        except psutil.NoSuchProcess:
            continue
    for member in psutil.wait_procs(members, timeout=STOP_SECONDS)[1]:
        member.kill()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
