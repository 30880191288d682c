"""What make says when something is missing: one clear line each, and nothing is built or served.

Runs this repository's Makefile with programs that only pretend: the package managers, the compiler.
"""

import argparse
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What recipes take from the system; anything else is not there.
TOOLS = ("sh", "bash", "make", "sed", "grep", "head", "tail", "cat", "env", "mktemp", "rm", "mkdir",
         "touch", "dirname", "expand", "id", "python3")
SWIFT = '[ "$1" = --version ] && echo "Swift version 6.3.1 (swift-6.3.1-RELEASE)"; exit 0'
INSTALLED = 'for package; do case $package in -*|*db:*) ;; *) echo "ii  $package";; esac; done'


class Machine:
    """A folder of programs that is all of PATH."""

    def __init__(self, folder):
        self.folder = folder
        for tool in TOOLS:
            path = shutil.which(tool)
            if path:
                (folder / tool).symlink_to(path)
        self.put("swift", SWIFT)
        self.put("dpkg-query", INSTALLED)

    def put(self, name, script):
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_text("#!/bin/sh\n" + script + "\n")
        path.chmod(0o755)

    def remove(self, name):
        (self.folder / name).unlink(missing_ok=True)

    def make(self, *arguments):
        """What make writes to standard error, its own last words left out, and its exit code."""
        done = subprocess.run(
            ["make", "--no-print-directory", *arguments, f"FETCHED={self.folder}/fetched",
             f"VENV={self.folder}/venv"],
            cwd=ROOT, env={"PATH": str(self.folder), "HOME": str(self.folder)},
            capture_output=True, text=True, timeout=120)
        lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
        return done, lines


def expect(machine, arguments, *texts):
    done, lines = machine.make(*arguments)
    assert done.returncode != 0, done
    assert len(lines) == 1, done.stderr
    for text in texts:
        assert text in lines[0], lines[0]
    return done


def user_without(machine):
    """A user who is not root, on a machine that lacks two packages."""
    machine.put("id", "echo 1000")
    machine.put("dpkg-query", INSTALLED.replace("-*|*db:*", "-*|*db:*|libgrpc-dev|strace"))


def test_no_sudo(machine, server):
    user_without(machine)
    expect(machine, ["run"], "no sudo", "as root: apt-get install libgrpc-dev strace")


def test_a_wrong_password(machine, server):
    user_without(machine)
    machine.put("sudo", 'echo "sudo: 3 incorrect password attempts" >&2; exit 1')
    expect(machine, ["run"], "libgrpc-dev strace cannot be installed", "3 incorrect password")


def test_no_network_for_debian_packages(machine, server):
    user_without(machine)
    machine.put("sudo", '"$@"')
    machine.put(
        "apt-get", 'echo "Ign: 1"; echo "E: Temporary failure resolving deb.debian.org" >&2;'
        'echo "W: and more"; exit 100')
    expect(machine, ["run"], "libgrpc-dev strace cannot be installed: "
           "E: Temporary failure resolving deb.debian.org")


def test_what_is_missing_is_installed_once(machine, server):
    user_without(machine)
    machine.put("sudo", '"$@"')
    machine.put("apt-get", 'echo "$@" >> "$HOME/installed"')
    done, lines = machine.make("deps")
    assert done.returncode == 0 and not lines, done
    calls = (machine.folder / "installed").read_text().splitlines()
    assert len(calls) == 2 and calls[1].endswith(" libgrpc-dev strace"), calls


def test_no_swift(machine, server):
    machine.remove("swift")
    expect(machine, ["run"], "Swift 6.3 is needed and there is no 'swift'", "swift.org/install")
    expect(machine, ["build", "SWIFT=/nowhere/swift"], "there is no '/nowhere/swift'")


def test_an_old_swift(machine, server):
    for version in ("5.10.1", "6.0", "6.2.4"):
        machine.put("swift", f'echo "Swift version {version} (swift-RELEASE)"')
        number = ".".join(version.split(".")[:2])
        expect(machine, ["run"], f"Swift 6.3 is needed and 'swift' is {number}:")


def test_a_newer_swift_is_taken(machine, server):
    for version in ("6.3", "6.10.1", "7.0-dev"):
        machine.put("swift", f'echo "Swift version {version} (swift-RELEASE)"')
        done, lines = machine.make("toolchain")
        assert done.returncode == 0 and not lines, done


def test_no_network_for_swift_packages(machine, server):
    machine.put("swift", SWIFT.replace("exit 0", '''
if [ "$1" = package ]; then
  echo "Fetching https://github.com/groue/GRDB.swift" >&2
  echo "error: Failed to clone repository https://github.com/groue/GRDB.swift:" >&2
  echo "    Cloning into bare repository" >&2
  echo "fatal: unable to access: Could not resolve host: github.com" >&2
  echo "warning: one more thing" >&2
  exit 1
fi
[ "$1" = build ] && echo built >> "$HOME/built"; exit 0'''))
    expect(machine, ["run"], "The Swift packages cannot be fetched: fatal: ",
           "Could not resolve host: github.com")
    assert not (machine.folder / "built").exists()


def test_no_network_for_python_packages(machine, server):
    machine.put("python", '''
mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "ERROR: No matching distribution" >&2\\nexit 1\\n' \\
  > "$3/bin/pip"; chmod 755 "$3/bin/pip"''')
    machine.put("chmod", 'exec /bin/chmod "$@"')
    expect(machine, [f"{machine.folder}/venv/ready", f"PYTHON={machine.folder}/python"],
           "cannot be fetched: ERROR: No matching distribution")


def test_run_twice_and_a_busy_port(machine, server):
    (machine.folder / "data").mkdir(mode=0o700)
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free.bind(("127.0.0.1", 0))
        address, other = ("127.0.0.1:%d" % one.getsockname()[1] for one in (taken, free))
        free.close()
        options = ["run", f"SERVER={server}", f"DATA={machine.folder}/data"]
        for _ in range(2):
            done = expect(
                machine, [*options, f"ADDRESS={address}", f"UPLOAD_ADDRESS={other}"],
                f"Error: Cannot listen on {address}: Address already in use.")
            assert done.stdout == "", done.stdout
            done = expect(
                machine, [*options, f"ADDRESS={other}", f"UPLOAD_ADDRESS={address}"],
                f"cannot listen for uploads on {address}")
            assert done.stdout == "", done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="path of the datasphere-jobs binary")
    server = os.path.abspath(parser.parse_args().server)
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    for name, test in tests:
        with tempfile.TemporaryDirectory(prefix="datasphere-jobs-make-") as folder:
            test(Machine(pathlib.Path(folder)), server)
        print(f"ok    makefile.{name}", flush=True)
    print(f"makefile: {len(tests)} passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
