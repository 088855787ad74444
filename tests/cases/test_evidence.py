"""Evidence: safe on disk before its row exists, named and typed by what it is."""

import pytest

from tests.people import NOW, actor
from wenguo.cases.evidence import LARGEST, path_of, sound, store
from wenguo.cases.models import Evidence
from wenguo.cases.refusals import Invalid

pytestmark = pytest.mark.usefixtures("database")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


def test_a_file_lies_under_its_hash_and_belongs_to_no_case_yet(dealer):
    kept = store("照片.png", [PNG[:10], PNG[10:]], actor("alice"), NOW)
    assert path_of(kept.sha256).read_bytes() == PNG
    assert (kept.case, kept.size, kept.media_type) == (None, len(PNG), "image/png")
    assert sound(kept)


def test_a_file_is_what_its_bytes_say_whatever_its_name(dealer):
    page = store("photo.jpg", [b"<html><script>alert(1)</script></html>"], actor("alice"), NOW)
    assert page.media_type in ("application/octet-stream", "text/plain")
    drawing = store("a.svg", [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"], actor("alice"), NOW)
    assert drawing.media_type in ("application/octet-stream", "text/plain")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\发票.pdf", "发票.pdf"),
        ("a\r\nSet-Cookie: x=1.png", "a__Set-Cookie_ x=1.png"),
        ("\u202egnp.exe", "_gnp.exe"),
        ("", "file"),
        (" .. ", "file"),
        ("长" * 300 + ".png", "长" * 200),
    ],
)
def test_a_name_forges_neither_path_nor_header_nor_direction(dealer, name, kept):
    assert store(name, [b"x"], actor("alice"), NOW).name == kept


def test_an_empty_or_huge_file_is_refused_and_leaves_nothing(dealer, database):
    folder = path_of("00").parent.parent
    for chunks in ([], [b""], (b"x" * 1024 * 1024 for _ in range(LARGEST // 1024 // 1024 + 1))):
        with pytest.raises(Invalid):
            store("a.bin", chunks, actor("alice"), NOW)
    assert not Evidence.objects.exists()
    assert not list(folder.rglob("incoming-*"))


def test_a_changed_byte_a_cut_and_a_lost_file_are_noticed(dealer):
    kept = store("a.bin", [b"abcdef"], actor("alice"), NOW)
    path = path_of(kept.sha256)
    for bytes_ in (b"abcdeg", b"abc"):
        path.write_bytes(bytes_)
        assert not sound(kept)
    path.unlink()
    assert not sound(kept)
