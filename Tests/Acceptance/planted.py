"""Plants secrets and looks for them everywhere: in files, in the log, in every reply."""

import signal
import subprocess
import urllib.parse

import grpc
import requests
from google.protobuf import json_format, message_factory
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.operation import operation_service_pb2
from yandex.cloud.operation.operation_pb2 import Operation

from access import TOKENS, bearer, protect
from commands import run
from journey import DATA, MODULE, clone_request, create_request
from server import file, put, unpack

PASSWORD = "planted-Password-4711"
GUESS = "planted-token-0815-guess"


class Witness:
    """Calls methods and keeps everything that comes back."""

    def __init__(self, server):
        self.channel = grpc.insecure_channel(server.address)
        self.replies = []

    def call(self, path, request, response=None, token=TOKENS["admin"], key=None):
        """The response, or nil when the call fails; bytes are sent as they are."""
        metadata = bearer(token) + ([("idempotency-key", key)] if key else [])
        body = request if isinstance(request, bytes) else request.SerializeToString()
        method = self.channel.unary_unary(path, lambda value: value, lambda value: value)
        try:
            reply, call = method.with_call(body, timeout=20, metadata=metadata)
        except grpc.RpcError as error:
            self.replies.append(repr((
                path, error.code(), error.details(), error.initial_metadata(),
                error.trailing_metadata())).encode())
            return None
        self.replies += [reply, repr((call.initial_metadata(), call.trailing_metadata())).encode()]
        message = response() if response else None
        if message is not None:
            message.ParseFromString(reply)
            self.replies.append(json_format.MessageToJson(message).encode())
        return message

    def stream(self, path, request):
        method = self.channel.unary_stream(path, lambda value: value, lambda value: value)
        try:
            self.replies += list(method(
                request.SerializeToString(), timeout=20, metadata=bearer(TOKENS["admin"])))
        except grpc.RpcError as error:
            self.replies.append(repr(error).encode())


def image(url="cr.example/image:1"):
    return jobs_pb2.DockerImageSpec(
        image_url=url, username="user", password_plain_text=PASSWORD)


def prefix(name="yandex.cloud.datasphere.v2.jobs.ProjectJobService"):
    return f"/{name}/"


def with_password(request, url="cr.example/image:1"):
    parameters = request.job_parameters if hasattr(request, "job_parameters") else \
        request.job_parameters_overrides
    parameters.env.docker_image_spec.CopyFrom(image(url))
    return request


def drive(witness, server):
    """Jobs with the password, and every kind of failure that had it in its request."""
    created = witness.call(
        prefix() + "Create", with_password(create_request()), Operation, key="planted")
    source_id = unpack(created.response, service.CreateProjectJobResponse).job_id
    urls = []
    response = unpack(created.response, service.CreateProjectJobResponse)
    for entry in response.upload_files:
        urls.append(entry.url)
        for content in (b"x", b""):
            requests.put(entry.url, data=content, timeout=20)
        requests.put(entry.url + "0", data=b"x", timeout=20)
    for content in (DATA, MODULE, MODULE + b"#"):
        for entry in response.upload_files:
            if entry.file.sha256 == file("", content).sha256:
                assert put(entry.url, content).status_code == 200
    clone = clone_request(source_id)
    inherited = witness.call(prefix() + "Clone", clone, Operation)
    witness.call(prefix() + "Clone", with_password(clone, "cr.example/other:2"), Operation)
    witness.call(prefix() + "Create", with_password(create_request()), Operation, key="planted")
    changed = with_password(create_request())
    changed.name = "another"
    witness.call(prefix() + "Create", changed, Operation, key="planted")
    # What is wrong, with the password in it.
    witness.call(prefix() + "Clone", with_password(clone_request(source_id), ""))
    for change in ("name", "desc"):
        bad = with_password(clone_request(source_id))
        setattr(bad, change, "x" * 5000)
        witness.call(prefix() + "Clone", bad)
    body = with_password(clone_request(source_id)).SerializeToString()
    for malformed in (body[:-3], body + b"\xff", b"\x0a" + body, body * 2):
        witness.call(prefix() + "Clone", malformed)
    witness.call(prefix() + "Nothing", with_password(clone_request(source_id)))
    witness.call(prefix() + "Clone", with_password(clone_request("bt1nothere")))
    witness.call(prefix() + "Clone", with_password(clone_request(source_id)), token=GUESS)
    witness.call(prefix() + "Clone", with_password(clone_request(source_id)), token=TOKENS["bob"])
    every_method(witness, source_id, created.id)
    return source_id, inherited.id, urls


def every_method(witness, job_id, operation_id):
    """Calls whatever the contract has, with ids that exist."""
    for contract in (service.DESCRIPTOR, operation_service_pb2.DESCRIPTOR):
        for described in contract.services_by_name.values():
            # Deleting comes last: the others need the job.
            for method in sorted(described.methods, key=lambda method: "Delete" in method.name):
                request = message_factory.GetMessageClass(method.input_type)()
                for name, value in (
                    ("job_id", job_id), ("source_job_id", job_id), ("project_id", "project-1"),
                    ("operation_id", operation_id), ("resource_id", "project-1"),
                ):
                    if name in method.input_type.fields_by_name:
                        setattr(request, name, value)
                path = f"/{described.full_name}/{method.name}"
                if method.server_streaming:
                    witness.stream(path, request)
                else:
                    witness.call(path, request)


def commands(server, job_id, operation_id):
    """What the command line shows in both formats."""
    token = ("--token", TOKENS["admin"])
    shown = []
    for format in ("text", "json"):
        for arguments in (
            ("get", job_id), ("operation", operation_id), ("list", "--project-id", "project-1"),
            ("clone", job_id, "--arg", "RANGE=3"),
        ):
            done = subprocess.run(
                [server.binary, *arguments, "--format", format, "--address", server.address, *token],
                capture_output=True, timeout=60, cwd=server.folder)
            shown += [done.stdout, done.stderr]
    shown.append(run(server, "get", job_id, "--token", GUESS, code=1).encode())
    return shown


def test_secrets_are_nowhere(server):
    protect(server, "--log-level", "trace")
    witness = Witness(server)
    source_id, operation_id, urls = drive(witness, server)
    replies = witness.replies + commands(server, source_id, operation_id)
    witness.channel.close()
    server.stop(signal.SIGTERM)
    server.start("--log-level", "trace")
    assert urls and replies
    # Every signature differs, as it signs a time: none may be there under its name either.
    signatures = ["signature="] + [
        urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["signature"][0] for url in urls]
    tokens = [*TOKENS.values(), GUESS]
    log = server.log().encode()
    for secret in (PASSWORD, *tokens):
        for reply in replies:
            assert secret.encode() not in reply, (secret, reply)
    for secret in (PASSWORD, *tokens, *signatures):
        assert secret.encode() not in log, secret
    files = [path for path in server.data.rglob("*") if path.is_file()]
    assert any(path.name.startswith("jobs.sqlite") for path in files)
    for path in files:
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # the server clears contents away meanwhile
            continue
        for secret in (PASSWORD, *tokens, *signatures):
            assert secret.encode() not in content, (secret, path)
