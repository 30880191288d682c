"""Who gets in and what they may do: tokens, certificates, rules, TLS."""

import datetime
import hashlib
import signal
import socket
import subprocess
import time

import grpc
import yandexcloud
from grpc_health.v1 import health_pb2, health_pb2_grpc
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.datasphere.v2.jobs.project_job_service_pb2_grpc import ProjectJobServiceStub
from yandex.cloud.operation.operation_service_pb2 import GetOperationRequest
from yandex.cloud.operation.operation_service_pb2_grpc import OperationServiceStub

from authority import Authority
from commands import run, serve
from failures import failure, request_id
from journey import create_request
from server import unpack

TOKENS = {name: f"token-of-{name}-0123456789" for name in ("alice", "bob", "admin")}


def write(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def token_file(server, names=TOKENS):
    lines = [f"{name} {hashlib.sha256(TOKENS[name].encode()).hexdigest()}\n" for name in names]
    return write(server.folder / "tokens", "# who has which token\n" + "".join(lines))


def rules_file(server):
    return write(
        server.folder / "rules",
        "alice alices create\nbob bobs create\nbob alices-shown read\nalice alices-shown create\n"
        "admin * create\n")


def restart(server, *options):
    server.stop(signal.SIGTERM)
    return server.start(*options)


def protect(server, *options):
    restart(
        server, "--authentication-method", "tokens",
        "--authentication-token-file", token_file(server),
        "--authorization-rules-file", rules_file(server), *options)


def bearer(token):
    return [("authorization", f"Bearer {token}")]


def make(server, name, project):
    """A job that somebody makes; its id and its operation's."""
    request = create_request(project)
    operation = server.jobs().Create(request, metadata=bearer(TOKENS[name]))
    assert operation.created_by == name
    return unpack(operation.response, service.CreateProjectJobResponse).job_id, operation.id


def test_only_tokens_of_the_file_get_in(server):
    protect(server)
    request = service.ListProjectJobRequest(project_id="alices")
    cases = [None, [], bearer("guess-0123456789"), bearer(""), [("authorization", TOKENS["alice"])],
             bearer(TOKENS["alice"]) + bearer(TOKENS["bob"])]
    for metadata in cases:
        error = failure(lambda: server.jobs().List(request, metadata=metadata))
        assert error.code() == grpc.StatusCode.UNAUTHENTICATED, (metadata, error)
        server.wait_for_log(request_id(error))
    assert "guess-0123456789" not in server.log()
    assert not server.jobs().List(request, metadata=bearer(TOKENS["alice"])).jobs
    with grpc.insecure_channel(server.address) as channel:
        reply = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=20)
    assert reply.status == health_pb2.HealthCheckResponse.SERVING


def test_what_is_anothers_does_not_exist(server):
    protect(server)
    job_id, operation_id = make(server, "alice", "alices")
    bob, stubs = bearer(TOKENS["bob"]), (server.jobs(), server.operations())
    hidden = [
        lambda: stubs[0].Get(service.GetProjectJobRequest(job_id=job_id), metadata=bob),
        lambda: stubs[0].Clone(
            service.CloneProjectJobRequest(source_job_id=job_id), metadata=bob),
        lambda: stubs[0].List(service.ListProjectJobRequest(project_id="alices"), metadata=bob),
        lambda: stubs[0].Create(create_request("alices"), metadata=bob),
        lambda: stubs[1].Get(GetOperationRequest(operation_id=operation_id), metadata=bob),
    ]
    for call in hidden:
        error = failure(call)
        assert error.code() == grpc.StatusCode.NOT_FOUND, error
    shown_id, _ = make(server, "alice", "alices-shown")
    assert stubs[0].Get(service.GetProjectJobRequest(job_id=shown_id), metadata=bob).id == shown_id
    error = failure(lambda: stubs[0].Clone(
        service.CloneProjectJobRequest(source_job_id=shown_id), metadata=bob))
    assert error.code() == grpc.StatusCode.PERMISSION_DENIED, error
    job = stubs[0].Get(
        service.GetProjectJobRequest(job_id=job_id), metadata=bearer(TOKENS["admin"]))
    assert job.created_by_id == "alice"


def test_a_token_taken_out_of_the_file_counts_no_more(server):
    protect(server)
    request = service.ListProjectJobRequest(project_id="bobs")
    assert not server.jobs().List(request, metadata=bearer(TOKENS["bob"])).jobs
    token_file(server, ["alice"])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            server.jobs().List(request, metadata=bearer(TOKENS["bob"]))
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error
            return
        time.sleep(0.1)
    raise AssertionError("the token still counts")


def test_the_command_line_shows_a_token(server):
    protect(server)
    job_id, _ = make(server, "alice", "alices")
    path = write(server.folder / "token", TOKENS["alice"] + "\n")
    assert job_id in run(server, "get", job_id, "--token-file", path)
    assert job_id in run(server, "get", job_id, "--token", TOKENS["alice"])
    assert job_id in run(server, "get", job_id, environment={
        "DATASPHERE_JOBS_TOKEN": TOKENS["alice"]})
    assert "UNAUTHENTICATED" in run(server, "get", job_id, code=1)
    assert "NOT_FOUND" in run(server, "get", job_id, "--token", TOKENS["bob"], code=1)
    output = run(server, "get", job_id, "--token-file", "missing", code=64)
    assert "missing cannot be read" in output, output


def test_a_line_for_the_token_file(server):
    def hashed(text, *arguments):
        return subprocess.run(
            [server.binary, "token", "hash", *arguments], input=text, capture_output=True,
            text=True, timeout=60)
    done = hashed(TOKENS["alice"] + "\n", "alice")
    assert done.stdout == f"alice {hashlib.sha256(TOKENS['alice'].encode()).hexdigest()}\n", done
    for text, principal in (("qwerty-1", "alice"), ("", "alice"), (TOKENS["alice"], "a b")):
        done = hashed(text, principal)
        assert done.returncode == 64 and not done.stdout, done
        assert not text or text not in done.stderr, done


def tls(server, authority, *options):
    chain, key = authority.issue("server", hosts=["localhost", "127.0.0.1"])
    restart(
        server, "--tls-certificate-chain", str(chain), "--tls-private-key", str(key), *options)


def test_tls_with_an_authority_of_its_own(server):
    authority = Authority(server.folder)
    tls(server, authority)
    ca = str(authority.certificate)
    assert run(server, "list", "--project-id", "p1", "--ca", ca) == ""
    for options in ((), ("--tls",), ("--ca", str(Authority(server.folder, "Other").certificate)),
                    ("--ca", ca, "--server-name", "elsewhere.example")):
        output = run(server, "list", "--project-id", "p1", *options, code=1)
        assert "No answer from" in output, output
    output = run(server, "list", "--project-id", "p1", "--ca", "missing.pem", code=1)
    assert "missing.pem" in output, output


def test_clients_are_known_by_their_certificates(server):
    authority = Authority(server.folder)
    tls(server, authority, "--tls-client-certificates", "optional",
        "--tls-client-authorities", str(authority.certificate),
        "--authentication-method", "certificates")
    person = "spiffe://example.org/people/carol"
    chain, key = authority.issue("carol", uris=[person])
    options = (
        "--ca", str(authority.certificate), "--cert", str(chain), "--key", str(key))
    output = run(server, "create", "--project-id", "p1", "--cmd", "true", "--format", "json", *options)
    assert f'"createdBy": "{person}"' in output, output
    output = run(
        server, "list", "--project-id", "p1", "--ca", str(authority.certificate), code=1)
    assert "UNAUTHENTICATED" in output, output


def test_a_server_whose_access_is_wrong_says_why(server):
    authority, other = Authority(server.folder), Authority(server.folder, "Other")
    chain, key = (str(path) for path in authority.issue("right", hosts=["localhost"]))
    _, another = (str(path) for path in other.issue("another", hosts=["localhost"]))
    expired, expired_key = (str(path) for path in authority.issue(
        "expired", hosts=["localhost"], lifetime=datetime.timedelta(days=-1)))
    free = ("--address", "127.0.0.1:0", "--upload-address", "127.0.0.1:0", "--data-directory", "o")
    bad_tokens = write(server.folder / "bad-tokens", "alice not-a-hash\n")
    open_tokens = token_file(server)
    (server.folder / "tokens").chmod(0o644)
    tokens = ("--authentication-method", "tokens", "--authentication-token-file")
    cases = [
        (("--tls-certificate-chain", chain, "--tls-private-key", another), "does not belong"),
        (("--tls-certificate-chain", expired, "--tls-private-key", expired_key), "expired on"),
        (("--tls-certificate-chain", "none.pem", "--tls-private-key", key), "none.pem"),
        ((*tokens, bad_tokens), "line 1"), ((*tokens, open_tokens), "chmod"),
        ((*tokens, "missing"), "missing"),
        (("--authorization-rules-file", bad_tokens), "line 1"),
        (("--authentication-method", "tokens"), "authentication.tokenFile"),
        (("--tokenfile", "x"), "--tokenfile"),
    ]
    for options, text in cases:
        line = serve(server, *free, *options)
        assert text in line and "not-a-hash" not in line, (options, line)


def stubs_over_tls(server, authority, token):
    """Channels as the SDK makes them: TLS, and a token with each call."""
    credentials = grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(authority.certificate.read_bytes()),
        grpc.access_token_call_credentials(token))
    channel = grpc.secure_channel(server.address, credentials)
    return channel, ProjectJobServiceStub(channel), OperationServiceStub(channel)


def test_tokens_over_tls(server):
    authority = Authority(server.folder)
    tls(server, authority, "--authentication-method", "tokens",
        "--authentication-token-file", token_file(server))
    channel, jobs, operations = stubs_over_tls(server, authority, TOKENS["bob"])
    with channel:
        operation = jobs.Create(create_request("p1"), timeout=20)
        assert operations.Get(GetOperationRequest(operation_id=operation.id)).created_by == "bob"
    channel, jobs, _ = stubs_over_tls(server, authority, "guess-0123456789")
    with channel:
        error = failure(lambda: jobs.Create(create_request("p1"), timeout=20))
        assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error


def test_the_official_sdk_discovers_the_server_over_tls(server):
    authority = Authority(server.folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tls(server, authority, "--address", f"127.0.0.1:{port}",
        "--public-address", f"localhost:{port}", "--authentication-method", "tokens",
        "--authentication-token-file", token_file(server))
    sdk = yandexcloud.SDK(
        iam_token=TOKENS["bob"], endpoint=server.address,
        root_certificates=authority.certificate.read_bytes())
    result = sdk.create_operation_and_get_result(
        create_request("p1"), ProjectJobServiceStub, "Create",
        response_type=service.CreateProjectJobResponse,
        meta_type=service.CreateProjectJobMetadata, timeout=20)
    assert result.operation.created_by == "bob" and result.meta.job_id == result.response.job_id
    found = sdk.client(OperationServiceStub).Get(
        GetOperationRequest(operation_id=result.operation.id))
    assert found == result.operation
