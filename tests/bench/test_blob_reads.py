"""What Azurite prints of blobs that are read; the lines are Azurite 3's own, as the stack relays them."""

import pytest

from bench.blob_reads import BlobReads

LOG = """
        azurite | 127.0.0.1 - - [23/Nov/2026:18:20:58 +0000] "PUT /devstoreaccount1/prompts/labels/coach/staging.json HTTP/1.1" 201 -
        azurite | 127.0.0.1 - - [23/Nov/2026:18:20:58 +0000] "GET /devstoreaccount1/config/mcpservers.json HTTP/1.1" 404 -
        azurite | 127.0.0.1 - - [23/Nov/2026:18:20:58 +0000] "GET /devstoreaccount1/prompts/labels/coach/staging.json HTTP/1.1" 404 -
        azurite | 127.0.0.1 - - [23/Nov/2026:18:21:02 +0000] "GET /devstoreaccount1/prompts/versions/coach.sales/231ea2da3bc9.md HTTP/1.1" 206 3012
        azurite | 127.0.0.1 - - [23/Nov/2026:18:21:02 +0000] "GET /devstoreaccount1/results/s_1/c_1.json HTTP/1.1" 200 3012
        azurite | 127.0.0.1 - - [23/Nov/2026:18:22:02 +0000] "GET /devstoreaccount1/prompts/labels/coach.sales/production.json HTTP/1.1" 304 -
         worker | "GET /devstoreaccount1/prompts/labels/coach.sales/production.json HTTP/1.1" 200 -
"""  # noqa: E501


def test_reads_are_counted_and_unchanged_ones_stand_apart() -> None:
    assert BlobReads.of(LOG) == BlobReads(whole=3, brought=2, unchanged=1)


def test_what_was_read_before_does_not_count() -> None:
    before = BlobReads.of(LOG)
    more = BlobReads.of(LOG + LOG).since(before)
    assert more + more == BlobReads(whole=6, brought=4, unchanged=2)


def test_reads_that_were_seen_are_believed() -> None:
    BlobReads.of(LOG).must_have_been_seen()


@pytest.mark.parametrize(
    "log",
    [
        "",
        LOG.replace('"GET ', "GET "),
        LOG.replace("azurite |", "azurite:"),
        LOG.replace("206", "404").replace("200", "404"),
    ],
)
def test_a_log_in_another_form_is_no_proof_that_nothing_was_read(log: str) -> None:
    with pytest.raises(RuntimeError, match="not one blob read"):
        BlobReads.of(log).must_have_been_seen()
