"""The official command line and SDK, unmodified, through a bridge that speaks TLS for the server."""

import contextlib
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys

from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service

from authority import Authority
from bridge import Bridge
from journey import create

DATASPHERE = pathlib.Path(sys.executable).with_name("datasphere")


@contextlib.contextmanager
def bridge(server):
    authority = Authority(server.folder)
    version = importlib.metadata.version("datasphere")
    with Bridge(authority, server.address, version) as running:
        yield running


def datasphere(server, running, *arguments, code=0, token="any-token"):
    """Runs a command of the official program on a job; what it wrote."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(server.folder), "YC_IAM_TOKEN": token,
        **running.environment}
    done = subprocess.run(
        [DATASPHERE, "--log-dir", server.folder / "logs", "project", "job", *arguments],
        env=environment, cwd=server.folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def shown(server, running, *arguments, **options):
    """The same for a command that shows jobs; what it showed as JSON."""
    path = server.folder / "shown.json"
    datasphere(server, running, *arguments, "--format", "json", "-o", path, **options)
    return json.loads(path.read_text())


def test_get_and_list(server):
    source_id, _ = create(server)
    with bridge(server) as running:
        job = shown(server, running, "get", "--id", source_id)
        assert (job["id"], job["name"], job["status"]) == (source_id, "first", "CREATING"), job
        clone = server.jobs().Clone(service.CloneProjectJobRequest(source_job_id=source_id))
        listed = shown(server, running, "list", "-p", "project-1")
        assert [job["id"] for job in listed][1:] == [source_id] and clone.done, listed
        assert "datasphere.api.cloud.yandex.net" in running.hosts


def test_errors_show_the_request_id(server):
    with bridge(server) as running:
        output = datasphere(server, running, "get", "--id", "bt1nothere", code=1)
    assert 'job "bt1nothere" not found' in output and "x-request-id: " in output, output
