"""Compares the JSON of the Swift messages with that of the official Python runtime.

Random messages are written by both, and texts, right and wrong, are read by both; what they make of
them must be the same, but for the differences that json_differences.py lists with their reasons.

    .venv/bin/python Tests/Acceptance/json_check.py --probe .build/debug/json-probe
"""

import argparse
import collections
import itertools
import json
import random
import re
import subprocess
import sys

from google.protobuf import json_format

from json_differences import known_acceptance, known_refusal, known_value
from json_messages import ANY, SPECIAL, Contract, Generator
from json_texts import TOKENS, Mutator


# The fields that are maps.
MAPS = re.compile(r'"(vars|labels|metadata|quotaDimensions|quota_dimensions)": ?\{')


class Check:
    """Holds the two against each other and keeps count."""

    def __init__(self, contract, probe):
        self.contract = contract
        self.probe = probe
        self.counts = collections.Counter()
        self.differences = []

    def run(self, cases):
        """Runs cases of the form (request, the official result or exception, the text)."""
        lines = "".join(json.dumps(request) + "\n" for request, _, _ in cases)
        run = subprocess.run([self.probe], input=lines, capture_output=True, text=True)
        replies = run.stdout.split("\n")[:-1]
        if run.returncode or len(replies) != len(cases):
            culprit = cases[min(len(replies), len(cases) - 1)][0]
            self.differences.append(f"the probe died ({run.returncode}) at {culprit}\n{run.stderr}")
        for (request, official, text), reply in zip(cases, replies):
            self.compare(request, official, text, json.loads(reply))

    def compare(self, request, official, text, reply):
        refused = isinstance(official, Exception)
        error = reply.get("error")
        known = None
        if refused and error:
            self.counts[f"{request['op']}: both refuse"] += 1
            return
        if error:
            known = request["op"] == "decode" and known_refusal(text, error)
            what = f"only Swift refuses: {error}"
        elif refused:
            known = request["op"] == "decode" and known_acceptance(text, str(official))
            what = f"only Python refuses: {official}"
        elif request["op"] == "encode":
            if self.same_text(request, official, reply["json"]):
                self.counts["encode: same text"] += 1
                return
            what = f"other text: {reply['json']} instead of {official}"
        else:
            if self.canonical(request, bytes.fromhex(reply["hex"])) == official:
                self.counts["decode: same message"] += 1
                return
            known = known_value(text)
            what = f"other message: {reply['hex']} instead of {official.hex()}"
        if known:
            self.counts[f"known difference: {known}"] += 1
        else:
            self.differences.append(f"{what}\n    {json.dumps(request)}")

    def same_text(self, request, official, text):
        """Byte for byte, unless the official runtime has another order: it leaves that of map
        entries open, and puts what is included by default behind the rest."""
        if text == official:
            return True
        if not request["includesDefaults"] and not MAPS.search(official):
            return False
        return json.loads(text) == json.loads(official) and (
            sorted(re.sub(r",?\n *", "", text)) == sorted(re.sub(r",?\n *", "", official)))

    def canonical(self, request, data):
        message = self.contract.types[request["message"]].FromString(data)
        return deterministic(self.contract, message)


def deterministic(contract, message):
    """The encoding with maps in order, also in an Any, where the official reader leaves them be."""
    normalize(contract, message)
    return message.SerializeToString(deterministic=True)


def normalize(contract, message):
    if message.DESCRIPTOR.full_name == ANY:
        inner = contract.types.get(message.type_url.split("/")[-1])
        if inner:
            message.value = deterministic(contract, inner.FromString(message.value))
        return
    for field, value in message.ListFields():
        if field.message_type and not field.message_type.GetOptions().map_entry:
            for item in value if field.is_repeated else [value]:
                normalize(contract, item)


def encode_case(contract, random, name, message):
    options = {
        "pretty": random.random() < 0.5, "preservesFieldNames": random.random() < 0.2,
        "includesDefaults": random.random() < 0.2}
    request = {"message": name, "op": "encode", "hex": message.SerializeToString().hex(), **options}
    try:
        # Read anew, since the message may say more than its encoding does.
        message = contract.types[name].FromString(bytes.fromhex(request["hex"]))
        text = json_format.MessageToJson(
            message, indent=2 if options["pretty"] else None, ensure_ascii=False,
            descriptor_pool=contract.pool,
            preserving_proto_field_name=options["preservesFieldNames"],
            always_print_fields_with_no_presence=options["includesDefaults"])
        if not options["pretty"]:
            text = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
        return request, text, None
    except Exception as error:  # Whatever it raises is a refusal.
        return request, error, None


def decode_case(contract, name, text, ignores):
    request = {"message": name, "op": "decode", "json": text, "ignoresUnknownFields": ignores}
    try:
        message = json_format.Parse(
            text, contract.types[name](), ignore_unknown_fields=ignores,
            descriptor_pool=contract.pool)
        return request, deterministic(contract, message), text
    except Exception as error:
        return request, error, text


def nested_any(depth):
    text = "{}"
    for _ in range(depth):
        text = '{"@type":"t/google.protobuf.Any","value":' + text + "}"
    return text


def fixed_cases(contract):
    """Every token for a field of every kind, and nesting about its limit."""
    fields = [
        ("yandex.cloud.datasphere.v2.jobs.Job",
         ["id", "createdAt", "status", "jobParameters", "outputFiles", "dataCleared",
          "dataSizeBytes", "data_size_bytes"]),
        ("yandex.cloud.datasphere.v2.jobs.LogMessage", ["content", "standardStream", "filePath"]),
        ("yandex.cloud.datasphere.v2.jobs.CreateProjectJobRequest", ["dataTtl"]),
        ("yandex.cloud.datasphere.v2.jobs.JobParameters", ["s3MountIds"]),
        ("yandex.cloud.datasphere.v2.jobs.Environment",
         ["vars", "dockerImageResourceId", "dockerImageSpec"]),
        ("yandex.cloud.datasphere.v2.Project.Limits", ["maxUnitsPerHour"]),
        ("google.rpc.Status", ["code", "details"]),
        ("google.rpc.QuotaFailure.Violation", ["futureQuotaValue"]),
        ("grpc.reflection.v1.ExtensionNumberResponse", ["extensionNumber"]),
        ("grpc.reflection.v1.FileDescriptorResponse", ["fileDescriptorProto"]),
        ("yandex.cloud.operation.Operation", ["metadata", "error", "response", "noSuchField"]),
    ]
    for token in TOKENS:
        for ignores in [False, True]:
            for name, keys in fields:
                for key in keys:
                    yield decode_case(contract, name, f'{{"{key}": {token}}}', ignores)
            for name in sorted(SPECIAL) + ["google.protobuf.Empty", "google.rpc.Status"]:
                yield decode_case(contract, name, token, ignores)
    for name, keys in fields:
        for first in keys:
            for second in keys:
                yield decode_case(contract, name, f'{{"{first}":null,"{second}":null}}', False)
    for depth in [1, 10, 98, 99, 100, 101, 2000]:
        yield decode_case(contract, ANY, nested_any(depth), False)
        unknown = '{"unknown":' + "[" * depth + "]" * depth + "}"
        if not 99 < depth < 1000:
            # Between the limits is a difference: ours is 100 for all values, as that of C++ is.
            yield decode_case(contract, "google.rpc.Status", unknown, True)


def random_cases(contract, random, count):
    generator = Generator(contract, random)
    mutator = Mutator(contract, random)
    names = sorted(contract.types)
    heavy = [n for n in names if n.endswith((".JobParameters", ".Job", ".Operation"))]
    while count > 0:
        name = random.choice(names if random.random() < 0.6 else heavy)
        request, text, _ = case = encode_case(contract, random, name, generator.message(name))
        yield case
        count -= 1
        if isinstance(text, Exception):
            continue
        yield decode_case(contract, name, text, random.random() < 0.2)
        for _ in range(3):
            yield decode_case(contract, name, mutator.mutated(text, name), random.random() < 0.3)
        count -= 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probe", required=True, help="the built executable json-probe")
    parser.add_argument("--cases", type=int, default=8000, help="how many random cases")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    contract = Contract()
    check = Check(contract, arguments.probe)
    check.run(list(fixed_cases(contract)))
    cases = random_cases(contract, random.Random(arguments.seed), arguments.cases)
    while batch := list(itertools.islice(cases, 2000)):
        check.run(batch)
    for difference in check.differences[:20]:
        print(difference, file=sys.stderr)
    for what, count in sorted(check.counts.items()):
        print(f"{count:8}  {what}")
    total = sum(check.counts.values()) + len(check.differences)
    print(f"{total} cases compared over {len(contract.types)} message types, "
          f"seed {arguments.seed}, {len(check.differences)} unexplained differences")
    sys.exit(1 if check.differences else 0)


if __name__ == "__main__":
    main()
