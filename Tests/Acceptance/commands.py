"""The command line: every command against a running server, and its errors."""

import json
import re
import signal
import socket
import subprocess

from google.protobuf import json_format
from yandex.cloud.datasphere.v2.jobs import jobs_pb2


def run(server, *arguments, code=0, stream="stdout", environment=None):
    """Runs a client command and returns what it wrote; it must end with this code."""
    done = subprocess.run(
        [server.binary, *arguments, "--address", server.address],
        capture_output=True, text=True, timeout=120, cwd=server.folder, env=environment)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout if code == 0 and stream == "stdout" else done.stderr


def make(server):
    """A job made from the command line; its id."""
    (server.folder / "data.txt").write_text("3\n1\n2\n")
    options = (
        "create", "--project-id", "p1", "--name", "sorting",
        "--cmd", "sort ${DATA} ${FLAG} > ${OUT}", "--input", "data.txt=DATA",
        "--output", "out.txt=OUT", "--arg", "FLAG=-n", "--env-var", "LC_ALL=C",
        "--working-storage-size", "100", "--cloud-instance-type", "c1.4")
    output = run(server, *options)
    return re.search(r"created job (\w{20})", output).group(1)


def test_create_get_clone_list_operation(server):
    job_id = make(server)
    shown = run(server, "get", job_id)
    for text in (job_id, "sorting", "p1", "CREATING", "FLAG=-n", "LC_ALL=C", "100 GB"):
        assert text in shown, shown
    (server.folder / "other.txt").write_text("9\n8\n")
    output = run(
        server, "clone", job_id, "--arg", "FLAG=-r", "--var", "DATA=other.txt",
        "--env-var", "LC_ALL=de_DE", "--name", "backwards", "--docker-image-url", "cr.io/x:1",
        "--cloud-instance-type", "g1.1", "--working-storage-size", "200")
    clone_id = re.search(rf"cloned job {job_id} as (\w{{20}})", output).group(1)
    shown = run(server, "get", clone_id)
    for text in ("other.txt as ${DATA}", "FLAG=-r", "LC_ALL=de_DE", "cr.io/x:1", "g1.1",
                 "200 GB", job_id):
        assert text in shown, shown
    # Nothing to upload the second time: the content is there.
    again = run(server, "clone", job_id, "--var", "DATA=other.txt", stream="stderr")
    assert "uploading" not in again
    (server.folder / "third.txt").write_text("1")
    third = run(server, "clone", job_id, "--var", "DATA=third.txt", stream="stderr")
    assert third == "uploading third.txt (1 bytes)\n", third
    listed = run(server, "list", "--project-id", "p1").splitlines()
    assert len(listed) == 4 and listed[2].split()[0] == clone_id, listed


def test_json_in_and_out(server):
    (server.folder / "job.json").write_text(json.dumps({
        "projectId": "p2", "name": "from-json", "jobParameters": {
            "cmd": "run ${LEVEL}", "arguments": [{"name": "LEVEL", "value": "1"}],
            "cloud_instance_types": [{"name": "c1.4"}]}}))
    created = json.loads(run(server, "create", "--file", "job.json", "--format", "json"))
    job_id = created["metadata"]["jobId"]
    assert created["done"] and created["response"]["jobId"] == job_id
    (server.folder / "overrides.json").write_text('{"arguments":[{"name":"LEVEL","value":"2"}]}')
    output = run(
        server, "clone", job_id, "--overrides", "overrides.json", "--env-var", "A=1",
        "--format", "json")
    clone = json.loads(
        run(server, "get", json.loads(output)["response"]["jobId"], "--format", "json"))
    parsed = json_format.Parse(json.dumps(clone), jobs_pb2.Job())
    assert parsed.job_parameters.arguments[0].value == "2"
    assert parsed.job_parameters.env.vars == {"A": "1"}
    assert parsed.parent_job_id == job_id
    listed = json.loads(run(server, "list", "--project-id", "p2", "--format", "json"))
    assert [job["name"] for job in listed["jobs"]] == ["from-json", "from-json"]
    operation = json.loads(run(server, "operation", created["id"], "--format", "json"))
    assert operation == created
    (server.folder / "bad.json").write_text('{"arguments": [{"nme": "x"}]}')
    error = run(server, "clone", job_id, "--overrides", "bad.json", code=64, stream="stderr")
    assert "bad.json" in error and "nme" in error, error


def test_errors_are_clear_lines(server):
    job_id = make(server)
    folder = server.folder / "folder"
    folder.mkdir()
    cases = [
        (("get", "bt1nothere"), 1, 'NOT_FOUND: job "bt1nothere" not found'),
        (("operation", "bt1nothere"), 1, "NOT_FOUND"),
        (("clone", job_id, "--arg", "TYPO=1"), 1, "job_parameters_overrides.arguments[0].name"),
        (("clone", job_id, "--var", "DATA=folder"), 1, "folder is a directory"),
        (("clone", job_id, "--var", "DATA=missing"), 1, "missing: no such file"),
        (("create", "--project-id", "p", "--cmd", "x", "--input", "folder"), 1, "directory"),
        (("clone", job_id, "--arg", "NOVALUE"), 64, "NOVALUE"),
        (("clone", job_id, "--nonsense"), 64, "nonsense"),
        (("list", "--project-id", "p1", "--filter", "nonsense"), 1, "INVALID_ARGUMENT"),
    ]
    for arguments, code, text in cases:
        output = run(server, *arguments, code=code)
        assert text in output, (arguments, output)


def test_no_server_is_a_clear_line(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    done = subprocess.run(
        [server.binary, "get", "x", "--address", address], capture_output=True, text=True,
        timeout=60)
    assert done.returncode == 1 and f"No answer from {address}" in done.stderr, done.stderr


def serve(server, *options, environment=None):
    """A second server that must fail to start; its error output."""
    done = subprocess.run(
        [server.binary, "serve", *options], capture_output=True, text=True, timeout=60,
        cwd=server.folder, env=environment)
    assert done.returncode != 0, done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_server_that_cannot_start_says_why(server):
    free = ("--upload-address", "127.0.0.1:0", "--data-directory", "other")
    uploads = server.uploads.removeprefix("http://")
    (server.folder / "file").write_text("not a directory")
    cases = [
        (("--address", server.address, *free), "already in use"),
        (("--address", "127.0.0.1:0", "--upload-address", uploads, "--data-directory", "o"),
         "cannot listen for uploads on " + uploads),
        (("--address", "127.0.0.1:0", *free[:2], "--data-directory", "file"), "file"),
        (("--address", "127.0.0.1:0", *free[:2], "--data-directory", "/proc/x"), "/proc/x"),
        (("--address", "nonsense", *free), "nonsense"),
        (("--address", "0.0.0.0:0", *free), "--allow-anonymous"),
        (("--address", "127.0.0.1:0", *free, "--log-level", "loud"), "loud"),
        (("--address", "127.0.0.1:0", *free, "--public-upload-url", "ftp://x"), "ftp://x"),
        (("--nonsense",), "nonsense"),
    ]
    for options, text in cases:
        line = serve(server, *options)
        assert text in line, (options, line)


def test_the_environment_sets_what_flags_do_not(server):
    server.stop(signal.SIGINT)
    line = server.start("--public-upload-url", "https://uploads.example/base/")
    assert "uploads on https://uploads.example/base/" in line
    environment = {
        "DATASPHERE_JOBS_ADDRESS": "0.0.0.0:0", "DATASPHERE_JOBS_DATA_DIRECTORY": "env-data"}
    assert "0.0.0.0:0 can be reached" in serve(server, environment=environment)


def test_the_example_can_be_cloned_as_printed(server):
    server.stop(signal.SIGTERM)
    for _ in range(2):
        server.start("--example")
        lines = [server.process.stdout.readline() for _ in range(2)]
        while not lines[-1].startswith("  "):
            lines.append(server.process.stdout.readline())
        command = lines[-1].split()
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd=server.folder)
        assert done.returncode == 0 and "cloned job" in done.stdout, (command, done)
        server.stop(signal.SIGTERM)
    server.start()
    listed = run(server, "list", "--project-id", "example").splitlines()
    assert len(listed) == 3, listed
