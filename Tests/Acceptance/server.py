"""The server under test: started on free ports, stopped, killed, and reached by the SDK."""

import hashlib
import re
import signal
import subprocess
import threading
import time

import requests
import yandexcloud
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs.project_job_service_pb2_grpc import ProjectJobServiceStub
from yandex.cloud.operation.operation_service_pb2_grpc import OperationServiceStub

START_SECONDS = 60
STOP_SECONDS = 30


class Server:
    """A server process over one data directory; it may be started again after its end."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.data = folder / "data"
        self.process = None
        self.address = None
        self.uploads = None
        self._errors = []
        self._reader = None

    def start(self, *options):
        """Starts the process and returns when it has said that it serves."""
        address = [] if "--address" in options else ["--address", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [
                self.binary, "serve", *address, "--upload-address", "127.0.0.1:0",
                "--data-directory", str(self.data), *options,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
        )
        self._reader = threading.Thread(
            target=lambda stream: self._errors.extend(stream), args=(self.process.stderr,))
        self._reader.start()
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        match = re.match(r"Serving gRPC on (\S+), uploads on (\S+), data in ", line)
        assert match, f"the server did not start: {line!r} {self.log()}"
        self.address, self.uploads = match.groups()
        return line

    def stop(self, number):
        """Sends a signal and checks that the process ends cleanly."""
        self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        self._reader.join()
        assert code == 0, f"exit code {code} after {signal.Signals(number).name}: {self.log()}"

    def kill(self):
        """Ends the process at once, if it still runs."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._reader:
            self._reader.join()
        if self.process:
            self.process.stdout.close()
            self.process.stderr.close()

    def log(self):
        return "".join(self._errors)

    def wait_for_log(self, text):
        """Returns once the log has this text, which may come a moment after the reply."""
        deadline = time.monotonic() + START_SECONDS
        while text not in self.log():
            assert time.monotonic() < deadline, f"{text} is not in the log: {self.log()}"
            time.sleep(0.01)

    def peak_memory(self):
        """The most memory in bytes that the process has held."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    @property
    def sdk(self):
        return yandexcloud.SDK(iam_token="none")

    def jobs(self):
        """The official stub of ProjectJobService."""
        return self.sdk.client(ProjectJobServiceStub, endpoint=self.address, insecure=True)

    def operations(self):
        """The official stub of OperationService."""
        return self.sdk.client(OperationServiceStub, endpoint=self.address, insecure=True)

    def content(self, project, sha256):
        """The bytes stored under a hash, wherever the data directory keeps them."""
        found = [path for path in self.data.rglob(sha256) if path.is_file()]
        assert len(found) == 1, f"{sha256} is stored {len(found)} times"
        return found[0].read_bytes()


def file(path, content, var=""):
    """An input file as the official client describes it."""
    return jobs_pb2.File(
        desc=jobs_pb2.FileDesc(path=path, var=var),
        sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content),
        compression_type=jobs_pb2.FileCompressionType.NONE,
    )


def put(url, content):
    """An upload as the official client makes it: length, no type, no authorization."""
    return requests.put(url, data=content, timeout=30)


def unpack(any_message, kind):
    """The message inside an Any, which must be of this kind."""
    message = kind()
    assert any_message.type_url == "type.googleapis.com/" + kind.DESCRIPTOR.full_name
    assert any_message.Unpack(message)
    return message
