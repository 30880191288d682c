"""What becomes of a job after it was made: run, followed, fetched, kept, removed."""

import json
import re
import signal
import time

import grpc
import requests
from google.protobuf.duration_pb2 import Duration
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.operation.operation_service_pb2 import GetOperationRequest

from commands import make, run
from failures import failure
from journey import DATA, MODULE, create
from official import bridge, datasphere
from server import file, unpack


def run_instantly(server, *options):
    """The server again, with the runner that completes every job at once."""
    server.stop(signal.SIGTERM)
    server.start("--runner", "instant", *options)


def job(server, job_id):
    return server.jobs().Get(service.GetProjectJobRequest(job_id=job_id))


def wait_for_end(server, job_id):
    """The job once nothing runs it any more."""
    deadline = time.monotonic() + 30
    while (found := job(server, job_id)).status in (
            jobs_pb2.JobStatus.EXECUTING, jobs_pb2.JobStatus.CREATING):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_official_fork_async(server):
    run_instantly(server)
    source_id, _ = create(server)
    (server.folder / "mine.txt").write_text("my own input\n")
    with bridge(server) as running:
        datasphere(
            server, running, "fork", "--id", source_id, "--name", "forked", "--arg", "RANGE=7",
            "--var", "DATA=mine.txt", "--env-var", "B=3", "--working-storage-size", "200GB",
            "--cloud-instance-type", "g1.1", "--async", "-o", "execution.json")
    execution = json.loads((server.folder / "execution.json").read_text())
    forked = wait_for_end(server, execution["job_id"])
    assert (forked.name, forked.parent_job_id) == ("forked", source_id)
    assert forked.status == jobs_pb2.JobStatus.SUCCESS, forked
    parameters = forked.job_parameters
    assert parameters.arguments[0].value == "7"
    assert dict(parameters.env.vars) == {"A": "1", "B": "3"}
    assert parameters.input_files[0].desc.path == "mine.txt"
    assert parameters.cloud_instance_types[0].name == "g1.1"
    assert server.content("project-1", parameters.input_files[0].sha256) == b"my own input\n"
    operation = server.operations().Get(
        GetOperationRequest(operation_id=execution["operation_id"]))
    assert unpack(operation.metadata, service.ExecuteProjectJobMetadata).job.id == forked.id


def test_official_fork_waits_for_the_end(server):
    run_instantly(server)
    source_id, _ = create(server)
    with bridge(server) as running:
        output = datasphere(server, running, "fork", "--id", source_id)
        assert "job completed successfully" in output, output
        assert "was completed without being run" in output, output
        assert "operation.api.cloud.yandex.net" in running.hosts


def test_official_fork_without_a_runner(server):
    source_id, _ = create(server)
    with bridge(server) as running:
        output = datasphere(server, running, "fork", "--id", source_id, code=1)
    assert "runner" in output, output


def test_official_data_life_and_files(server):
    run_instantly(server)
    source_id, _ = create(server)
    with bridge(server) as running:
        datasphere(server, running, "set-data-ttl", "--id", source_id, "--days", "30")
        left = job(server, source_id).data_expires_at.ToSeconds() - time.time()
        assert 29 * 86_400 < left <= 30 * 86_400, left
        datasphere(server, running, "set-data-ttl", "--id", source_id, "--days", "infinity")
        assert not job(server, source_id).HasField("data_expires_at")
        mine = server.folder / "data.txt"
        mine.write_text("the user's own")
        server.jobs().Execute(service.ExecuteProjectJobRequest(job_id=source_id))
        wait_for_end(server, source_id)
        output = datasphere(server, running, "download-files", "--id", source_id)
        assert "no files to download" in output, output
        assert mine.read_text() == "the user's own"


def test_stored_inputs_can_be_fetched(server):
    job_id, request = create(server)
    wanted = service.DownloadProjectJobFilesRequest(job_id=job_id)
    found = server.jobs().DownloadJobFiles(wanted).download_files
    contents = [DATA, MODULE, MODULE + b"#"]
    assert [entry.file.sha256 for entry in found] == [file("", c).sha256 for c in contents]
    for entry, content in zip(found, contents):
        reply = requests.get(entry.url, timeout=30)
        assert reply.status_code == 200 and reply.content == content
        assert requests.put(entry.url, data=content, timeout=30).status_code == 403
    clone = server.jobs().Clone(service.CloneProjectJobRequest(
        source_job_id=job_id, job_parameters_overrides=jobs_pb2.JobParameters(
            input_files=[file("new.txt", b"new", "DATA")])))
    upload = unpack(clone.response, service.CloneProjectJobResponse).upload_files[0]
    assert requests.get(upload.url, timeout=30).status_code == 403


def test_data_is_removed_with_the_last_job_that_has_it(server):
    server.stop(signal.SIGTERM)
    server.start("--jobs-housekeeping-interval", "200ms")
    jobs = server.jobs()
    first, _ = create(server)
    second = unpack(
        jobs.Clone(service.CloneProjectJobRequest(source_job_id=first)).response,
        service.CloneProjectJobResponse).job_id
    done = jobs.DeleteData(service.DeleteProjectJobDataRequest(job_id=first))
    assert done.done and job(server, first).data_cleared
    error = failure(lambda: jobs.Clone(service.CloneProjectJobRequest(source_job_id=first)))
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    digest = file("", DATA).sha256
    assert server.content("project-1", digest) == DATA
    assert jobs.Delete(service.DeleteProjectJobRequest(job_id=second)).done
    assert failure(lambda: job(server, second)).code() == grpc.StatusCode.NOT_FOUND
    wait_until_gone(server, digest)


def test_data_expires(server):
    server.stop(signal.SIGTERM)
    server.start("--jobs-housekeeping-interval", "200ms")
    job_id, _ = create(server)
    server.jobs().SetDataTtl(service.SetProjectJobDataTtlRequest(
        job_id=job_id, ttl=Duration(seconds=1)))
    wait_until_gone(server, file("", DATA).sha256)
    assert job(server, job_id).data_cleared


def wait_until_gone(server, digest):
    deadline = time.monotonic() + 30
    while any(path.is_file() for path in server.data.rglob(digest)):
        assert time.monotonic() < deadline, f"{digest} is still there"
        time.sleep(0.05)


def test_commands_for_the_life_of_a_job(server):
    run_instantly(server)
    job_id = make(server)
    assert "kept for ever" in run(server, "set-data-ttl", job_id, "--days", "infinity")
    assert "--days must be" in run(server, "set-data-ttl", job_id, "--days", "0", code=64)
    shown = run(server, "execute", job_id, "--wait")
    assert re.search(r"state +done", shown), shown
    assert "SUCCESS" in run(server, "get", job_id)
    assert "was completed without being run" in run(server, "logs", job_id)
    page = json.loads(run(server, "logs", job_id, "--format", "json"))
    assert page["logs"], page
    assert run(server, "download", job_id) == ""
    assert "not running" in run(server, "cancel", job_id, code=1)
    assert f"deleted the data of job {job_id}" in run(server, "delete-data", job_id)
    assert f"deleted job {job_id}" in run(server, "delete", job_id)
    assert "not found" in run(server, "get", job_id, code=1)


def test_execution_without_a_runner(server):
    job_id = make(server)
    assert "UNIMPLEMENTED" in run(server, "execute", job_id, code=1)
