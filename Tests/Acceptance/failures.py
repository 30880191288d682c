"""What the server says when something is wrong."""

import contextlib
import sqlite3

import grpc
from google.rpc import error_details_pb2, status_pb2
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.operation.operation_service_pb2 import (
    CancelOperationRequest, GetOperationRequest)

from journey import DATA, clone_request, create
from server import file, put, unpack

CLONE = "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/Clone"


def failure(call):
    """The error of a call that must fail."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def details(error):
    """The details of a failed call, by message name."""
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    assert status.code == error.code().value[0] and status.message == error.details()
    kinds = {
        kind.DESCRIPTOR.full_name: kind
        for kind in (error_details_pb2.BadRequest, error_details_pb2.RequestInfo,
                     error_details_pb2.ResourceInfo, error_details_pb2.PreconditionFailure)}
    return {
        detail.TypeName().rpartition(".")[2]: unpack(detail, kinds[detail.TypeName()])
        for detail in status.details}


def request_id(error):
    return dict(error.initial_metadata())["x-request-id"]


def raw(server, path, message):
    """A call of any path with any bytes."""
    with grpc.insecure_channel(server.address) as channel:
        call = channel.unary_unary(
            path, request_serializer=bytes, response_deserializer=bytes)
        return call(message, timeout=20)


def test_all_violations_at_once(server):
    source_id, _ = create(server)
    request = clone_request(source_id)
    request.job_parameters_overrides.arguments.add(name="NEW", value="1")
    request.job_parameters_overrides.input_files[0].sha256 = "ABC"
    request.job_parameters_overrides.env.vars["A=B"] = "1"
    request.data_ttl.seconds = -1
    error = failure(lambda: server.jobs().Clone(request))
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    found = details(error)
    fields = {violation.field for violation in found["BadRequest"].field_violations}
    assert fields == {
        "job_parameters_overrides.arguments[1].name",
        "job_parameters_overrides.input_files[0].sha256",
        'job_parameters_overrides.env.vars["A=B"]', "data_ttl"}, fields
    assert found["RequestInfo"].request_id == request_id(error)
    page = server.jobs().List(service.ListProjectJobRequest(project_id="project-1"))
    assert len(page.jobs) == 1


def test_a_thousand_violations_reach_the_client(server):
    """Details travel as metadata, of which clients take 8 KiB: more would hide the error."""
    source_id, _ = create(server)
    request = service.CloneProjectJobRequest(source_job_id=source_id)
    for number in range(1000):
        request.job_parameters_overrides.arguments.add(name=f"UNKNOWN{number}", value="1")
    error = failure(lambda: server.jobs().Clone(request))
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
    assert "999 more" in error.details()
    assert details(error)["BadRequest"].field_violations


def test_unknown_ids(server):
    calls = [
        lambda: server.jobs().Clone(service.CloneProjectJobRequest(source_job_id="bt1nothere")),
        lambda: server.jobs().Get(service.GetProjectJobRequest(job_id="bt1nothere")),
        lambda: server.operations().Get(GetOperationRequest(operation_id="bt1nothere")),
        lambda: server.operations().Cancel(CancelOperationRequest(operation_id="bt1nothere")),
    ]
    for call in calls:
        error = failure(call)
        assert error.code() == grpc.StatusCode.NOT_FOUND
        assert details(error)["ResourceInfo"].resource_name == "bt1nothere"
        assert request_id(error)


def test_missing_inherited_content(server):
    operation = server.jobs().Create(service.CreateProjectJobRequest(
        project_id="p", job_parameters=jobs_pb2.JobParameters(
            cmd="cat ${DATA}", input_files=[file("data.txt", DATA, "DATA")],
            cloud_instance_types=[jobs_pb2.CloudInstanceType(name="c1.4")])))
    job_id = unpack(operation.response, service.CreateProjectJobResponse).job_id
    error = failure(
        lambda: server.jobs().Clone(service.CloneProjectJobRequest(source_job_id=job_id)))
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "data.txt" in error.details()
    found = details(error)
    assert found["PreconditionFailure"].violations[0].subject == "data.txt"
    assert found["RequestInfo"].request_id == request_id(error)


def test_malformed_messages(server):
    for message in (b"\x0a", b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x02\xc0\x80", b"\xff" * 30):
        error = failure(lambda: raw(server, CLONE, message))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, message
        assert request_id(error)


def test_too_large_message(server):
    error = failure(lambda: raw(server, CLONE, b"\x0a" * (4 * 1024 * 1024 + 1)))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    # gRPC core refuses it before the server sees the call: it has no request id.


def test_a_store_that_does_not_answer_is_unavailable_and_may_be_tried_again(server):
    """UNAVAILABLE comes without initial metadata, after which clients would not try again."""
    source_id, _ = create(server)
    request = clone_request(source_id).SerializeToString()
    database = sqlite3.connect(server.data / "jobs.sqlite", isolation_level=None)
    with contextlib.closing(database):
        database.execute("BEGIN IMMEDIATE")
        error = failure(lambda: raw(server, CLONE, request))
        database.execute("ROLLBACK")
    assert error.code() == grpc.StatusCode.UNAVAILABLE, error
    assert not error.initial_metadata()
    assert details(error)["RequestInfo"].request_id
    assert raw(server, CLONE, request)


def test_compression_bomb(server):
    """A request of zeros that inflates to 300 MB takes no memory beyond the limit."""
    source_id, _ = create(server)
    message = service.CloneProjectJobRequest(source_job_id=source_id)
    with grpc.insecure_channel(
        server.address, options=[("grpc.max_send_message_length", -1)],
        compression=grpc.Compression.Gzip,
    ) as channel:
        call = channel.unary_unary(
            CLONE, request_serializer=bytes, response_deserializer=bytes)
        # Compressed requests of a legal size are served.
        assert call(message.SerializeToString(), timeout=20)
        before = server.peak_memory()
        error = failure(lambda: call(bytes(300 << 20), timeout=60))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error
    assert server.peak_memory() - before < 32 << 20, (before, server.peak_memory())


def test_unknown_methods(server):
    for path in ("/a.b/C", CLONE.replace("Clone", "Nothing"), "/x" * 500):
        error = failure(lambda: raw(server, path, b""))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
        assert request_id(error)


def test_uploads_that_lie_store_nothing(server):
    source_id, _ = create(server)
    response = unpack(
        server.jobs().Clone(clone_request(source_id)).response, service.CloneProjectJobResponse)
    entry = response.upload_files[0]
    attempts = [
        (entry.url, b"wrong bytes of another size"), (entry.url, b"x" * entry.file.size_bytes),
        (entry.url + "0", DATA), (entry.url.replace("size=", "size=1"), DATA), (server.uploads, b""),
    ]
    for url, content in attempts:
        assert 400 <= put(url, content).status_code < 500, url
    assert not [path for path in server.data.rglob(entry.file.sha256) if path.is_file()]
