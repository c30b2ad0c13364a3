"""The wire of the benches: servers in processes of their own, and whoever sends them requests.

A server has one core to itself and the client the other, where the system allows that.
"""

import asyncio
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

CONNECTIONS = 16
REQUESTS = 3_000  # in one run
RUNS = 3
WARM_UP = 300
PACE = 50  # requests a second
SECONDS = 10

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

Requests = Callable[[Iterator[int], int], deque[bytes]]  # so many more of them, with these numbers


@dataclass(frozen=True)
class Figures:
    rate: float  # requests a second
    half: float  # ms
    worst: float  # ms, of a hundred


@dataclass(frozen=True)
class Server:
    command: Sequence[str]
    folder: Path
    settings: Mapping[str, str]
    source: bytes = b""  # what it reads from its standard input


def driven(server: Server, requests: Requests, how_many: int = REQUESTS) -> Figures:
    """As fast as it goes, so many in one run: the median of several runs."""
    with serving(server) as port:
        numbers = count(1)
        asyncio.run(_drive(port, requests(numbers, how_many // 10)))
        runs = [asyncio.run(_drive(port, requests(numbers, how_many))) for _ in range(RUNS)]
    return sorted(runs, key=lambda figures: figures.rate)[RUNS // 2]


def paced(server: Server, requests: Requests) -> Figures:
    """Fifty a second, as many as a company of some size ever sends."""
    with serving(server) as port:
        numbers = count(1)
        asyncio.run(_drive(port, requests(numbers, WARM_UP)))
        return asyncio.run(_drive_slowly(port, requests(numbers, PACE * SECONDS)))


@contextmanager
def serving(server: Server) -> Iterator[int]:
    """The port where a server listens, alone on its core; whoever measures is kept off it."""
    cores, environment = _cores(), {**os.environ, **server.settings}
    process = subprocess.Popen(  # noqa: S603 - our own
        server.command, cwd=server.folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(server.source)
    process.stdin.close()
    if cores:
        os.sched_setaffinity(process.pid, {cores[0]})
        os.sched_setaffinity(0, {cores[1]})
    try:
        yield int(process.stdout.readline())
    finally:
        if cores:
            os.sched_setaffinity(0, cores)
        process.terminate()
        process.wait()


@contextmanager
def taking_everything(answer: bytes) -> Iterator[str]:
    """Whoever is called by the server, in a process of its own, on the core of whoever measures."""
    here = socket.create_server(("127.0.0.1", 0))
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_take_everything, args=(here, answer), daemon=True)
    process.start()
    if cores := _cores():
        os.sched_setaffinity(process.pid or 0, {cores[1]})
    try:
        yield f"http://127.0.0.1:{here.getsockname()[1]}"
    finally:
        process.kill()
        process.join()


def _take_everything(here: socket.socket, answer: bytes) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(partial(Taken, answer), sock=here)
        await server.serve_forever()

    asyncio.run(serve())


class Taken(asyncio.Protocol):
    """Says yes to every request of a connection, as soon as it is whole."""

    def __init__(self, answer: bytes) -> None:
        self._asked = b""
        self._answer = HEAD % len(answer) + answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        head, end, body = self._asked.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._asked = b""
            self._transport.write(self._answer)


def _cores() -> Sequence[int]:
    """Two cores, if there are two and this system lets us choose."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    cores = sorted(os.sched_getaffinity(0))
    return cores if len(cores) > 1 else ()


# Whoever sends


class Sender(asyncio.Protocol):
    """One connection: sends the next request when the last is answered."""

    def __init__(self, requests: deque[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._took, self._done = requests, took, done
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._took.append(time.perf_counter() - self._sent)
        if not head.startswith(b"HTTP/1.1 2"):
            self._done.set_exception(RuntimeError(head.partition(b"\r\n")[0].decode()))
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))

    def _next(self) -> None:
        if not self._requests:
            self._done.set_result(None)
            self._transport.close()
            return
        self._answer, self._sent = b"", time.perf_counter()
        self._transport.write(self._requests.popleft())


def _length(head: bytes) -> int:
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


async def _drive(port: int, requests: deque[bytes]) -> Figures:
    took, how_many = list[float](), len(requests)
    begin = time.perf_counter()
    await _send(port, requests, took)
    return _figures_of(took, how_many / (time.perf_counter() - begin))


async def _drive_slowly(port: int, requests: deque[bytes]) -> Figures:
    """Each at its time, whether the one before it is answered or not."""
    took, how_many = list[float](), len(requests)
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as senders:
        while requests:
            senders.create_task(_send(port, deque([requests.popleft()]), took, connections=1))
            at = begin + (how_many - len(requests)) / PACE
            await asyncio.sleep(max(at - time.perf_counter(), 0))
    return _figures_of(took, how_many / (time.perf_counter() - begin))


async def _send(port: int, requests: deque[bytes], took: list[float], connections: int = CONNECTIONS) -> None:
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(connections)]
    for one in done:
        await loop.create_connection(partial(Sender, requests, took, one), "127.0.0.1", port)
    await asyncio.gather(*done)


def _figures_of(took: Sequence[float], rate: float) -> Figures:
    hundredths = statistics.quantiles(took, n=100)
    return Figures(rate, hundredths[49] * 1000, hundredths[98] * 1000)
