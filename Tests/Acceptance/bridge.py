"""Brings the official clients, which insist on TLS and on cloud host names, to a local server.

gRPC sends its connections through a proxy that the environment names. This one accepts CONNECT for
any host, ends TLS with a certificate for the cloud's names, and hands the clear bytes on.
"""

import asyncio
import json
import ssl
import threading

CLOUD = [
    "datasphere.api.cloud.yandex.net", "operation.api.cloud.yandex.net",
    "iam.api.cloud.yandex.net", "api.cloud.yandex.net",
]
# The command line asks it for its latest version at the end, and fails when nobody answers.
INDEX = "pypi.org"


class Bridge:
    """A context manager; `environment` makes a client use it."""

    def __init__(self, authority, target, version):
        chain, key = authority.issue("bridge", hosts=[*CLOUD, INDEX])
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(chain, key)
        self._tls.set_alpn_protocols(["h2", "http/1.1"])
        self._authority = authority
        self._target = target.rsplit(":", 1)
        self._version = version
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._ready = threading.Event()
        self._port = None
        self.hosts = set()

    @property
    def environment(self):
        proxy = f"http://127.0.0.1:{self._port}"
        authorities = str(self._authority.certificate)
        return {
            "grpc_proxy": proxy, "https_proxy": proxy, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": authorities,
            "REQUESTS_CA_BUNDLE": authorities,
        }

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10) and self._port, "the bridge did not start"
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def _run(self):
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self):
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        connections = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader, writer):
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            method, host = head.split(b" ")[:2]
            assert method == b"CONNECT", head
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.drain()
            await writer.start_tls(self._tls)
            name = host.decode().rsplit(":", 1)[0]
            self.hosts.add(name)
            if name == INDEX:
                await self._answer_as_index(reader, writer)
            else:
                await self._pass_on(reader, writer)
        except (OSError, EOFError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    async def _pass_on(self, reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection(*self._target)
        try:
            both = [
                asyncio.create_task(_copy(reader, inner_writer)),
                asyncio.create_task(_copy(inner_reader, writer)),
            ]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            inner_writer.close()

    async def _answer_as_index(self, reader, writer):
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        file = f"datasphere-{self._version}-py3-none-any.whl"
        body = json.dumps({
            "meta": {"api-version": "1.0"}, "name": "datasphere",
            "files": [{"filename": file, "url": f"https://{INDEX}/{file}", "hashes": {}}],
        }).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.pypi.simple.v1+json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()


async def _copy(reader, writer):
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
