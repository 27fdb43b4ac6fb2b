"""Which places a live database must not be put, on each platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.core.errors import BadInput, StorageProblem
from storage.database.file import path_of
from storage.files import paths

MOUNTS = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 21 0:35 / /home/a\\040b/share rw - cifs //server/share rw
41 21 0:36 / /srv/nfs rw master:3 - nfs4 server:/x rw
42 21 0:37 / /home/me/remote rw - fuse.sshfs me@host:/ rw
43 41 254:1 / /srv/nfs/local rw - xfs /dev/vdb rw
44 21 0:38 / /mnt/c rw - 9p drvfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a b/share/team/almoner.db", "cifs"),
        ("/home/a b/sharepoint/almoner.db", None),
        ("/srv/nfs/almoner.db", "nfs4"),
        ("/srv/nfs/local/almoner.db", None),
        ("/home/me/remote", "fuse.sshfs"),
        ("/mnt/c/Users/me", "9p"),
        ("/home/me/almoner.db", None),
    ],
)
def test_the_nearest_mount_tells_whether_a_folder_is_remote(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert paths._linux_kind(Path(path), mounts) == kind


def test_a_sandbox_whose_root_is_served_over_9p_is_no_network(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("21 1 0:1 / / rw - 9p none rw\n")
    assert paths._linux_kind(Path("/home/me"), mounts) is None


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("OneDrive - Northshire Council", "OneDrive"),
        ("Dropbox (Personal)", "Dropbox"),
        ("GoogleDrive-me@example.org", "Google Drive"),
        ("Google Drive", "Google Drive"),
        ("Mobile Documents", "iCloud"),
        ("Nextcloud", "Nextcloud"),
    ],
)
def test_sync_folders_are_known_by_name(tmp_path: Path, folder: str, service: str) -> None:
    reason = paths.network_or_sync(tmp_path / folder / "records" / "almoner.db")
    assert reason == f"it lies in a folder that {service} copies elsewhere"


def test_onedrive_is_known_by_its_variable_whatever_the_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "Council files"))
    assert "OneDrive" in (paths.network_or_sync(tmp_path / "Council files" / "almoner.db") or "")
    assert paths.network_or_sync(tmp_path / "Own files" / "almoner.db") is None


@pytest.mark.parametrize("folder", ["notes on dropbox", "my onedrive", "boxes", "almoner"])
def test_an_ordinary_folder_is_fine(tmp_path: Path, folder: str) -> None:
    assert paths.network_or_sync(tmp_path / folder / "almoner.db") is None


@pytest.mark.parametrize("path", ["\\\\server\\share\\almoner.db", "\\\\?\\UNC\\server\\share\\almoner.db"])
def test_windows_shares_are_known_by_their_names(path: str) -> None:
    assert paths._windows_kind(Path(path)) == "a shared folder"


def test_one_folder_can_hold_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMONER_HOME", str(tmp_path))
    assert paths.default_database() == tmp_path / "almoner.db"
    assert {paths.settings_path().parent, paths.log_path().parent} == {tmp_path}


def test_each_user_has_a_data_folder_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ALMONER_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert paths.default_database().name == "almoner.db"
    assert paths.default_database().parent.name == "almoner"


# what somebody typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "  ", "nul\0", "~nobodyx/out", "x" * 300, "a/" + "y" * 300 + "/b", "\udfff", "y/" * 5000]
)
def test_what_cannot_be_a_path_is_refused_with_the_field(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(BadInput) as told:
        paths.typed(text, "folder")
    assert told.value.field == "folder"
    assert len(told.value.message) < 300


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(BadInput, match="cannot be used"):
        paths.typed(str(tmp_path / "loop"), "folder")


@pytest.mark.parametrize("name", ["new", "file/below", "dangling", "."])
def test_what_is_not_there_yet_may_be_typed(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert paths.typed(str(tmp_path / name), "folder") == tmp_path / name


def test_a_database_named_by_a_path_that_cannot_be_is_refused_in_words() -> None:
    for text in ("~nobodyx/team.db", "x" * 300):
        with pytest.raises(StorageProblem, match="cannot be"):
            path_of(text)


def test_a_home_for_everything_that_cannot_be_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMONER_HOME", "~nobodyx/all")
    with pytest.raises(BadInput, match="ALMONER_HOME"):
        paths.default_database()
