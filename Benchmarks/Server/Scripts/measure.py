#!/usr/bin/env python3
"""Measures the servers one beside the other and prints the results as a Markdown table.

Each round calls every server with every payload once, so that what disturbs the machine disturbs
all of them; the numbers are medians over the rounds. Processor time is the server process's own,
which a busy machine stretches less than a rate of calls.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAYLOADS = os.path.join(ROOT, "..", "Payload")
LOAD = os.path.join(ROOT, ".build", "cpp", "load")
SERVERS = {
    "this package": os.path.join(ROOT, ".build", "release", "CoreServer"),
    "C++": os.path.join(ROOT, ".build", "cpp", "cpp-server"),
    "grpc-swift-2": os.path.join(ROOT, ".build", "release", "NIOServer"),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                sys.exit(f"no server on port {port}")
            time.sleep(0.05)


def processor_seconds(process):
    """Time that the threads of a process have run, by the scheduler's count in nanoseconds."""
    total = 0
    for task in os.listdir(f"/proc/{process.pid}/task"):
        with open(f"/proc/{process.pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def measure(process, port, method, payload, at_once, seconds):
    before = processor_seconds(process)
    command = [LOAD, f"127.0.0.1:{port}", f"/bench.Bench/{method}",
               os.path.join(PAYLOADS, f"{payload}.bin"), str(at_once), str(seconds)]
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    used = processor_seconds(process) - before
    return {
        "rate": result["calls"] / result["seconds"],
        "processor": used / result["calls"] * 1e6,
        "p50": result["p50"],
        "p99": result["p99"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--at-once", type=int, default=64, help="calls under way")
    arguments = parser.parse_args()

    running = {}
    try:
        for name, path in SERVERS.items():
            port = free_port()
            running[name] = (subprocess.Popen([path, f"127.0.0.1:{port}"]), port)
            wait_for(port)
        cases = [(method, payload) for method in ("Echo", "Plan")
                 for payload in ("small", "typical", "heavy")]
        results = {(case, name): [] for case in cases for name in SERVERS}
        for round_number in range(-1, arguments.rounds):
            for case in cases:
                for name, (process, port) in running.items():
                    seconds = 0.3 if round_number < 0 else arguments.seconds
                    result = measure(process, port, *case, arguments.at_once, seconds)
                    if round_number >= 0:
                        results[case, name].append(result)
            print(f"round {round_number + 1} of {arguments.rounds}", file=sys.stderr)
    finally:
        for process, _ in running.values():
            process.kill()
            process.wait()

    print("| method | payload | server | processor µs a call | ratio | calls/s | p50 µs | p99 µs |")
    print("|---|---|---|--:|--:|--:|--:|--:|")
    for case in cases:
        def median(name, key):
            return statistics.median(result[key] for result in results[case, name])
        own = median("this package", "processor")
        for index, name in enumerate(SERVERS):
            processor = median(name, "processor")
            ratio = "" if index == 0 else f"**{own / processor:.2f}**"
            head = f"| {case[0]} | {case[1]} " if index == 0 else "| | "
            print(f"{head}| {name} | {processor:.1f} | {ratio} | {median(name, 'rate'):.0f} "
                  f"| {median(name, 'p50'):.0f} | {median(name, 'p99'):.0f} |")


if __name__ == "__main__":
    main()
