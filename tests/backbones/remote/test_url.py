from __future__ import annotations

import pytest

from backbones.errors import InputError
from backbones.remote.url import Url, is_url, parse_url


@pytest.mark.parametrize(
    ("text", "url", "address"),
    [
        ("s3://bucket/a/b/", Url("s3", "bucket", "a/b"), "bucket/a/b"),
        ("s3://bucket", Url("s3", "bucket", ""), "bucket"),
        ("GS://bucket/a b#?%20", Url("gs", "bucket", "a b#?%20"), "bucket/a b#?%20"),
        ("https://host:80/a%20b/", Url("https", "host:80", "a b"), "https://host:80/a%20b"),
        ("https://host/a b/é", Url("https", "host", "a b/é"), "https://host/a%20b/%C3%A9"),
        ("http://127.0.0.1:8000", Url("http", "127.0.0.1:8000", ""), "http://127.0.0.1:8000/"),
        ("http://[::1]/a", Url("http", "[::1]", "a"), "http://[::1]/a"),
        ("http://localhost/a", Url("http", "localhost", "a"), "http://localhost/a"),
    ],
)
def test_urls_are_read(text: str, url: Url, address: str) -> None:
    assert is_url(text)
    assert parse_url(text) == url
    assert url.address == address


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file:///home/me", "photos are not read from file://; write the path itself"),
        ("ftp://host/a", "photos are not read from ftp://; write s3://bucket/folder"),
        ("simplecache::s3://bucket/a", "photos are not read from simplecache::s3://"),
        ("s3:/bucket/a", "has two slashes behind its colon, and is no Path"),
        ("s3:///a", "names no bucket; write s3://bucket/folder"),
        ("s3://bucket/../other", "must not hold . or .. between its slashes"),
        ("https://host/a/%2e%2e/b", "must not hold . or .. between its slashes"),
        ("https:///a", "names no server"),
        ("https://host:x/a", "names no server"),
        ("http://example.com/a", "photos would travel unencrypted"),
        ("http://127.0.0.1.example.com/a", "photos would travel unencrypted"),
        ("s3://bucket/a\nb", "letters that cannot be seen"),
    ],
)
def test_other_urls_are_refused(text: str, message: str) -> None:
    assert is_url(text)
    with pytest.raises(InputError) as caught:
        parse_url(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "https://me:5ecret@host/a",
        "https://5ecret@host/a",
        "s3://key:5ecret@bucket/a",
        "ftp://me:5ecret@host",
        "https://host/a?sig=5ecret",
        "https://host?5ecret",
        "https://host/a#5ecret",
    ],
)
def test_what_may_be_a_secret_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_url(text)
    assert "5ecret" not in str(caught.value)
    assert "take " in str(caught.value)


@pytest.mark.parametrize("text", ["photos", "/a/b", "C:/a", "C:\\a", "a:b", "~/x", "a/s3://b"])
def test_paths_are_no_urls(text: str) -> None:
    assert not is_url(text)
