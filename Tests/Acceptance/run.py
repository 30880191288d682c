"""Drives the built server over a socket with the official SDK's own messages and stubs."""

import argparse
import os
import pathlib
import signal
import sys
import tempfile
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import journey  # noqa: E402
import failures  # noqa: E402
import commands  # noqa: E402
import access  # noqa: E402
import keys  # noqa: E402
import life  # noqa: E402
import official  # noqa: E402
import planted  # noqa: E402
import proxy  # noqa: E402
import standard  # noqa: E402
import transfers  # noqa: E402
import terminal  # noqa: E402
from server import Server  # noqa: E402


def tests():
    """Every test, in the order of the modules: functions whose names begin with test_."""
    for module in (journey, failures, commands, access, keys, official, life,
                   planted, proxy, standard, terminal, transfers):
        for name, function in list(vars(module).items()):
            if name.startswith("test_"):
                yield f"{module.__name__}.{name}", function


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="path of the datasphere-jobs binary")
    parser.add_argument("--only", default="", help="run the tests whose name holds this")
    options = parser.parse_args()
    binary = os.path.abspath(options.server)
    passed, failed = 0, 0
    for name, function in tests():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="datasphere-jobs-") as folder:
            server = Server(binary, pathlib.Path(folder))
            try:
                server.start()
                function(server)
                server.stop(signal.SIGTERM)
                passed += 1
                print(f"ok    {name}", flush=True)
            except Exception:
                failed += 1
                print(f"FAIL  {name}", flush=True)
                traceback.print_exc()
                print(server.log(), file=sys.stderr)
            finally:
                server.kill()
    print(f"acceptance: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
