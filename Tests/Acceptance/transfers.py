"""Uploads and downloads: over TLS, and when the server stops."""

import os
import re
import shutil
import signal
import socket
import time

import requests

from authority import Authority
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
    server.start(*plain, "--upload-tls", "--tls-reload-interval", "100ms")
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
