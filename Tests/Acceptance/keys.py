"""Changing the keys that encrypt passwords, with the server's own commands."""

import signal
import subprocess

from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service

from journey import create_request
from server import unpack


def keys(server, *arguments, code=0):
    done = subprocess.run(
        [server.binary, "keys", *arguments, "--data-directory", str(server.data)],
        capture_output=True, text=True, timeout=60, cwd=server.folder)
    assert done.returncode == code, (arguments, done)
    return done.stdout + done.stderr


def create_with_password(server):
    request = create_request()
    request.job_parameters.env.docker_image_spec.CopyFrom(jobs_pb2.DockerImageSpec(
        image_url="cr.example/image:1", username="me", password_plain_text="secret-4711"))
    operation = server.jobs().Create(request)
    return unpack(operation.response, service.CreateProjectJobResponse).job_id


def restart(server):
    server.stop(signal.SIGTERM)
    server.start()


def age_keys(server):
    """Lets the keys of earlier be current for the last time long ago."""
    path = server.data / "jobs.sqlite.key"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(
        line.rsplit(" ", 1)[0] + " 1000\n" if " was current until " in line else line
        for line in lines))


def test_rotation(server):
    create_with_password(server)
    for command in ("rotate", "re-encrypt", "prune"):
        assert "a server uses it" in keys(server, command, code=1)
    server.stop(signal.SIGTERM)
    assert "no key can be removed" in keys(server, "prune")
    assert "key 2 is current" in keys(server, "rotate")
    assert "passwords are encrypted with keys 1" in keys(server, "prune", code=1)
    server.start()
    create_with_password(server)
    server.stop(signal.SIGTERM)
    assert "looked at 2 jobs, encrypted 1 passwords anew" in keys(server, "re-encrypt")
    assert "encrypted 0 passwords" in keys(server, "re-encrypt")
    assert "keys 1 were current within the last day" in keys(server, "prune", code=1)
    age_keys(server)
    assert "removed keys: 1" in keys(server, "prune")
    server.start()
    create_with_password(server)
    server.stop(signal.SIGTERM)
    assert "looked at 3 jobs, encrypted 0" in keys(server, "re-encrypt")
    server.start()


def test_a_key_is_added_while_the_server_runs(server):
    assert "key 2 is in the file" in keys(server, "add")
    restart(server)
    job_id = create_with_password(server)
    server.stop(signal.SIGTERM)
    assert "key 2 is current" in keys(server, "rotate")
    assert "looked at 1 jobs, encrypted 1 passwords anew" in keys(server, "re-encrypt")
    server.start()
    assert server.jobs().Get(service.GetProjectJobRequest(job_id=job_id)).id == job_id


def test_nothing_is_made_where_nothing_is(server):
    elsewhere = subprocess.run(
        [server.binary, "keys", "rotate", "--data-directory", str(server.folder / "none")],
        capture_output=True, text=True, timeout=60)
    assert elsewhere.returncode == 64 and "There is no key file" in elsewhere.stderr, elsewhere
    assert not (server.folder / "none").exists()
