"""The whole app as a process: it starts by the command of the README, and it leaves nothing behind."""

import signal
import urllib.request

import psutil
import pytest

from tests.browser.serving import running_app

GONE_WITHIN = 60


def workers_of(server: psutil.Process) -> list[psutil.Process]:
    return [child for child in server.children(recursive=True) if "playground.engine.worker" in child.cmdline()]


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_server(end: signal.Signals) -> None:
    with running_app() as (_, server):
        workers = workers_of(server)
        assert workers
        server.send_signal(end)
        gone, alive = psutil.wait_procs(workers, timeout=GONE_WITHIN)
        assert not alive


@pytest.mark.slow
def test_the_app_listens_on_this_machine_only_and_gives_browsers_a_cookie() -> None:
    with running_app() as (address, server):
        listening = {
            connection.laddr.ip
            for process in [server, *server.children(recursive=True)]
            for connection in process.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening <= {"127.0.0.1", "::1"} and listening
        with urllib.request.urlopen(address) as page:
            cookie = page.headers["set-cookie"]
        assert "playground_session=" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
