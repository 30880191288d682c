"""Uploads and downloads: over TLS, and when the server stops."""

import os
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time

import grpc
import requests

from authority import Authority
from commands import run
from journey import create
from server import file, unpack
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service

CONTENT = b"a file of its own\n" * 10_000


def upload_url(server, project="project-1"):
    """A URL that takes CONTENT."""
    source_id, _ = create(server, project)
    clone = server.jobs().Clone(service.CloneProjectJobRequest(
        source_job_id=source_id, job_parameters_overrides=jobs_pb2.JobParameters(
            input_files=[file("new.txt", CONTENT, "DATA")])))
    return unpack(clone.response, service.CloneProjectJobResponse).upload_files[0].url


def crawling_upload(url):
    """A connection whose upload has begun and goes no further."""
    host, port, target = re.fullmatch(r"http://([^:/]+):(\d+)(/.*)", url).groups()
    connection = socket.create_connection((host, int(port)), timeout=30)
    connection.sendall(
        f"PUT {target} HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(CONTENT)}\r\n\r\n".encode())
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
    connection.sendall(CONTENT[:1000])
    return connection


def test_a_crawling_upload_does_not_hold_a_stopping_server(server):
    server.stop(signal.SIGTERM)
    server.start("--server-shutdown-grace", "300ms")
    with crawling_upload(upload_url(server)) as connection:
        server.stop(signal.SIGTERM)
        assert connection.recv(1000) == b""
    assert not list((server.data / "contents" / "tmp").iterdir())
    server.start()


def test_a_second_signal_ends_the_server_at_once(server):
    for first, second, code in (
            (signal.SIGTERM, signal.SIGTERM, 143), (signal.SIGINT, signal.SIGTERM, 143),
            (signal.SIGTERM, signal.SIGINT, 130)):
        server.stop(signal.SIGTERM)
        server.start("--server-shutdown-grace", "10m")
        with crawling_upload(upload_url(server, f"project-{code}-{first}")):
            server.process.send_signal(first)
            wait_until_closed(server)
            assert server.process.poll() is None
            server.process.send_signal(second)
            assert server.process.wait(30) == code
        server.kill()
        server.start()


def wait_until_closed(server):
    """Returns once the upload port takes no connections any more: the server is stopping."""
    host, port = server.uploads.rsplit("/", 1)[1].split(":")
    deadline = time.monotonic() + 30
    while True:
        assert time.monotonic() < deadline, "the port is still open"
        try:
            socket.create_connection((host, int(port)), timeout=30).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)


def test_uploads_over_tls(server):
    first = Authority(server.folder, "First")
    chain, key = first.issue("uploads", hosts=["127.0.0.1"])
    os.chmod(key, 0o600)
    server.stop(signal.SIGTERM)
    plain = ["--tls-certificate-chain", str(chain), "--tls-private-key", str(key)]
    server.start(*plain, "--upload-tls", "--tls-reload-interval", "1s")
    assert server.uploads.startswith("https://127.0.0.1:")
    assert get(server, first) == 404
    # Plain text gets no answer, and nobody else's authority counts.
    second = Authority(server.folder, "Second")
    for attempt in (lambda: requests.get(server.uploads.replace("https", "http"), timeout=30),
                    lambda: requests.get(server.uploads, verify=second.certificate, timeout=30)):
        try:
            attempt()
        except requests.exceptions.ConnectionError:
            continue
        raise AssertionError("the server answered")
    # New files count without a restart; a key that does not belong to the certificate does not.
    new_chain, new_key = second.issue("new", hosts=["127.0.0.1"])
    shutil.copy(new_chain, chain)
    deadline = time.monotonic() + 30
    while "does not belong" not in server.log():
        assert get(server, first) == 404 and time.monotonic() < deadline, server.log()
    os.chmod(new_key, 0o600)
    os.replace(new_key, key)
    deadline = time.monotonic() + 30
    while True:
        try:
            assert get(server, second) == 404
            break
        except requests.exceptions.SSLError:
            assert time.monotonic() < deadline, server.log()


def get(server, authority):
    """The status of a path that is not there."""
    return requests.get(server.uploads, verify=authority.certificate, timeout=30).status_code


def test_a_key_that_others_may_read_is_refused_for_uploads(server):
    chain, key = Authority(server.folder).issue("open", hosts=["127.0.0.1"])
    os.chmod(key, 0o644)
    server.stop(signal.SIGTERM)
    try:
        server.start(
            "--tls-certificate-chain", str(chain), "--tls-private-key", str(key), "--upload-tls")
    except AssertionError:
        server.kill()
        assert "open.key" in server.log() and "chmod 600" in server.log(), server.log()
        os.chmod(key, 0o600)
        server.start()
        return
    raise AssertionError("the server started")


def options(server, path="data.txt"):
    """What makes a job of a file in the server's folder."""
    return [
        "create", "--project-id", "p1", "--cmd", "cat ${DATA}", "--input", f"{path}=DATA",
        "--cloud-instance-type", "c1.4"]


def restart(server, *options):
    server.stop(signal.SIGTERM)
    server.start(*options)


def resume(server, output):
    """Runs the command that a failed upload shows, against the server as it is now."""
    words = shlex.split(output.splitlines()[-1])
    assert words[1] == "upload", words
    at = words.index("--address")
    del words[at:at + 2]
    return run(server, *words[1:])


def test_a_failed_upload_shows_how_to_resume_it(server):
    # Nothing listens on the discard port.
    restart(server, "--public-upload-url", "http://127.0.0.1:9")
    elsewhere = server.folder / "else where"
    elsewhere.mkdir()
    (elsewhere / "it's.txt").write_text("elsewhere\n")
    (server.folder / "data.txt").write_text("here\n")
    output = run(
        server, *options(server), "--input", f"{elsewhere}/it's.txt=OTHER", code=1,
        stream="stderr")
    assert "data.txt could not be uploaded to 127.0.0.1: Connection refused" in output, output
    job_id = re.search(r"Job (\w{20}) is made", output).group(1)
    assert "token" not in output
    restart(server)
    assert f"sent 2 of the files of job {job_id}" in resume(server, output)
    assert f"job {job_id} has all of its files" in resume(server, output)
    sha256 = file("", b"elsewhere\n").sha256
    assert server.content("p1", sha256) == b"elsewhere\n"


def test_upload_sends_what_is_missing_and_nothing_else(server):
    restart(server, "--public-upload-url", "http://127.0.0.1:9")
    (server.folder / "data.txt").write_text("first\n")
    (server.folder / "more.txt").write_text("second\n")
    output = run(
        server, *options(server), "--input", "more.txt=MORE", code=1, stream="stderr")
    job_id = re.search(r"Job (\w{20}) is made", output).group(1)
    restart(server)
    # Another job brings one of the contents.
    run(server, *options(server))
    (server.folder / "more.txt").write_text("changed\n")
    output = run(server, "upload", job_id, code=1)
    assert "more.txt has another content" in output, output
    (server.folder / "copy.txt").write_text("second\n")
    assert "sent 1 of the files" in run(server, "upload", job_id, "copy.txt")
    assert "not found" in run(server, "upload", "bt1aaaaaaaaaaaaaaaaa", code=1).lower()


def test_upload_takes_nothing_from_outside_the_folder_unless_it_is_named(server):
    restart(server, "--public-upload-url", "http://127.0.0.1:9")
    outside = server.folder / "outside.txt"
    outside.write_text("outside\n")
    inside = server.folder / "inside"
    inside.mkdir()
    os.symlink(outside, inside / "link.txt")
    for path in (str(outside), "../outside.txt", "link.txt"):
        done = subprocess.run(
            [server.binary, *options(server, path), "--address", server.address],
            capture_output=True, text=True, timeout=120, cwd=inside)
        assert done.returncode == 1, done
        job_id = re.search(r"Job (\w{20}) is made", done.stderr).group(1)
        address = server.address
        done = subprocess.run(
            [server.binary, "upload", job_id, "--address", address],
            capture_output=True, text=True, timeout=120, cwd=inside)
        assert "name the file to send" in done.stderr, done
        done = subprocess.run(
            [server.binary, "upload", job_id, path, "--address", address],
            capture_output=True, text=True, timeout=120, cwd=inside)
        assert "Connection refused" in done.stderr, done


def test_an_interrupted_upload_shows_how_to_resume_it(server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        restart(server, "--public-upload-url", f"http://127.0.0.1:{silent.getsockname()[1]}")
        (server.folder / "data.txt").write_bytes(CONTENT)
        process = subprocess.Popen(
            [server.binary, *options(server), "--address", server.address],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=server.folder)
        silent.settimeout(60)
        with silent.accept()[0] as connection:
            assert connection.recv(4) == b"PUT "
            process.send_signal(signal.SIGINT)
            output = process.communicate(timeout=30)[1]
    assert process.returncode == 1, process.returncode
    assert "interrupted by SIGINT" in output, output
    restart(server)
    assert "sent 1 of the files" in resume(server, output)


def test_uploads_do_not_go_where_nobody_expects(server):
    restart(server, "--public-upload-url", "http://storage.invalid")
    (server.folder / "data.txt").write_text("here\n")
    output = run(server, *options(server), code=1, stream="stderr")
    assert "--upload-host http://storage.invalid if you trust" in output, output
    output = run(
        server, *options(server), "--upload-host", "http://storage.invalid", code=1,
        stream="stderr")
    assert "could not be uploaded to storage.invalid" in output, output
    assert "--upload-host http://storage.invalid" in output.splitlines()[-1], output


def test_a_proxy_in_the_environment_is_not_for_this_machine(server):
    (server.folder / "data.txt").write_text("here\n")
    environment = dict(os.environ, http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    output = run(server, *options(server), environment=environment)
    assert "created job" in output, output


def test_only_regular_files_are_inputs(server):
    os.mkfifo(server.folder / "pipe")
    for path in ("pipe", "/dev/zero"):
        output = run(server, *options(server, path), code=1)
        assert f"{path} is not a regular file" in output, output
    assert "is a directory" in run(server, *options(server, "."), code=1)


def test_the_progress_bar_moves(server):
    with open(server.folder / "large.bin", "wb") as large:
        large.write(os.urandom(1 << 20) * 20)
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [server.binary, *options(server, "large.bin"), "--address", server.address],
        stdout=subprocess.PIPE, stderr=terminal, cwd=server.folder)
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(main, 65_536):
            shown += chunk
    except OSError:
        # The other end is closed.
        pass
    os.close(main)
    assert process.wait(60) == 0, shown
    process.stdout.close()
    percents = [int(text) for text in re.findall(rb"(\d+) % of 20971520 bytes", shown)]
    assert percents == sorted(percents) and len(set(percents)) > 10, percents
    assert (percents[0], percents[-1]) == (0, 100), percents


def test_uploads_and_downloads_over_tls_from_the_command_line(server):
    authority = Authority(server.folder)
    chain, key = authority.issue("server", hosts=["127.0.0.1"])
    os.chmod(key, 0o600)
    restart(
        server, "--tls-certificate-chain", str(chain), "--tls-private-key", str(key),
        "--upload-tls", "--runner", "instant")
    (server.folder / "data.txt").write_text("here\n")
    ca = ("--ca", str(authority.certificate))
    job_id = re.search(r"created job (\w{20})", run(server, *options(server), *ca)).group(1)
    assert "SUCCESS" in run(server, "execute", job_id, "--wait", *ca) + run(server, "get", job_id, *ca)


def test_the_public_url_may_come_from_a_file_at_run_time(server):
    path = server.folder / "public-url"
    restart(server, "--public-upload-url-file", str(path))
    (server.folder / "data.txt").write_text("here\n")
    failed = run(server, *options(server), code=1, stream="stderr")
    assert "No answer" in failed or "UNAVAILABLE" in failed, failed
    for line in (f"# mapped\n{server.uploads}\n", "http://storage.invalid:1/x\n"):
        path.write_text(line)
        path.chmod(0o644)
        url = line.split()[-1]
        deadline = time.monotonic() + 30
        while not (made := upload_or_none(server)) or not made.startswith(url + "/v1/"):
            assert time.monotonic() < deadline, (made, server.log())
            time.sleep(0.05)


def upload_or_none(server):
    """A URL that takes a new content, or none while the server cannot make one."""
    try:
        made = server.jobs().Create(service.CreateProjectJobRequest(
            project_id="p1", job_parameters=jobs_pb2.JobParameters(
                cmd="cat ${DATA}", input_files=[file("x.txt", os.urandom(9), "DATA")],
                cloud_instance_types=[jobs_pb2.CloudInstanceType(name="c1.4")])))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAVAILABLE, error
        return None
    return unpack(made.response, service.CreateProjectJobResponse).upload_files[0].url
