"""The server behind HAProxy, with the configuration that the documentation gives."""

import contextlib
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.datasphere.v2.jobs.project_job_service_pb2_grpc import ProjectJobServiceStub

from failures import CLONE, details, failure, request_id
from journey import create

ARTICLE = (
    pathlib.Path(__file__).parents[2] / "Sources/JobService/JobService.docc/BehindHAProxy.md")
START_SECONDS = 30


def _configuration(replacements):
    """The article's configuration with other addresses and files."""
    text = re.search(r"```haproxy\n(.*?)```", ARTICLE.read_text(), re.DOTALL).group(1)
    for old, new in replacements.items():
        assert text.count(old) == 1, f"{old} is not once in the configuration"
        text = text.replace(old, new)
    return text


def _certificate(folder):
    """A certificate for localhost that signs itself; the file with it and its key, and itself."""
    key, certificate = folder / "proxy.key", folder / "proxy.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True)
    both = folder / "proxy-both"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both, certificate.read_bytes()


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for(port, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("HAProxy does not listen")


class Proxy:
    """A HAProxy in front of a server, for the time of a `with`."""

    def __init__(self, server):
        both, self.certificate = _certificate(server.folder)
        self.port = _free_port()
        configuration = server.folder / "haproxy.cfg"
        configuration.write_text(_configuration({
            "bind :443 ssl": f"bind 127.0.0.1:{self.port} ssl",
            "/etc/haproxy/jobs.pem": str(both), "server jobs 127.0.0.1:50051 ":
            f"server jobs {server.address} "}))
        self._process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(configuration)], stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        _wait_for(self.port, self._process)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGUSR1)
        self._process.terminate()
        self._process.wait(30)
        self._process.stderr.close()

    def channel(self):
        credentials = grpc.ssl_channel_credentials(self.certificate)
        return grpc.secure_channel(
            f"localhost:{self.port}", credentials,
            options=[("grpc.use_local_subchannel_pool", 1)])

    def connect(self):
        """A TLS connection on which a test speaks HTTP/2 by itself."""
        context = ssl.create_default_context(cadata=self.certificate.decode())
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", self.port), 10)
        return context.wrap_socket(plain, server_hostname="localhost")


def test_calls_pass_with_metadata_and_details(server):
    source_id, _ = create(server)
    with Proxy(server) as proxy, proxy.channel() as channel:
        jobs = ProjectJobServiceStub(channel)
        assert jobs.Clone(
            service.CloneProjectJobRequest(source_job_id=source_id), timeout=20).done
        error = failure(lambda: jobs.Clone(
            service.CloneProjectJobRequest(source_job_id="bt1nothere"), timeout=20))
        assert error.code() == grpc.StatusCode.NOT_FOUND
        assert details(error)["RequestInfo"].request_id == request_id(error)


class _Listener:
    """Takes what the proxy sends to its server, and keeps the bytes."""

    def __init__(self, folder):
        self.folder = folder
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def received(self, text):
        """The bytes of the first connection that sends this; health checks send nothing."""
        self._socket.settimeout(20)
        while True:
            connection, _ = self._socket.accept()
            with connection, contextlib.suppress(ConnectionError):
                connection.settimeout(20)
                # The proxy waits for the settings of its server.
                connection.sendall(_frame(4, 0, 0, b""))
                return _until(connection, text)


def test_the_server_learns_the_clients_address_from_the_proxy_alone(server):
    with _Listener(server.folder) as listener, Proxy(listener) as proxy:
        with proxy.channel() as channel:
            call = channel.unary_unary("/example.Echo/Echo").future(
                b"", timeout=20, metadata=[("x-forwarded-for", "192.0.2.1"), ("x-other", "same")])
            sent = listener.received(b"x-forwarded-for")
            call.cancel()
    # The proxy's HPACK leaves texts as they are.
    assert b"127.0.0.1" in sent and b"same" in sent, sent
    assert b"192.0.2.1" not in sent, sent


def test_more_calls_pass_at_once_than_a_connection_of_the_server_takes(server):
    """The server allows 100 a connection; so does the proxy, of each client."""
    with Proxy(server) as proxy, contextlib.ExitStack() as stack:
        watching = []
        for _ in range(2):
            health = health_pb2_grpc.HealthStub(stack.enter_context(proxy.channel()))
            watching += [
                health.Watch(health_pb2.HealthCheckRequest(), timeout=60) for _ in range(70)]
        for watcher in watching:
            assert next(watcher).status == health_pb2.HealthCheckResponse.SERVING
        for watcher in watching:
            watcher.cancel()


def test_without_the_server_calls_are_unavailable(server):
    with Proxy(server) as proxy, proxy.channel() as channel:
        server.stop(signal.SIGTERM)
        check = health_pb2_grpc.HealthStub(channel).Check
        error = failure(lambda: check(health_pb2.HealthCheckRequest(), timeout=20))
        assert error.code() == grpc.StatusCode.UNAVAILABLE, error


def test_streams_pass_until_the_server_stops(server):
    with Proxy(server) as proxy, proxy.channel() as channel:
        watching = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(), timeout=60)
        assert next(watching).status == health_pb2.HealthCheckResponse.SERVING
        server.process.send_signal(signal.SIGTERM)
        assert next(watching).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert failure(lambda: next(watching)).code() == grpc.StatusCode.UNAVAILABLE
    # A second signal would end it at once.
    assert server.process.wait(30) == 0


def test_nothing_but_grpc_passes(server):
    with Proxy(server) as proxy, proxy.connect() as connection:
        connection.sendall(PREFACE + _headers(1, CLONE, "text/plain", flags=5))
        assert b"415" in _until(connection, b"415")


def test_too_many_calls_are_refused_by_grpcs_own_rules(server):
    """Beyond the rate the proxy answers, and a gRPC client understands."""
    with Proxy(server) as proxy, proxy.channel() as channel:
        check = health_pb2_grpc.HealthStub(channel).Check
        calls = [
            check.future(health_pb2.HealthCheckRequest(), timeout=60) for _ in range(1500)]
        codes = [call.code() for call in calls]
    assert codes.count(grpc.StatusCode.OK) >= 900, codes.count(grpc.StatusCode.OK)
    assert codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED) >= 400
    assert set(codes) == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}, set(codes)


# MARK: - A client that means harm

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


def _frame(kind, flags, stream, payload):
    return (len(payload).to_bytes(3, "big") + bytes([kind, flags])
            + stream.to_bytes(4, "big") + payload)


def _literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def _headers(stream, path, content_type="application/grpc", flags=4):
    """HEADERS with HPACK literals alone; POST and https are in the static table."""
    block = (b"\x83\x87" + _literal(b":path", path.encode())
             + _literal(b":authority", b"localhost") + _literal(b"te", b"trailers")
             + _literal(b"content-type", content_type.encode()))
    return _frame(1, flags, stream, block)


def _until(connection, text):
    received = b""
    while text not in received:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError(received[-200:])
        received += more
    return received


def _reset_rapidly(proxy, streams):
    """Opens streams on one connection and resets each at once.

    Returns whether the proxy took all of it; it may throw the connection out.
    """
    with contextlib.suppress(OSError), proxy.connect() as connection:
        connection.sendall(PREFACE)
        for first in range(1, 2 * streams, 200):
            connection.sendall(b"".join(
                _headers(stream, CLONE) + _frame(3, 0, stream, (8).to_bytes(4, "big"))
                for stream in range(first, first + 200, 2)))
        # What answers a ping has dealt with all that came before it.
        connection.sendall(_frame(6, 0, 0, b"all-read"))
        _until(connection, b"\x06\x01\0\0\0\0all-read")
        return True
    return False


def test_rapid_resets_do_not_reach_the_server(server):
    create(server)
    with Proxy(server) as proxy:
        before = server.peak_memory()
        start = time.monotonic()
        taken = sum(_reset_rapidly(proxy, 10_000) for _ in range(5))
        seconds = time.monotonic() - start
        grown = server.peak_memory() - before
        print(f"      {taken} of 5 connections with 10,000 resets got through in {seconds:.1f} s: "
              f"{grown >> 20} MiB more in the server")
    assert grown < 48 << 20, grown
    with grpc.insecure_channel(server.address) as channel:
        reply = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=20)
    assert reply.status == health_pb2.HealthCheckResponse.SERVING
