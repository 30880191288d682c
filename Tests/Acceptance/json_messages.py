"""The message types of the contract in the official Python runtime, and random messages of them."""

import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANY = "google.protobuf.Any"
DURATION = "google.protobuf.Duration"
TIMESTAMP = "google.protobuf.Timestamp"
SPECIAL = {ANY, DURATION, TIMESTAMP, "google.protobuf.Int64Value"}
IMPORTED = SPECIAL | {"google.protobuf.Empty"}


class Contract:
    """The message types of Protos/, as the official runtime makes them from protoc's output."""

    def __init__(self):
        protos = ROOT / "Protos"
        files = sorted(str(p.relative_to(protos)) for p in protos.rglob("*.proto"))
        with tempfile.NamedTemporaryFile() as output:
            subprocess.run(
                ["protoc", "--include_imports", "-I", ".", f"--descriptor_set_out={output.name}"]
                + files, cwd=protos, check=True)
            contract = descriptor_pb2.FileDescriptorSet.FromString(output.read())
        self.pool = descriptor_pool.DescriptorPool()
        names = list(IMPORTED)
        for file in contract.file:
            self.pool.Add(file)
            if file.name in files:
                names += [n for m in file.message_type for n in self.names(m, file.package)]
        self.types = {n: self.message_class(n) for n in sorted(names)}

    def names(self, message, scope):
        if message.options.map_entry:
            return []
        name = f"{scope}.{message.name}"
        return [name] + [n for m in message.nested_type for n in self.names(m, name)]

    def message_class(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))


class Generator:
    """Makes messages at random, with a liking for the values at the edges."""

    TEXTS = ["", "a", "nul\0in", 'quote " and \\ and /', "tab\tline\nreturn\r\b\f\x1b\x7f", "é",
             "e\u0301", "значение", "🙂", "\u2028<&>", "\ufeff", "\U0010ffff", "x" * 300]
    INTEGERS = [0, 1, -1, 127, 128, 2**31 - 1, -(2**31)]
    LONGS = INTEGERS + [2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]

    def __init__(self, contract, random):
        self.contract = contract
        self.random = random

    def message(self, name, depth=0):
        message = self.contract.types[name]()
        self.fill(message, depth)
        return message

    def fill(self, message, depth):
        name = message.DESCRIPTOR.full_name
        pick = self.random
        if name == DURATION:
            sign = pick.choice([1, -1])
            message.seconds = sign * pick.choice([0, 1, 59, 3600, 315576000000, 315576000001])
            message.nanos = pick.choice([sign] * 9 + [-sign]) * self.nanos()
        elif name == TIMESTAMP:
            edges = [0, -1, -62135596800, 253402300799, -62135596801, 253402300800, 951782400]
            message.seconds = pick.choice(edges + [pick.randint(-62135596800, 253402300799)] * 15)
            message.nanos = pick.choice([1] * 19 + [-1]) * self.nanos()
        elif name == ANY:
            if pick.random() < 0.9:
                self.fill_any(message, depth)
        else:
            share = pick.choice([0.1, 0.4, 0.9]) if depth < 6 else 0
            for field in message.DESCRIPTOR.fields:
                if pick.random() < share:
                    self.set(message, field, depth)

    def nanos(self):
        pick = self.random
        edges = [0, 0, 500_000_000, 1_000_000, 1_000, 1, 999_999_999, pick.randrange(10**9)]
        return pick.choice(edges * 4 + [10**9])

    def fill_any(self, message, depth):
        pick = self.random
        inner = self.message(pick.choice(sorted(self.contract.types)), depth + 1)
        host = pick.choice(["type.googleapis.com/"] * 8 + ["", "/", "example.com/types/"])
        message.type_url = host + inner.DESCRIPTOR.full_name
        message.value = inner.SerializeToString(deterministic=True)
        if pick.random() < 0.03:
            message.value += b"\xff"
        if pick.random() < 0.03:
            message.type_url = pick.choice(["", "type.googleapis.com/no.such.Type", "a/b/"])

    def set(self, message, field, depth):
        target = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            for _ in range(self.random.randint(0, 3)):
                target[self.scalar(field.message_type.fields_by_name["key"])] = self.scalar(
                    field.message_type.fields_by_name["value"])
        elif field.is_repeated:
            for _ in range(self.random.choice([0, 1, 1, 2, 3] if depth < 4 else [0, 1])):
                if field.message_type:
                    self.fill(target.add(), depth + 1)
                else:
                    target.append(self.scalar(field))
        elif field.message_type:
            target.SetInParent()
            self.fill(target, depth + 1)
        else:
            setattr(message, field.name, self.scalar(field))

    def scalar(self, field):
        pick = self.random
        if field.type == Field.TYPE_STRING:
            return pick.choice(self.TEXTS)
        if field.type == Field.TYPE_BYTES:
            return pick.randbytes(pick.choice([0, 1, 2, 3, 4, 5, 100]))
        if field.type == Field.TYPE_BOOL:
            return pick.random() < 0.5
        if field.type == Field.TYPE_INT64:
            return pick.choice(self.LONGS + [pick.randint(-(2**63), 2**63 - 1)])
        if field.type == Field.TYPE_ENUM:
            return pick.choice([v.number for v in field.enum_type.values] * 3 + [99, -1])
        return pick.choice(self.INTEGERS + [pick.randint(-(2**31), 2**31 - 1)])
