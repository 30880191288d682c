"""The interoperability test server, and stubs for it made from its .proto file at run time."""

import pathlib
import re
import subprocess
import tempfile
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTOS = pathlib.Path(__file__).parent.parent / "InteropServer" / "Protos"
START_SECONDS = 60
STOP_SECONDS = 30


def _load(pool):
    """Compiles the .proto file into the pool."""
    with tempfile.NamedTemporaryFile(suffix=".descriptors") as output:
        subprocess.run(
            ["protoc", f"--descriptor_set_out={output.name}", "-I", str(PROTOS), "testing.proto"],
            check=True)
        for file in descriptor_pb2.FileDescriptorSet.FromString(output.read()).file:
            pool.Add(file)


_pool = descriptor_pool.DescriptorPool()
_load(_pool)
SERVICE = _pool.FindServiceByName("grpc.testing.TestService")


def message(name):
    """A message type of the tests."""
    return message_factory.GetMessageClass(_pool.FindMessageTypeByName("grpc.testing." + name))


SimpleRequest = message("SimpleRequest")
InputRequest = message("StreamingInputCallRequest")
OutputRequest = message("StreamingOutputCallRequest")
Payload = message("Payload")
Empty = message("Empty")


class Stub:
    """Calls the methods by their names."""

    def __init__(self, channel, raw_replies=False):
        for method in SERVICE.methods:
            kind = "_".join(
                "stream" if streams else "unary"
                for streams in (method.client_streaming, method.server_streaming))
            reply = message_factory.GetMessageClass(method.output_type)
            call = getattr(channel, kind)(
                f"/{SERVICE.full_name}/{method.name}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=bytes if raw_replies else reply.FromString)
            setattr(self, method.name, call)


class InteropServer:
    """A process of the server, from its start to its clean end."""

    def __init__(self, binary):
        self._process = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        timer = threading.Timer(START_SECONDS, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        match = re.fullmatch(r"Serving on (\S+)\n", line)
        assert match, f"the server did not start: {line!r}"
        self.address = match.group(1)

    def channel(self, *options, **more):
        """A connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1), *options]
        return grpc.insecure_channel(self.address, options=options, **more)

    def stop(self):
        """Ends the server, which must drain within its time and exit with 0."""
        self._process.stdin.close()
        try:
            code = self._process.wait(STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
        assert code == 0, f"exit code {code}"
