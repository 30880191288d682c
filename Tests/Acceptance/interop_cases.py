"""gRPC's interoperability test cases, each by its usual name."""

import json
import os
import queue
import zlib

import grpc

from interop_server import Empty, InputRequest, OutputRequest, Payload, SimpleRequest, Stub

SECONDS = 30
REQUEST_SIZES = (27182, 8, 1828, 45904)
REPLY_SIZES = (31415, 9, 2653, 58979)
INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
SPECIAL_MESSAGE = (
    "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n")


def failure(call):
    """The error of a call that must fail."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def zeros(size):
    return Payload(body=bytes(size))


def output_request(*sizes, **fields):
    return OutputRequest(response_parameters=[{"size": size} for size in sizes], **fields)


class Requests:
    """Requests that are sent when the test says so."""

    def __init__(self):
        self._queue = queue.Queue()

    def send(self, request):
        self._queue.put(request)

    def finish(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def test_empty_unary(server):
    with server.channel() as channel:
        assert Stub(channel).EmptyCall(Empty(), timeout=SECONDS) == Empty()


def test_large_unary(server):
    with server.channel() as channel:
        for method in (Stub(channel).UnaryCall, Stub(channel).CacheableUnaryCall):
            reply = method(
                SimpleRequest(response_size=314159, payload=zeros(271828)), timeout=SECONDS)
            assert reply.payload == zeros(314159)


def test_client_streaming(server):
    with server.channel() as channel:
        reply = Stub(channel).StreamingInputCall(
            (InputRequest(payload=zeros(size)) for size in REQUEST_SIZES), timeout=SECONDS)
        assert reply.aggregated_payload_size == 74922


def test_server_streaming(server):
    with server.channel() as channel:
        replies = Stub(channel).StreamingOutputCall(
            output_request(*REPLY_SIZES), timeout=SECONDS)
        assert [len(reply.payload.body) for reply in replies] == list(REPLY_SIZES)


def test_ping_pong(server):
    with server.channel() as channel:
        requests = Requests()
        replies = Stub(channel).FullDuplexCall(iter(requests), timeout=SECONDS)
        for request_size, reply_size in zip(REQUEST_SIZES, REPLY_SIZES):
            requests.send(output_request(reply_size, payload=zeros(request_size)))
            assert next(replies).payload == zeros(reply_size)
        requests.finish()
        assert list(replies) == []
        assert replies.code() == grpc.StatusCode.OK


def test_half_duplex(server):
    with server.channel() as channel:
        replies = Stub(channel).HalfDuplexCall(
            (output_request(size) for size in REPLY_SIZES), timeout=SECONDS)
        assert [len(reply.payload.body) for reply in replies] == list(REPLY_SIZES)


def test_empty_stream(server):
    with server.channel() as channel:
        assert list(Stub(channel).FullDuplexCall(iter(()), timeout=SECONDS)) == []


def _assert_echoed(call):
    assert INITIAL in [tuple(entry) for entry in call.initial_metadata()]
    assert TRAILING in [tuple(entry) for entry in call.trailing_metadata()]


def test_custom_metadata(server):
    with server.channel() as channel:
        metadata = (INITIAL, TRAILING)
        reply, call = Stub(channel).UnaryCall.with_call(
            SimpleRequest(response_size=314159, payload=zeros(271828)),
            timeout=SECONDS, metadata=metadata)
        assert len(reply.payload.body) == 314159
        _assert_echoed(call)
        replies = Stub(channel).FullDuplexCall(
            iter([output_request(314159, payload=zeros(271828))]),
            timeout=SECONDS, metadata=metadata)
        assert [len(reply.payload.body) for reply in replies] == [314159]
        _assert_echoed(replies)


def test_custom_metadata_repeated(server):
    """Several values of a key keep their order, and are not joined."""
    values = [("x-grpc-test-echo-initial", value) for value in ("one", "two, three", "one")]
    binary = [("x-grpc-test-echo-trailing-bin", value) for value in (b"\x00,\xff", b"", b"b")]
    with server.channel() as channel:
        _, call = Stub(channel).EmptyCall.with_call(
            Empty(), timeout=SECONDS, metadata=values + binary)
        assert [tuple(entry) for entry in call.initial_metadata()] == values
        assert [tuple(entry) for entry in call.trailing_metadata()] == binary


def _assert_status(server, code, text):
    status = {"code": code.value[0], "message": text}
    with server.channel() as channel:
        stub = Stub(channel)
        unary = failure(
            lambda: stub.UnaryCall(SimpleRequest(response_status=status), timeout=SECONDS))
        duplex = failure(lambda: list(stub.FullDuplexCall(
            iter([OutputRequest(response_status=status)]), timeout=SECONDS)))
    for error in (unary, duplex):
        assert (error.code(), error.details()) == (code, text), error


def test_status_code_and_message(server):
    _assert_status(server, grpc.StatusCode.UNKNOWN, "test status message")


def test_special_status_message(server):
    _assert_status(server, grpc.StatusCode.UNKNOWN, SPECIAL_MESSAGE)


def test_unimplemented_method(server):
    with server.channel() as channel:
        error = failure(lambda: Stub(channel).UnimplementedCall(Empty(), timeout=SECONDS))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED


def test_unimplemented_service(server):
    with server.channel() as channel:
        call = channel.unary_unary("/grpc.testing.UnimplementedService/UnimplementedCall")
        error = failure(lambda: call(b"", timeout=SECONDS))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED


def test_cancel_after_begin(server):
    with server.channel() as channel:
        call = Stub(channel).StreamingInputCall.future(iter(Requests()), timeout=SECONDS)
        call.cancel()
        assert call.code() == grpc.StatusCode.CANCELLED


def test_cancel_after_first_response(server):
    with server.channel() as channel:
        requests = Requests()
        replies = Stub(channel).FullDuplexCall(iter(requests), timeout=SECONDS)
        requests.send(output_request(31415, payload=zeros(27182)))
        assert next(replies).payload == zeros(31415)
        replies.cancel()
        assert failure(lambda: next(replies)).code() == grpc.StatusCode.CANCELLED


def test_timeout_on_sleeping_server(server):
    with server.channel() as channel:
        requests = iter([OutputRequest(
            response_parameters=[{"size": 31415, "interval_us": 10_000_000}],
            payload=zeros(27182))])
        error = failure(lambda: list(Stub(channel).FullDuplexCall(requests, timeout=0.001)))
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        requests = iter([OutputRequest(
            response_parameters=[{"size": 31415, "interval_us": 10_000_000}])])
        error = failure(lambda: list(Stub(channel).FullDuplexCall(requests, timeout=0.5)))
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def _compressed_request(is_compressed):
    return SimpleRequest(
        expect_compressed={"value": is_compressed}, response_size=314159, payload=zeros(271828))


def test_client_compressed_unary(server):
    with server.channel() as channel:
        call = Stub(channel).UnaryCall
        error = failure(lambda: call(_compressed_request(True), timeout=SECONDS))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        for compression in (grpc.Compression.Gzip, grpc.Compression.Deflate):
            reply = call(_compressed_request(True), timeout=SECONDS, compression=compression)
            assert len(reply.payload.body) == 314159
        assert call(_compressed_request(False), timeout=SECONDS)


def test_client_compressed_streaming(server):
    with server.channel() as channel:
        call = Stub(channel).StreamingInputCall
        zeroes = InputRequest(expect_compressed={"value": True}, payload=zeros(27182))
        error = failure(lambda: call(iter([zeroes]), timeout=SECONDS))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        # Core sends what gzip would make larger as it is.
        noise = InputRequest(
            expect_compressed={"value": False}, payload=Payload(body=os.urandom(45904)))
        reply = call(
            iter([zeroes, noise]), timeout=SECONDS, compression=grpc.Compression.Gzip)
        assert reply.aggregated_payload_size == 73086


def _raw(server):
    """A channel that leaves replies as they came over the wire."""
    return server.channel(("grpc.per_message_decompression", 0))


def _assert_compressed(wire, size):
    assert len(wire) < 1000, len(wire)
    # The reply is the payload with two tags and two lengths; gzip and deflate are both taken.
    assert size < len(zlib.decompress(wire, wbits=zlib.MAX_WBITS | 32)) < size + 20


def test_server_compressed_unary(server):
    for compressed in (True, False):
        request = SimpleRequest(
            response_compressed={"value": compressed}, response_size=314159,
            payload=zeros(271828))
        with server.channel() as channel:
            assert len(Stub(channel).UnaryCall(request, timeout=SECONDS).payload.body) == 314159
        with _raw(server) as channel:
            wire = Stub(channel, raw_replies=True).UnaryCall(request, timeout=SECONDS)
            if compressed:
                _assert_compressed(wire, 314159)
            else:
                assert len(wire) > 314159


def test_server_compressed_streaming(server):
    request = OutputRequest(response_parameters=[
        {"size": 31415, "compressed": {"value": True}},
        {"size": 92653, "compressed": {"value": False}}])
    with server.channel() as channel:
        replies = Stub(channel).StreamingOutputCall(request, timeout=SECONDS)
        assert [len(reply.payload.body) for reply in replies] == [31415, 92653]
    with _raw(server) as channel:
        first, second = Stub(channel, raw_replies=True).StreamingOutputCall(
            request, timeout=SECONDS)
        _assert_compressed(first, 31415)
        assert len(second) > 92653


def test_retries(server):
    """A client's transparent retries reach the handler, which sees their number."""
    policy = {"maxAttempts": 4, "initialBackoff": "0.01s", "maxBackoff": "0.05s",
              "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}
    config = {"methodConfig": [{"name": [{"service": "interop.Flaky"}], "retryPolicy": policy}]}
    with server.channel(("grpc.service_config", json.dumps(config))) as channel:
        attempt = channel.unary_unary("/interop.Flaky/Attempt")
        for wanted in (0, 1, 2):
            assert attempt(b"%d" % wanted, timeout=SECONDS) == b"%d" % wanted
        give_up = channel.unary_unary("/interop.Flaky/GiveUp")
        error = failure(lambda: give_up(b"", timeout=SECONDS))
        assert error.code() == grpc.StatusCode.UNAVAILABLE
        assert error.details() == "Tried 0 times before.", error.details()
