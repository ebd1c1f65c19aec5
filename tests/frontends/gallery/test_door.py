"""The gallery's pages: what they find and show, where they lead, and that they are safe.

Source: reference public.md §4.1; docs/decisions/0026-public-registry.md.
"""

import json

import pytest

from ecrmock.frontends.http import HttpRequest
from ecrmock.frontends.mount import Doors
from ecrmock.values.names import LOGO_PATH
from tests.documents import png
from tests.frontends.gallery.conftest import Gallery, Page

OTHER = "111122223333"
NASTY = "<script>alert(1)</script>&\"'"


def names_of(page: Page) -> list[str]:
    """Return the paths of the repositories that a page lists."""
    return [link for link in page.links if link.count("/") > 1 and not link.startswith("?")]


# Search


def test_an_empty_gallery_says_how_to_begin(gallery: Gallery) -> None:
    assert "aws ecr-public create-repository" in gallery().words


def test_repositories_of_all_accounts_are_listed(gallery: Gallery) -> None:
    mine, theirs = gallery.create("app"), gallery.create("tool", account=OTHER)
    assert sorted(names_of(gallery())) == sorted([f"/{mine}/app", f"/{theirs}/tool"])


def test_private_repositories_are_not_shown(gallery: Gallery) -> None:
    gallery.ecr.push_image("secret", tag="1.0")
    assert "secret" not in gallery().words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("app", ["app"]),
        ("APP", ["app"]),
        ("web", ["nginx"]),
        ("server web", ["nginx"]),
        ("team", ["app", "nginx"]),
        ("no such thing", []),
        ("", ["app", "nginx"]),
    ],
)
def test_words_are_looked_for_in_names_and_descriptions(
    gallery: Gallery, text: str, found: list[str]
) -> None:
    gallery.create("app")
    alias = gallery.create("nginx", description="A web server")
    gallery.call("PutRegistryCatalogData", display_name="The Team")
    page = gallery(f"/?q={text.replace(' ', '+')}")
    assert names_of(page) == [f"/{alias}/{name}" for name in found]


def test_a_name_that_has_the_words_comes_before_a_description(gallery: Gallery) -> None:
    alias = gallery.create("a", description="like redis")
    gallery.create("redis")
    assert names_of(gallery("/?q=redis")) == [f"/{alias}/redis", f"/{alias}/a"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("os=Linux", ["linux"]),
        ("os=Linux&os=Windows", ["linux", "windows"]),
        ("arch=ARM+64", ["linux"]),
        ("os=Windows&arch=ARM+64", []),
        ("os=Plan9", ["linux", "other", "windows"]),  # no such choice
    ],
)
def test_platforms_choose(gallery: Gallery, query: str, found: list[str]) -> None:
    gallery.create("linux", operating_systems=("Linux",), architectures=("ARM 64", "x86"))
    gallery.create("windows", operating_systems=("Windows",), architectures=("x86",))
    alias = gallery.create("other", operating_systems=("Plan9",))
    assert names_of(gallery(f"/?{query}")) == [f"/{alias}/{name}" for name in found]


def test_what_was_chosen_stays_chosen(gallery: Gallery) -> None:
    assert gallery("/?os=Linux&arch=x86").checked == ["Linux", "x86"]


def test_platforms_that_the_gallery_does_not_know_are_not_shown(gallery: Gallery) -> None:
    """Source: reference public.md §4.1."""
    gallery.create("app", operating_systems=("Plan9", "Linux"), architectures=("RISC-V",))
    words = gallery().words
    assert ("Plan9" in words, "RISC-V" in words) == (False, False)


def test_long_lists_have_pages(gallery: Gallery) -> None:
    for number in range(30):
        gallery.create(f"app-{number:02}", description="part")
    first, second = gallery("/?q=part"), gallery("/?q=part&page=2")
    assert (len(names_of(first)), len(names_of(second))) == (25, 5)
    assert "?q=part&page=2" in first.links
    assert ("Page 1 of 2" in first.words, "Page 2 of 2" in second.words) == (True, True)


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "", "9" * 40, "%C2%B2"])
def test_a_page_that_there_is_not_is_the_nearest_one(gallery: Gallery, number: str) -> None:
    gallery.create("app")
    assert len(names_of(gallery(f"/?page={number}"))) == 1


# A registry


def test_a_registry_has_its_repositories_and_no_other(gallery: Gallery) -> None:
    alias = gallery.create("app")
    gallery.create("tool", account=OTHER)
    gallery.call("PutRegistryCatalogData", display_name="The Team")
    page = gallery(f"/{alias}")
    assert names_of(page) == [f"/{alias}/app"]
    assert ("The Team" in page.words, f"public.ecr.aws/{alias}" in page.words) == (True, True)


def test_each_alias_leads_to_the_registry(gallery: Gallery) -> None:
    default = gallery.create("app")
    gallery.ecr.public.put_alias("team")
    for alias in (default, "team"):
        assert names_of(gallery(f"/{alias}/")) == ["/team/app"]


# A repository


def test_a_repository_shows_what_is_said_of_it(gallery: Gallery) -> None:
    said = {"description": "A tool", "about_text": "# About\n\n  it", "usage_text": "Run it"}
    alias = gallery.create("app", **said, architectures=("x86-64",), operating_systems=("Linux",))
    page = gallery(f"/{alias}/app")
    for text in (*said.values(), "x86-64", "Linux"):
        assert text in page.text


def test_the_logo_is_served_beside_the_page(gallery: Gallery) -> None:
    logo = png(60, 60)
    alias = gallery.create("app", logo_image_blob=logo)
    (image,) = gallery(f"/{alias}/app").images
    response = gallery.send(image)
    assert (image.startswith(LOGO_PATH), response.body) == (True, logo)


def test_a_repository_with_a_name_of_several_segments_has_a_page(gallery: Gallery) -> None:
    alias = gallery.create("team/web/app")
    assert "team/web/app" in gallery(f"/{alias}/team/web/app").words


def test_tags_have_digest_size_and_time_and_the_newest_comes_first(gallery: Gallery) -> None:
    gallery.ecr.clock.freeze()
    pushed = []
    for tag in ("1.0", "2.0"):
        gallery.ecr.clock.advance(days=1)
        layer = tag.encode() * 500_000
        pushed.append(gallery.ecr.public.push_image("app", tag=tag, layers=[layer]))
    page = gallery(f"/{gallery.ecr.public.alias}/app")
    assert page.words.index("2.0 Image") < page.words.index("1.0 Image")
    for image in pushed:
        assert str(image.image_digest) in page.words
    assert "1.5 MB" in page.words
    shown = gallery.backend.world.clock.now()
    assert f"{shown.day} {shown:%b %Y, %H:%M} UTC" in page.words


def test_a_tag_that_moves_is_the_newest_again(gallery: Gallery) -> None:
    for tag, layer in (("edge", b"1"), ("1.0", b"2"), ("edge", b"3")):
        gallery.ecr.public.push_image("app", tag=tag, layers=[layer])
    words = gallery(f"/{gallery.ecr.public.alias}/app").words
    assert words.index("edge Image") < words.index("1.0 Image")


@pytest.mark.parametrize(("tags", "suggested"), [(("latest", "2.0"), "latest"), (("1", "2"), "2")])
def test_the_command_pulls_latest_or_else_the_newest(
    gallery: Gallery, tags: tuple[str, ...], suggested: str
) -> None:
    for tag in tags:
        gallery.ecr.public.push_image("app", tag=tag, layers=[tag.encode()])
    alias = gallery.ecr.public.alias
    command = f"docker pull public.ecr.aws/{alias}/app:{suggested}"
    assert command in gallery(f"/{alias}/app").words


def test_many_tags_have_pages(gallery: Gallery) -> None:
    for number in range(30):
        gallery.ecr.public.push_image("app", tag=f"v{number}", layers=[b"%d" % number])
    path = f"/{gallery.ecr.public.alias}/app"
    first, second = gallery(path), gallery(f"{path}?page=2")
    assert ("v29" in first.words, "v4 Image" in first.words) == (True, False)
    assert "v4 Image" in second.words
    assert "?page=2#tags" in first.links


def test_a_repository_without_images_says_how_to_push(gallery: Gallery) -> None:
    alias = gallery.create("app")
    assert f"docker push public.ecr.aws/{alias}/app:latest" in gallery(f"/{alias}/app").words


# Safety


def test_whatever_is_said_is_text(gallery: Gallery) -> None:
    said = dict.fromkeys(("description", "about_text", "usage_text"), NASTY)
    alias = gallery.create("app", **said)
    gallery.call("PutRegistryCatalogData", display_name=NASTY)
    for path in ("/", f"/{alias}", f"/{alias}/app", f"/?q={NASTY.replace('&', '%26')}"):
        page = gallery(path)
        assert ("script" in page.elements, NASTY in page.text) == (False, True)


def test_half_a_character_hides_no_page(gallery: Gallery) -> None:
    """JSON may bring a lone surrogate, which UTF-8 cannot write; the API answers ``?`` for it."""
    alias = gallery.create("app", description="half \ud83d", about_text="\udc00")
    gallery.call("PutRegistryCatalogData", display_name="half \ud83d")
    for path in ("/", f"/{alias}", f"/{alias}/app"):
        assert (gallery.send(path).status, "half ?" in gallery(path).words) == (200, True)


def test_a_name_written_from_right_to_left_turns_nothing_else(gallery: Gallery) -> None:
    alias = gallery.create("app")
    gallery.call("PutRegistryCatalogData", display_name="\u202eacme")
    for path in ("/", f"/{alias}", f"/{alias}/app"):
        assert "<bdi>\u202eacme</bdi>" in gallery.send(path).body.decode()


@pytest.mark.parametrize("path", ["/", "/nobody", "/_static/gallery.css"])
def test_pages_load_nothing_from_elsewhere_and_are_in_no_frame(gallery: Gallery, path: str) -> None:
    headers = gallery.send(path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert policy[:3] == ["default-src 'none'", "style-src 'self'", "img-src 'self'"]
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_web_page_of_another_site_sees_no_page(gallery: Gallery) -> None:
    """Source: docs/decisions/0015-web-pages.md."""
    response = gallery.send("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")
    assert response.status == 403


def test_a_link_of_another_site_may_be_followed(gallery: Gallery) -> None:
    followed = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert gallery.send("/", **followed, Sec_Fetch_Dest="document").status == 200


def test_the_style_is_served(gallery: Gallery) -> None:
    response = gallery.send("/_static/gallery.css")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/css")


# What is not there


@pytest.mark.parametrize(
    "path",
    [
        "/nobody",
        "/nobody/app",
        "/{alias}/none",
        "/{alias}/No",
        "/123456789012",
        "/_static/x",
        "/%2e",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(gallery: Gallery, path: str) -> None:
    alias = gallery.create("app")
    page = gallery(path.format(alias=alias), status=404)
    assert ("Not Found" in page.words, "/" in page.links) == (True, True)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_gallery_is_only_looked_at(gallery: Gallery, method: str) -> None:
    """An AWS client that was led here learns where to go."""
    response = gallery.send("/", method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
    assert b"The AWS API" in bytes(response.body)


def test_a_head_request_gets_the_length_alone(gallery: Gallery) -> None:
    response = gallery.send("/", "HEAD")
    assert (response.status, response.body, (response.length or 0) > 1000) == (200, b"", True)


# On the port for everything


@pytest.fixture
def main(gallery: Gallery) -> Gallery:
    """The same gallery on the port for everything."""
    gallery.doors = Doors(gallery.backend)
    return gallery


def test_on_the_port_for_everything_it_has_a_path(main: Gallery) -> None:
    alias = main.create("app")
    page = main("/gallery/")
    assert f"/gallery/{alias}/app" in page.links
    assert "app" in main(f"/gallery/{alias}/app").words


def test_its_path_without_a_slash_leads_to_the_one_with_it(main: Gallery) -> None:
    response = main.send("/gallery")
    assert (response.status, response.headers["Location"]) == (308, "/gallery/")


def test_other_paths_there_are_the_admin_doors(main: Gallery) -> None:
    response = main.send("/_ecrmock/health")
    assert json.loads(bytes(response.body))["status"] == "ok"
    assert main.send("/galleryx").headers["Content-Type"] == "application/json"


def test_the_registry_is_at_its_own_paths_of_the_port(gallery: Gallery) -> None:
    sent = HttpRequest(method="GET", path="/v2/", headers={"host": "localhost:5328"})
    assert gallery.doors.handle(sent).status == 401


def test_looking_changes_nothing(gallery: Gallery) -> None:
    alias = gallery.create("app")
    before = gallery.backend.state()
    for path in ("/", f"/{alias}", f"/{alias}/app"):
        gallery(path)
    assert gallery.backend.state() == before
