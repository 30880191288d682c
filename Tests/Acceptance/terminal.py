"""What people see: clear lines, whatever is wrong, and nothing that steers their terminal."""

import json
import os
import re
import signal
import socket
import subprocess

import grpc
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service

from authority import Authority
from commands import make, run
from failures import failure, raw
from server import unpack

# A line of its own, a cleared screen, text that runs backwards, and the C1 form of an escape.
HOSTILE = "x\n2026-01-01 FORGED \x1b[2J\u202e\u2066 \x9b31m"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def environment(**variables):
    return {**os.environ, **variables}


def hostile_job(server):
    """A job with hostile texts wherever the server takes them; its id."""
    request = service.CreateProjectJobRequest(
        project_id="p", name=HOSTILE, desc=HOSTILE, job_parameters=jobs_pb2.JobParameters(
            cmd="true " + HOSTILE, arguments=[jobs_pb2.Argument(name="A", value=HOSTILE)],
            cloud_instance_types=[jobs_pb2.CloudInstanceType(name="c1.4")]))
    request.job_parameters.env.vars["V"] = HOSTILE
    return unpack(
        server.jobs().Create(request).response, service.CreateProjectJobResponse).job_id


def test_hostile_texts_are_shown_escaped(server):
    job_id = hostile_job(server)
    shown = run(server, "get", job_id)
    listed = run(server, "list", "--project-id", "p")
    assert len(listed.splitlines()) == 1, listed
    as_json = run(server, "get", job_id, "--format", "json")
    all_json = run(server, "list", "--project-id", "p", "--format", "json")
    for text in (shown, listed, as_json, all_json):
        assert not UNSAFE.search(text), repr(text)
        assert "\\u001b[2J\\u202e" in text, repr(text)
    for line in shown.splitlines():
        assert not line.startswith("2026-01-01"), shown
    # JSON holds the same texts as ever.
    assert json.loads(as_json)["name"] == HOSTILE
    assert json.loads(as_json)["jobParameters"]["env"]["vars"] == {"V": HOSTILE}


def test_hostile_texts_in_errors_are_shown_escaped(server):
    job_id = make(server)
    cases = [
        (("get", HOSTILE), 1), (("clone", job_id, "--arg", HOSTILE + "=1"), 1),
        (("clone", job_id, "--var", "DATA=" + HOSTILE), 1),
        (("clone", job_id, "--overrides", HOSTILE), 64),
        (("clone", job_id, "--" + HOSTILE), 64), (("list", "--project-id", "p1", HOSTILE), 64),
    ]
    for arguments, code in cases:
        error = run(server, *arguments, code=code)
        assert "FORGED" in error and not UNSAFE.search(error), (arguments, repr(error))


def test_a_full_disk_ends_every_command_with_an_error(server):
    job_id = make(server)
    commands = [
        ("list", "--project-id", "p1"), ("list", "--project-id", "p1", "--format", "json"),
        ("get", job_id), ("clone", job_id), ("--help",), ("--version",),
        ("serve", "--print-config"), ("serve", "--help"),
    ]
    for arguments in commands:
        if not arguments[0].startswith("--") and arguments[0] != "serve":
            arguments += ("--address", server.address)
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [server.binary, *arguments], stdout=full, stderr=subprocess.PIPE, text=True,
                timeout=60, cwd=server.folder)
        assert done.returncode == 1, (arguments, done)
        assert done.stderr == (
            "Error: Standard output cannot be written: No space left on device.\n"), done.stderr


def test_a_server_serves_though_nobody_can_be_told(server):
    server.stop(signal.SIGTERM)
    address = f"unix:{server.folder}/socket"
    with open("/dev/full", "wb") as full:
        server.process = subprocess.Popen(
            [server.binary, "serve", "--address", address, "--upload-address", "127.0.0.1:0",
             "--data-directory", str(server.data)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert "nobody can be told" in server.process.stderr.readline()
    with grpc.insecure_channel(address) as channel:
        grpc.channel_ready_future(channel).result(timeout=20)
    server.process.terminate()
    assert server.process.wait(30) == 0
    server.process.stderr.close()
    server.start()


def test_a_server_that_cannot_start_says_one_line_and_never_that_it_serves(server):
    authority = Authority(server.folder)
    certificate, key = authority.issue("localhost")[:2]
    other = authority.issue("other")[1]
    uploads = server.uploads.removeprefix("http://")
    free = ("--address", "127.0.0.1:0", "--upload-address", "127.0.0.1:0")
    cases = [
        (("--address", server.address, *free[2:]),
         f"Error: Cannot listen on {server.address}: Address already in use."),
        ((*free[:2], "--upload-address", uploads), f"cannot listen for uploads on {uploads}"),
        ((*free, "--tls-certificate-chain", certificate, "--tls-private-key", other),
         "does not belong to the certificate"),
        ((*free, "--tls-certificate-chain", certificate, "--tls-private-key", "missing"),
         "missing"),
    ]
    # The services start at once, so which is first differs from start to start.
    for options, text in cases * 5:
        done = subprocess.run(
            [server.binary, "serve", *options, "--data-directory", "other", "--example"],
            capture_output=True, text=True, timeout=60, cwd=server.folder)
        assert done.returncode == 1, (options, done)
        assert done.stdout == "", (options, done)
        assert len(done.stderr.splitlines()) == 1 and text in done.stderr, (options, done)


def test_a_server_says_once_where_it_serves(server):
    server.stop(signal.SIGTERM)
    server.start("--example")
    server.process.send_signal(signal.SIGTERM)
    rest = server.process.stdout.read()
    assert server.process.wait(30) == 0
    assert "Serving gRPC" not in rest, rest
    server.start()


def test_misspelt_environment_variables_are_refused(server):
    for name, nearest in (
            ("DATASPHERE_JOBS_ADRESS", "DATASPHERE_JOBS_ADDRESS"),
            ("DATASPHERE_JOBS_TOKENFILE", "DATASPHERE_JOBS_TOKEN_FILE")):
        for arguments in (("list", "--project-id", "p"), ("serve",), ("token", "hash", "a")):
            done = subprocess.run(
                [server.binary, *arguments], capture_output=True, text=True, timeout=60,
                cwd=server.folder, env=environment(**{name: "x"}), stdin=subprocess.DEVNULL)
            assert done.returncode == 64, (name, arguments, done)
            assert (f"Error: The environment variable {name} is unknown; did you mean {nearest}?"
                    in done.stderr), done.stderr


def test_addresses_that_mean_nothing_are_refused(server):
    for address in ("127.0.0.1:99999", "127.0.0.1", "localhost:0", "::1:50051", "unix:", ":1"):
        for variables, arguments, source in (
                ({}, ("--address", address), "--address"),
                ({"DATASPHERE_JOBS_ADDRESS": address}, (), "DATASPHERE_JOBS_ADDRESS")):
            done = subprocess.run(
                [server.binary, "list", "--project-id", "p", *arguments], capture_output=True,
                text=True, timeout=60, env=environment(**variables))
            assert done.returncode == 64, (address, done)
            assert done.stderr.startswith(f"Error: {source}: {address} "), done.stderr
            assert "Usage: datasphere-jobs list" in done.stderr, done.stderr
    done = subprocess.run(
        [server.binary, "serve", "--address", "127.0.0.1"], capture_output=True, text=True,
        timeout=60, cwd=server.folder)
    assert done.returncode == 64 and "127.0.0.1 is not host:port" in done.stderr, done
    assert "other machines" not in done.stderr


def test_tls_on_one_side_alone_is_named(server):
    error = run(server, "get", "x", "--tls", code=1)
    assert f"No answer from {server.address}: the server does not speak TLS" in error, error
    certificate, key = Authority(server.folder).issue("localhost")[:2]
    server.stop(signal.SIGTERM)
    server.start("--tls-certificate-chain", certificate, "--tls-private-key", key)
    error = run(server, "get", "x", code=1)
    assert f"No answer from {server.address}: the server speaks TLS: use --tls" in error, error
    error = run(server, "get", "x", "--tls", code=1)
    assert "the server's certificate is not one that the trusted authorities" in error, error


def test_whoever_is_no_server_of_either_kind_gets_no_advice(server):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % listener.getsockname()[1]
        for options in ((), ("--tls",)):
            done = subprocess.run(
                [server.binary, "get", "x", "--address", address, *options], capture_output=True,
                text=True, timeout=60)
            assert done.returncode == 1 and f"No answer from {address}: " in done.stderr, done
            assert "TLS" not in done.stderr, done.stderr


def test_unknown_names_are_named_with_those_that_there_are(server):
    job_id = make(server)
    error = run(server, "clone", job_id, "--arg", "FLAGS=1", code=1)
    assert 'the source job has no argument "FLAGS", only "FLAG"' in error, error
    error = run(server, "clone", job_id, "--arg", "COUNT", code=64)
    assert "COUNT" in error and "NAME=VALUE" in error, error
    error = run(server, "clone", job_id, "--var", "DATA", code=64)
    assert "NAME=PATH" in error, error


def test_files_that_cannot_be_read_are_named_with_the_reason_and_the_usage(server):
    (server.folder / "folder.json").mkdir()
    cases = [
        (("clone", "x", "--overrides", "no.json"), "clone",
         "no.json cannot be read: no such file or directory."),
        (("create", "--file", "folder.json"), "create",
         "folder.json cannot be read: it is a directory."),
        (("list", "--project-id", "p", "--token-file", "no.token"), "list",
         "no.token cannot be read: no such file or directory."),
    ]
    for arguments, command, text in cases:
        error = run(server, *arguments, code=64)
        assert text in error and f"Usage: datasphere-jobs {command} " in error, error


def test_nothing_to_show_is_said(server):
    done = subprocess.run(
        [server.binary, "list", "--project-id", "empty", "--address", server.address],
        capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no jobs\n"), done
    assert json.loads(
        run(server, "list", "--project-id", "empty", "--format", "json")) == {}
    job_id = make(server)
    server.stop(signal.SIGTERM)
    server.start("--runner", "instant")
    done = subprocess.run(
        [server.binary, "logs", job_id, "--address", server.address], capture_output=True,
        text=True, timeout=60)
    assert done.returncode == 0 and done.stdout == "", done
    assert done.stderr == f"job {job_id} was not executed yet; it has no log\n", done


def test_a_flood_of_forged_calls_leaves_a_small_log_of_whole_lines(server):
    server.stop(signal.SIGTERM)
    server.start("--log-level", "info", "--log-lines", "50")
    path = "/x\n2026-01-01T00:00:00+0000 critical datasphere-jobs: FORGED \x1b[2J" + 2000 * "y"
    for _ in range(2_000):
        error = failure(lambda: raw(server, path, b""))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED
        assert len(error.details()) < 400, error.details()
    server.stop(signal.SIGTERM)
    log = server.log()
    assert 50 <= log.count("[JobService] call\n") <= 50 * (1 + 60), len(log)
    assert len(log) < 200_000 and not UNSAFE.search(log)
    for line in log.splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT[\d:+-]+ (info|notice|warning) [\w.-]+: ", line), line
        assert not line.startswith("2026-01-01T00:00:00"), line
    server.start()


def test_limits_are_named_by_their_flags(server):
    server.stop(signal.SIGTERM)
    server.start("--server-calls", "1")
    with grpc.insecure_channel(server.address) as channel:
        watch = channel.unary_stream(
            "/grpc.health.v1.Health/Watch", request_serializer=bytes,
            response_deserializer=bytes)(b"", timeout=60)
        next(watch)
        error = failure(lambda: raw(server, "/grpc.health.v1.Health/Check", b""))
        assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error
        server.wait_for_log("limit=--server-calls")
        watch.cancel()
