"""Links against real servers on loopback, which send byte by byte what a test wrote."""

from __future__ import annotations

import asyncio
import gzip
import socketserver
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import pytest

from sneakers_ml.images import MAX_BYTES
from sneakers_ml.serving.links import LinkError, LinkReason, fetch_picture, picture_behind

PICTURE = bytes(range(256)) * 40
PUBLIC = "93.184.215.14"


def reply(status, body=b"", *headers):
    return [f"HTTP/1.1 {status} Some\r\nContent-Length: {len(body)}\r\n".encode(), *fields(headers), b"\r\n", body]


def redirect(location, status=302):
    return reply(status, b"", f"Location: {location}")


def fields(headers):
    return [f"{header}\r\n".encode("latin-1") for header in headers]


@dataclass
class Drip:
    """Pieces with a pause of so many seconds before each."""

    pieces: list[bytes]
    pause: float

    def __iter__(self):
        for piece in self.pieces:
            time.sleep(self.pause)
            yield piece


class Visit(socketserver.StreamRequestHandler):
    """One connection with one request."""

    def handle(self):
        site, head = self.server, []
        site.connections += 1
        while (line := self.rfile.readline().decode("latin-1").rstrip()) != "":
            head.append(line)
        if not head:
            return
        host = next(line.removeprefix("Host: ") for line in head if line.startswith("Host: "))
        path = head[0].split()[1]
        site.asked.append((host, path))
        site.heads.append(head)
        with suppress(OSError):  # the client has gone
            for piece in site.replies[path]:
                self.wfile.write(piece)
                site.sent += len(piece)


class Site(socketserver.ThreadingTCPServer):
    """Answers each path with its pieces of bytes, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visit)
        self.replies, self.asked, self.heads, self.connections, self.sent = {}, [], [], 0, 0
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.port = self.server_address[1]

    def __call__(self, path="/", **options):
        """What is behind a path of it; the site itself is trusted."""
        return asyncio.run(picture_behind(f"http://{self.host}{path}", {self.host}, **options))


@pytest.fixture
def open_site():
    sites = []

    def opened():
        site = Site()
        sites.append(site)
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        return site

    yield opened
    for site in sites:
        site.shutdown()
        site.server_close()


@pytest.fixture
def site(open_site):
    return open_site()


def reason(call, *arguments, **options):
    with pytest.raises(LinkError) as caught:
        call(*arguments, **options)
    assert str(caught.value) == caught.value.reason.value
    return caught.value.reason


def refused(url, trusted=(), **options):
    return reason(lambda: asyncio.run(picture_behind(url, trusted, **options)))


class TestPictures:
    def test_the_bytes_arrive_over_one_connection_that_names_the_host(self, site):
        site.replies["/shoe.jpg?size=l"] = reply(200, PICTURE, "Content-Type: image/jpeg")
        assert fetch_picture(f"http://{site.host}/shoe.jpg?size=l#top", {site.host}) == PICTURE
        assert (site.asked, site.connections) == ([(site.host, "/shoe.jpg?size=l")], 1)
        assert "Accept-Encoding: identity" in site.heads[0]

    @pytest.mark.parametrize(
        ("headers", "pieces"),
        [
            (["Transfer-Encoding: chunked"], [b"3\r\nabc\r\n", b"2;note=x\r\nde\r\n", b"0\r\n\r\n"]),
            ([], [b"ab", b"cde"]),  # until the site closes
            (["Content-Length: 5"], [b"abcde", b"and more than it said"]),
            (["Content-Encoding: Identity", "Content-Length: 5"], [b"abcde"]),
        ],
    )
    def test_however_its_length_is_told(self, site, headers, pieces):
        site.replies["/"] = [b"HTTP/1.1 200 OK\r\n", *fields(headers), b"\r\n", *pieces]
        assert site() == b"abcde"

    def test_a_name_is_resolved_once_and_its_address_asked_by_that_name(self, site):
        """So that a name that points elsewhere the second time leads nowhere else."""
        site.replies["/"], resolved = reply(200, PICTURE), []

        def resolve(host, port):
            resolved.append((host, port))
            return ["127.0.0.1"]

        name = f"shop.example:{site.port}"
        assert asyncio.run(picture_behind(f"http://SHOP.example:{site.port}/", {name}, resolve=resolve)) == PICTURE
        assert resolved == [("shop.example", site.port)]
        assert (site.asked, site.connections) == ([(name, "/")], 1)

    def test_a_name_in_other_letters_is_resolved_as_browsers_do(self, site):
        """IDNA 2008 keeps the ß, which Python's own codec of IDNA 2003 makes ss: another site."""
        site.replies["/"] = reply(200, PICTURE)
        names, host = [], f"xn--strae-oqa.example:{site.port}"

        def resolve(name, port):
            names.append(name)
            return ["127.0.0.1"]

        assert asyncio.run(picture_behind(f"http://straße.example:{site.port}", {host}, resolve=resolve)) == PICTURE
        assert (names, site.asked) == (["xn--strae-oqa.example"], [(host, "/")])

    def test_many_are_awaited_at_once(self, site):
        """A bot that waits for a slow site goes on answering others: here none is answered before all have asked."""
        paths, all_asked = [f"/{number}" for number in range(8)], threading.Barrier(8)

        def wait_for_the_others(path):
            all_asked.wait(10)
            yield from reply(200, path.encode())

        async def ask_together():
            return await asyncio.gather(*(picture_behind(f"http://{site.host}{path}", {site.host}) for path in paths))

        site.replies |= {path: wait_for_the_others(path) for path in paths}
        assert asyncio.run(ask_together()) == [path.encode() for path in paths]


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_they_are_followed_a_connection_a_hop(self, site, status):
        site.replies |= {
            "/": redirect("/one", status),
            "/one": redirect("two?x=1", status),
            "/two?x=1": redirect(f"//{site.host}/three", status),
            "/three": redirect(f"http://{site.host}/four", status),
            "/four": redirect("/five", status),
            "/five": reply(200, PICTURE),
        }
        assert site() == PICTURE
        assert [path for _, path in site.asked] == ["/", "/one", "/two?x=1", "/three", "/four", "/five"]
        assert site.connections == 6

    def test_to_another_trusted_site_which_is_asked_by_its_own_name(self, site, open_site):
        other = open_site()
        site.replies["/"], other.replies["/"] = redirect(f"http://{other.host}/"), reply(200, PICTURE)
        trusted = {site.host, other.host}
        assert asyncio.run(picture_behind(f"http://{site.host}/", trusted)) == PICTURE
        assert other.asked == [(other.host, "/")]

    @pytest.mark.parametrize("location", ["/", "", "?", "#x", "."])
    def test_in_a_circle_they_end(self, site, location):
        site.replies["/"] = site.replies["/?"] = redirect(location)
        assert reason(site) is LinkReason.REFUSED
        assert len(site.asked) == 6

    @pytest.mark.parametrize("status", [300, 304, 302])
    def test_to_nowhere(self, site, status):
        site.replies["/"] = reply(status)
        assert reason(site) is LinkReason.REFUSED
        assert len(site.asked) == 1

    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1:{port}", "localhost:{port}", "LocalHost.:{port}", "[::1]:{port}", "[::ffff:127.0.0.1]:{port}"),
            *("0x7f000001:{port}", "2130706433:{port}", "127.1:{port}", "017700000001:{port}", "0.0.0.0:{port}"),
            *("169.254.169.254", "10.0.0.1", "192.168.0.1", "100.64.0.1", "printer.local", "metadata.google.internal"),
            "[fe80::1%25lo]",
        ],
    )
    def test_to_the_inside_is_refused_and_nobody_asked(self, site, open_site, host):
        other = open_site()
        other.replies["/"] = reply(200, b"a secret")
        site.replies["/"] = redirect(f"http://{host.format(port=other.port)}/")
        assert reason(site) is LinkReason.INTERNAL
        assert (len(site.asked), other.connections) == (1, 0)

    @pytest.mark.parametrize(
        "location",
        [
            *("file:///etc/passwd", "ftp://{host}/", "javascript:x", "data:image/png,x", "http://me@{host}/"),
            *("http://xn--/", "http://[", "http://\xff\x80/", "http://a:b/", "http://{host}0000/", "x" * 70000),
        ],
    )
    def test_to_no_web_address(self, site, location):
        site.replies["/"] = redirect(location.format(host=site.host))
        assert reason(site) in (LinkReason.NOT_A_LINK, LinkReason.UNREACHABLE, LinkReason.INTERNAL)
        assert len(site.asked) == 1


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            *(
                "",
                " ",
                "shoe.jpg",
                "www.example.com/shoe.jpg",
                "//example.com/",
                "http:",
                "http://",
                "http:///shoe.jpg",
            ),
            *("file:///etc/passwd", "ftp://example.com/x", "javascript:alert(1)", "data:image/png;base64,AA=="),
            *("http://me@example.com/", "http://me:word@example.com/", "http://example.com\\@127.0.0.1/"),
            *("http://[::1", "http://[x]/", "http://example.com:x/", "http://example.com:65536/", "http://a\nb.com/"),
            *("http://xn--/", "http://xn--a/", "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://x.com/\ud800"),
            *("http://\ud800.com/", f"http://example.com/{'a' * 70000}", "http://example.com/\0"),
        ],
    )
    def test_what_is_no_web_address(self, url):
        assert refused(url) is LinkReason.NOT_A_LINK

    @pytest.mark.parametrize("host", ["localhost", "localhost.", "127.0.0.1", "[::1]", "vm", "a.internal.", "..."])
    def test_what_is_inside_by_its_name(self, site, host):
        assert refused(f"http://{host}:{site.port}/") is LinkReason.INTERNAL
        assert site.connections == 0

    def test_trust_is_of_a_host_with_its_port(self, site, open_site):
        other = open_site()
        for trusted in ({other.host}, {"127.0.0.1"}, {f"localhost:{site.port}"}, {f"127.0.0.1:{site.port}0"}):
            assert refused(f"http://{site.host}/", trusted) is LinkReason.INTERNAL
        assert refused("http://127.0.0.1:0/", {"127.0.0.1:0"}) is not None
        assert (site.connections, other.connections) == (0, 0)

    @pytest.mark.parametrize(
        "inside", ["127.0.0.1", "::1", "10.1.2.3", "fe80::1%2", "::ffff:127.0.0.1", "64:ff9b::a01:1"]
    )
    @pytest.mark.parametrize("public", [[], [PUBLIC]])
    def test_a_name_that_points_inside_also_where_it_points_outside_too(self, site, inside, public):
        url = f"http://shop.example:{site.port}/"
        assert refused(url, resolve=lambda host, port: [*public, inside]) is LinkReason.INTERNAL
        assert site.connections == 0

    @pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
    def test_a_name_that_has_no_address(self, error):
        def resolve(host, port):
            raise error

        assert refused("http://shop.example/", resolve=resolve) is LinkReason.UNREACHABLE

    @pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "a b.example"])
    def test_a_name_that_none_can_have(self, host):
        assert refused(f"http://{host}/") is LinkReason.UNREACHABLE

    def test_where_nobody_listens(self, open_site):
        closed = open_site()
        closed.shutdown()
        closed.server_close()
        assert reason(closed) is LinkReason.UNREACHABLE


class TestRefusals:
    @pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410, 429, 500, 503])
    def test_a_site_that_gives_no_picture(self, site, status):
        site.replies["/"] = reply(status)
        assert reason(site) is LinkReason.REFUSED
        assert len(site.asked) == 1

    @pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "gzip, gzip", "x"])
    def test_packed_bytes_are_not_unpacked(self, site, encoding):
        """A thousand times as many could come out of them."""
        site.replies["/"] = reply(200, gzip.compress(bytes(10**7)), f"Content-Encoding: {encoding}")
        assert reason(site) is LinkReason.REFUSED

    @pytest.mark.parametrize(
        "pieces",
        [
            [],
            [b"HTTP/1.1 200 OK\r\nContent-Le"],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"abc"],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"9\r\nabc"],
            [b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"abc"],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", b"abcd"],
            [b"SSH-2.0-OpenSSH_9.6\r\n"],
            [b"HTTP/1.1 200 OK\r\n", *([b"X: " + b"x" * 1000 + b"\r\n"] * 200)],
        ],
    )
    def test_a_site_that_breaks_off_or_speaks_otherwise(self, site, pieces):
        site.replies["/"] = pieces
        assert reason(site) is LinkReason.UNREACHABLE


class TestSize:
    def test_as_much_as_a_photo_may_have(self, site):
        body = bytes(MAX_BYTES)
        site.replies["/"] = reply(200, body)
        assert site() == body

    def test_a_length_too_big_is_taken_at_its_word(self, site):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {MAX_BYTES + 1}\r\n\r\n".encode()
        site.replies["/"] = Drip([head, *[bytes(2**16)] * 1000], 0.001)
        assert reason(site) is LinkReason.TOO_BIG
        assert site.sent < MAX_BYTES / 2

    @pytest.mark.parametrize("chunked", [True, False])
    def test_an_endless_one_is_left_at_the_limit(self, site, chunked):
        kind = b"Transfer-Encoding: chunked\r\n" if chunked else b""
        piece = b"%x\r\n%s\r\n" % (2**16, bytes(2**16)) if chunked else bytes(2**16)
        site.replies["/"] = [b"HTTP/1.1 200 OK\r\n" + kind + b"\r\n", *[piece] * 1000]
        assert reason(site) is LinkReason.TOO_BIG
        assert MAX_BYTES < site.sent < MAX_BYTES + 12 * 2**20  # what the kernel buffers on both sides


class TestTime:
    @pytest.mark.parametrize(
        "pieces",
        [
            [b"HTTP/1.1 200 OK\r\n", *[b"X: x\r\n"] * 1000],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", *[b"x"] * 1000],  # of a chunk, but no data
            [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", *[b"x"] * 1000],
            [b"", *reply(200, PICTURE)],
        ],
    )
    def test_no_site_holds_it_longer_than_it_may_take(self, site, pieces):
        """Each piece comes soon enough; or none within the time."""
        pause = 0.05 if len(pieces) > 100 else 3
        site.replies["/"] = Drip(pieces, pause)
        started = time.monotonic()
        assert reason(site, seconds=0.4) is LinkReason.TOO_SLOW
        assert time.monotonic() - started < 2

    def test_redirects_share_the_time(self, site):
        site.replies["/"] = site.replies["/a"] = Drip(redirect("/a"), 0.1)
        assert reason(site, seconds=0.5) is LinkReason.TOO_SLOW

    def test_nor_does_a_name_that_is_slow_to_resolve(self):
        go_on = threading.Event()
        started = time.monotonic()
        reason_given = refused("http://shop.example/", seconds=0.2, resolve=lambda host, port: go_on.wait(20) and [])
        waited = time.monotonic() - started
        go_on.set()
        assert (reason_given, waited < 2) == (LinkReason.TOO_SLOW, True)


def test_an_encrypted_site_is_told_the_name_and_has_to_prove_it():
    """This one has no certificate."""
    context, told = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.sni_callback = lambda _socket, server, _context: told.append(server)

    async def ask():
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context) as server:
            host = f"shop.example:{server.sockets[0].getsockname()[1]}"
            return await picture_behind(f"https://{host}/", {host}, resolve=lambda *_: ["127.0.0.1"])

    assert reason(asyncio.run, ask()) is LinkReason.UNREACHABLE
    assert told == ["shop.example"]
