"""Do lines get written, and does a reader that stalls cost lines only?"""

import json
import logging
import os

import pytest
import requests
from urllib3.util import Retry

from datapress_common.log_writer import LARGEST_WAIT, LineWriter
from datapress_common.logs import lost_line


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        os.close(end)


def record(text):
    return logging.LogRecord("essai", logging.INFO, __file__, 1, text, None, None)


def test_lines_are_written_in_order_and_whole(pipe):
    writer = LineWriter(pipe[1])

    for number in range(100):
        writer.handle(record(f"ligne {number} é \udcff"))
    writer.close()

    lines = os.read(pipe[0], 65536).decode().splitlines()
    assert lines == [f"ligne {number} é \\udcff" for number in range(100)]
    assert writer.lost == 0


def test_a_reader_that_stalls_costs_lines_which_are_counted_and_nobody_waits(pipe):
    writer = LineWriter(pipe[1], lost_line)
    line, sent = "x" * 1000, 0

    while writer.lost < 10:
        writer.handle(record(line))
        sent += 1
        assert sent * len(line) < 2 * LARGEST_WAIT, "what waits is bounded"
    lost, received = writer.lost, b""
    while received.count(b"\n") < sent - lost + 1:
        received += os.read(pipe[0], 65536)
    writer.close()

    texts = received.decode().splitlines()
    told = [json.loads(text) for text in texts if text.startswith("{")]
    assert texts.count(line) == sent - lost
    assert [each["lost"] for each in told] == [lost]
    assert "lignes de journal perdues" in told[0]["msg"]


def test_a_reader_that_has_gone_stops_nobody():
    reading, writing = os.pipe()
    os.close(reading)
    writer = LineWriter(writing)

    writer.handle(record("bonjour"))
    writer.close()

    assert writer.lost >= 1
    os.close(writing)


def test_a_process_that_was_forked_writes_for_itself(pipe):
    writer = LineWriter(pipe[1])
    writer.handle(record("père"))
    writer.flush()

    child = os.fork()
    if not child:
        writer.handle(record("fils"))
        writer.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    writer.close()

    assert os.read(pipe[0], 65536).decode().splitlines() == ["père", "fils"]


def test_a_service_whose_log_nobody_reads_serves_and_obeys(unread):
    service = unread("front")
    wordy = {"User-Agent": "x" * 7000}

    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(8, backoff_factor=0.1)))
        for _ in range(LARGEST_WAIT // 7000 + 100):
            assert session.get(service.url + "/health", headers=wordy, timeout=5).status_code == 200
    service.terminate()

    # Within the grace of Compose, which is the shorter one.
    assert service.process.wait(timeout=30) == 0
