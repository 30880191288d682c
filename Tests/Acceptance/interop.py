"""Drives the interoperability test server with grpcio through gRPC's test cases."""

import argparse
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import interop_cases  # noqa: E402
from interop_server import InteropServer  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="path of the interop-server binary")
    parser.add_argument("--only", default="", help="run the cases whose name holds this")
    options = parser.parse_args()
    cases = [
        (name, case) for name, case in vars(interop_cases).items()
        if name.startswith("test_") and options.only in name]
    failed = 0
    server = InteropServer(options.server)
    for name, case in cases:
        try:
            case(server)
            print(f"ok    interop.{name}", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL  interop.{name}", flush=True)
            traceback.print_exc()
    server.stop()
    print(f"interop: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
