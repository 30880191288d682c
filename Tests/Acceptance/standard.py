"""The standard gRPC services, driven by their official Python clients."""

import signal
import threading

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase)

from failures import CLONE, failure, request_id
from journey import create

JOB_SERVICE, CLONE_NAME = CLONE.strip("/").split("/")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def test_health_check(server):
    with grpc.insecure_channel(server.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for name in ("", JOB_SERVICE, "yandex.cloud.operation.OperationService"):
            reply = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=20)
            assert reply.status == SERVING
        error = failure(
            lambda: stub.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=20))
        assert error.code() == grpc.StatusCode.NOT_FOUND


def test_health_watch_until_the_server_stops(server):
    with grpc.insecure_channel(server.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        watching = stub.Watch(health_pb2.HealthCheckRequest(service=JOB_SERVICE), timeout=60)
        unknown = stub.Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=60)
        assert next(watching).status == SERVING
        assert next(unknown).status == SERVICE_UNKNOWN
        server.process.send_signal(signal.SIGTERM)
        assert next(watching).status == NOT_SERVING
        for call in (watching, unknown):
            assert failure(lambda: next(call)).code() == grpc.StatusCode.UNAVAILABLE
    assert server.process.wait(9) == 0, "watchers must not hold the server up"


def test_reflection_lists_the_services(server):
    with grpc.insecure_channel(server.address) as channel:
        services = set(ProtoReflectionDescriptorDatabase(channel).get_services())
    assert services >= {
        JOB_SERVICE, "yandex.cloud.operation.OperationService", "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}


def test_clone_by_reflection_alone(server):
    """A client that has no .proto file finds Clone and calls it."""
    source_id, _ = create(server)
    with grpc.insecure_channel(server.address) as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName(JOB_SERVICE).FindMethodByName(CLONE_NAME)
        request = message_factory.GetMessageClass(method.input_type)(source_job_id=source_id)
        request.job_parameters_overrides.arguments.add(name="RANGE", value="7")
        reply_type = message_factory.GetMessageClass(method.output_type)
        call = channel.unary_unary(
            CLONE, request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=reply_type.FromString)
        operation = call(request, timeout=20)
        assert operation.done
        response = message_factory.GetMessageClass(pool.FindMessageTypeByName(
            operation.response.TypeName()))()
        assert operation.response.Unpack(response)
        assert response.job_id and response.job_id != source_id
        # The details of errors are declared as well.
        assert pool.FindMessageTypeByName("google.rpc.BadRequest.FieldViolation")


def test_reflection_of_what_does_not_exist(server):
    questions = [
        reflection_pb2.ServerReflectionRequest(file_by_filename="nothing.proto"),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.Symbol"),
        reflection_pb2.ServerReflectionRequest(all_extension_numbers_of_type="no.Message"),
        reflection_pb2.ServerReflectionRequest(
            file_containing_extension=reflection_pb2.ExtensionRequest(
                containing_type="google.protobuf.Any", extension_number=100)),
        reflection_pb2.ServerReflectionRequest(list_services=""),
    ]
    with grpc.insecure_channel(server.address) as channel:
        *failed, last = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter(questions), timeout=20)
    for question, answer in zip(questions, failed):
        assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0], question
    assert last.list_services_response.service, "the stream goes on"


def test_streams_have_request_ids(server):
    with grpc.insecure_channel(server.address) as channel:
        call = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(call).status == SERVING
        assert request_id(call)
        timer = threading.Timer(0, call.cancel)
        timer.start()
        assert failure(lambda: next(call)).code() == grpc.StatusCode.CANCELLED
        timer.join()


def test_each_call_is_a_line_in_the_log(server):
    server.stop(signal.SIGTERM)
    server.start("--log-level", "info")
    with grpc.insecure_channel(server.address) as channel:
        clone = channel.unary_unary(CLONE)
        error = failure(lambda: clone(
            b"\n\x07nothere", timeout=20, metadata=[("authorization", "Bearer hunter2")]))
    assert error.code() == grpc.StatusCode.NOT_FOUND
    server.stop(signal.SIGTERM)
    lines = [line for line in server.log().splitlines() if request_id(error) in line]
    assert len(lines) == 1, server.log()
    for text in ("code=NOT_FOUND", f"method={CLONE[1:]}", "peer=ipv4:127.0.0.1:", "duration_ms="):
        assert text in lines[0], lines
    assert "hunter2" not in server.log()
