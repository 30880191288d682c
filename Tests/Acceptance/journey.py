"""What a user does: create, upload, clone with other parameters, upload, look."""

import signal
import time

from google.protobuf.duration_pb2 import Duration
from yandex.cloud.datasphere.v2.jobs import jobs_pb2
from yandex.cloud.datasphere.v2.jobs import project_job_service_pb2 as service
from yandex.cloud.operation.operation_service_pb2 import GetOperationRequest

from server import file, put, unpack

DATA = b"".join(b"%d\n" % number for number in range(100_000))
OTHER = b"another input\n" * 1000
MODULE = b"print('hello')\n"


def create_request(project="project-1"):
    return service.CreateProjectJobRequest(
        project_id=project, name="first", desc="made by the acceptance test",
        config="cmd: …\n# kept as it is\n", data_ttl=Duration(seconds=3600),
        job_parameters=jobs_pb2.JobParameters(
            cmd="python ${SCRIPT} --range ${RANGE} < ${DATA} > ${RESULT}",
            input_files=[file("data.txt", DATA, "DATA"), file("main.py", MODULE, "SCRIPT")],
            output_files=[jobs_pb2.FileDesc(path="result.txt", var="RESULT")],
            arguments=[
                jobs_pb2.Argument(name="RANGE", value="1"),
                jobs_pb2.Argument(name="LEVEL", value="low"),
            ],
            env=jobs_pb2.Environment(
                vars={"A": "1", "B": "2"}, docker_image_resource_id="system-python-3-10",
                python_env=jobs_pb2.PythonEnv(
                    conda_yaml="name: x\n", local_modules=[file("lib.zip", MODULE + b"#")]),
            ),
            cloud_instance_types=[jobs_pb2.CloudInstanceType(name="c1.4")],
            extended_working_storage=jobs_pb2.ExtendedWorkingStorage(
                type=jobs_pb2.ExtendedWorkingStorage.SSD, size_gb=200),
        ),
    )


def upload(response, contents):
    """Uploads what a response asks for, and checks that it asks for just that."""
    by_hash = {file("", content).sha256: content for content in contents}
    assert [entry.file.sha256 for entry in response.upload_files] == list(by_hash)
    for entry in response.upload_files:
        reply = put(entry.url, by_hash[entry.file.sha256])
        assert reply.status_code == 200, reply.text


def create(server, project="project-1"):
    """A created job with all its contents, and its operation."""
    request = create_request(project)
    operation = server.jobs().Create(request)
    assert operation.done and not operation.HasField("error")
    response = unpack(operation.response, service.CreateProjectJobResponse)
    metadata = unpack(operation.metadata, service.CreateProjectJobMetadata)
    assert (metadata.project_id, metadata.job_id) == (project, response.job_id)
    upload(response, [DATA, MODULE, MODULE + b"#"])
    return response.job_id, request


def clone_request(source, content=OTHER):
    return service.CloneProjectJobRequest(
        source_job_id=source, name="second",
        job_parameters_overrides=jobs_pb2.JobParameters(
            input_files=[file("other.txt", content, "DATA")],
            arguments=[jobs_pb2.Argument(name="RANGE", value="7")],
            env=jobs_pb2.Environment(vars={"B": "3", "C": "4"}),
            cloud_instance_types=[jobs_pb2.CloudInstanceType(name="g1.1")],
            extended_working_storage=jobs_pb2.ExtendedWorkingStorage(size_gb=300),
        ),
    )


def test_create_clone_upload_get(server):
    source_id, created = create(server)
    source = server.jobs().Get(service.GetProjectJobRequest(job_id=source_id))
    assert source.job_parameters == created.job_parameters
    assert source.config == created.config
    lifetime = source.data_expires_at.ToSeconds() - source.created_at.ToSeconds()
    assert lifetime == 3600

    before = time.time()
    operation = server.jobs().Clone(clone_request(source_id))
    assert operation.done and not operation.HasField("error")
    assert operation.description == f"Clone job {source_id}"
    assert operation.created_by == "anonymous"
    response = unpack(operation.response, service.CloneProjectJobResponse)
    metadata = unpack(operation.metadata, service.CloneProjectJobMetadata)
    assert (metadata.project_id, metadata.job_id) == ("project-1", response.job_id)
    assert [entry.file.desc.path for entry in response.upload_files] == ["other.txt"]
    upload(response, [OTHER])

    # The clone, field by field.
    clone = server.jobs().Get(service.GetProjectJobRequest(job_id=response.job_id))
    expected = jobs_pb2.Job()
    expected.CopyFrom(source)
    expected.id = response.job_id
    expected.name = "second"
    expected.parent_job_id = source_id
    parameters = expected.job_parameters
    parameters.input_files[0].CopyFrom(file("other.txt", OTHER, "DATA"))
    parameters.arguments[0].value = "7"
    parameters.env.vars.update({"B": "3", "C": "4"})
    parameters.cloud_instance_types[0].name = "g1.1"
    parameters.extended_working_storage.size_gb = 300
    assert abs(clone.created_at.ToSeconds() - before) < 60
    lifetime = clone.data_expires_at.ToSeconds() - clone.created_at.ToSeconds()
    assert lifetime == 14 * 24 * 3600
    expected.created_at.CopyFrom(clone.created_at)
    expected.data_expires_at.CopyFrom(clone.data_expires_at)
    assert clone == expected, f"{clone}\n----\n{expected}"
    assert clone.status == jobs_pb2.JobStatus.CREATING

    # The operation, found again; its URLs may be new, its files are not.
    found = server.operations().Get(GetOperationRequest(operation_id=operation.id))
    again = unpack(found.response, service.CloneProjectJobResponse)
    assert again.job_id == response.job_id
    assert [entry.file for entry in again.upload_files] == [
        entry.file for entry in response.upload_files]
    assert found.metadata == operation.metadata
    assert found.created_at == operation.created_at

    # The uploaded bytes, as the storage keeps them.
    for content in (DATA, OTHER, MODULE, MODULE + b"#"):
        assert server.content("project-1", file("", content).sha256) == content


def test_bare_fork_changes_nothing(server):
    source_id, _ = create(server)
    request = service.CloneProjectJobRequest(
        source_job_id=source_id, data_ttl=Duration(seconds=1209600),
        job_parameters_overrides=jobs_pb2.JobParameters(env=jobs_pb2.Environment()))
    response = unpack(server.jobs().Clone(request).response, service.CloneProjectJobResponse)
    assert not response.upload_files
    source = server.jobs().Get(service.GetProjectJobRequest(job_id=source_id))
    clone = server.jobs().Get(service.GetProjectJobRequest(job_id=response.job_id))
    assert (clone.name, clone.desc) == (source.name, source.desc)
    assert clone.job_parameters.SerializeToString(deterministic=True) == \
        source.job_parameters.SerializeToString(deterministic=True)


def test_list_pages_newest_first(server):
    source_id, _ = create(server)
    ids = [source_id]
    for _ in range(4):
        request = service.CloneProjectJobRequest(source_job_id=source_id)
        response = unpack(server.jobs().Clone(request).response, service.CloneProjectJobResponse)
        ids.append(response.job_id)
    listed, token = [], ""
    while True:
        page = server.jobs().List(service.ListProjectJobRequest(
            project_id="project-1", page_size=2, page_token=token))
        assert len(page.jobs) <= 2
        listed += [job.id for job in page.jobs]
        token = page.next_page_token
        if not token:
            break
    assert listed == ids[::-1]


def test_repeated_key_makes_one_job(server):
    source_id, _ = create(server)
    metadata = [("idempotency-key", "e6f3a1de-7ac0-4a9f-9ab6-6b5b0b3d4c11")]
    first = server.jobs().Clone(clone_request(source_id), metadata=metadata)
    second = server.jobs().Clone(clone_request(source_id), metadata=metadata)
    assert first.id == second.id
    page = server.jobs().List(service.ListProjectJobRequest(project_id="project-1"))
    assert len(page.jobs) == 2


def test_kill_right_after_the_reply_loses_nothing(server):
    source_id, _ = create(server)
    for attempt in range(5):
        content = OTHER + b"%d" % attempt
        operation = server.jobs().Clone(clone_request(source_id, content))
        server.process.send_signal(signal.SIGKILL)
        server.kill()
        server.start()
        found = server.operations().Get(GetOperationRequest(operation_id=operation.id))
        response = unpack(found.response, service.CloneProjectJobResponse)
        clone = server.jobs().Get(service.GetProjectJobRequest(job_id=response.job_id))
        assert clone.parent_job_id == source_id
        assert clone.job_parameters.arguments[0].value == "7"
        assert put(response.upload_files[0].url, content).status_code == 200
        source_id = response.job_id
