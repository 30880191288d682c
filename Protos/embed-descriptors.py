#!/usr/bin/env python3
"""Writes the compiled files of Protos/ into the Swift source that reflection serves them from."""

import base64
import pathlib
import subprocess
import tempfile

PROTOS = pathlib.Path(__file__).resolve().parent
OUTPUT = PROTOS.parent / "Sources" / "JobService" / "Reflection" / "EmbeddedDescriptors.swift"
WIDTH = 92

HEADER = '''\
// Written by `make descriptors` from Protos/; a test fails when the two differ.

/// What protoc makes of `Protos/`: reflection needs no .proto files beside the binary.
enum EmbeddedDescriptors {
  /// A serialized `google.protobuf.FileDescriptorSet`, with all imports, in Base64.
  static let fileDescriptorSet = """
'''

FOOTER = '''\
    """
}
'''


def main():
    files = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".descriptors") as output:
        subprocess.run(
            ["protoc", "--include_imports", f"--descriptor_set_out={output.name}", "-I", ".",
             *files],
            cwd=PROTOS, check=True)
        text = base64.b64encode(output.read()).decode("ascii")
    lines = [text[start:start + WIDTH] for start in range(0, len(text), WIDTH)]
    body = "\\\n".join("    " + line for line in lines) + "\n"
    OUTPUT.write_text(HEADER + body + FOOTER, encoding="ascii")


if __name__ == "__main__":
    main()
