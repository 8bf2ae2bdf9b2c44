"""The real pictures behind the codes; where they are not on this machine, what stands in, and how they are got."""

from collections.abc import Iterator

from ui import cache, work
from ui.browser import report
from ui.browser.publish import are_there, digest, publish
from ui.work import Step
from vae_core.data import registry
from vae_core.data.pictures import DatasetInfo, DatasetMissing, DatasetUnavailable
from vae_core.intake import strokes
from vae_core.models.checkpoint import Checkpoint

SHEET = 200  # originals in one file
WORK = "originals"  # the work's name


def for_browser(version: tuple, name: str, checkpoint: Checkpoint, info: DatasetInfo, wanted: bool) -> dict:
    """Addresses of the real pictures once they are wanted, {} before; where there are none {"missing": why and what to
    do}, with how they are got and what stands in for them, or None."""
    shape = tuple(checkpoint.model.config.picture_shape)
    try:
        pictures = cache.pictures(checkpoint).test
    except DatasetUnavailable as error:
        return {
            "missing": str(error),
            "title": info.title,
            "get": offer(info) if isinstance(error, DatasetMissing) else None,
            "standIns": stand_ins(info) if stands_in(info, shape) else None,
        }
    if pictures.shape != shape or len(pictures) <= int(checkpoint.codes.indices.max()):
        sentence = f"This model's codes are not of {info.title} as it is here, so there are no originals."
        return {"missing": sentence, "title": info.title, "get": None, "standIns": None}
    return _originals(version, name, checkpoint, info) if wanted else {}


def stands_in(info: DatasetInfo, shape: tuple[int, int, int]) -> bool:
    """Whether our own digits stand in for pictures of a data set, where they are not here."""
    return strokes.can_stand_in(info) and shape == strokes.SHAPE


def offer(info: DatasetInfo) -> dict | None:
    """The button that gets a published set, and why the last try came to nothing; None for other sets."""
    source = registry.SOURCES.get(info.name)
    latest = work.job(WORK)
    own = latest if latest is not None and latest.key == info.name else None
    return source and {
        "label": f"Get the originals ({source.megabytes} MB)",
        "busy": own is not None and not own.over,
        "problem": "" if own is None or own.state != "failed" else problem(info),
        "reason": "" if own is None else own.reason,
    }


def problem(info: DatasetInfo) -> str:
    """The sentence for a download that came to nothing."""
    return f"{info.title} could not be fetched: nothing is lost, and with a network you can try again at any time."


def follow(key: str, info: DatasetInfo) -> None:
    """Get the originals if the component `key` asks for them; while they come, show how far they are."""
    if report.asked(key, "originals", bool) and info.name in registry.SOURCES:
        work.ask(WORK, info.name, lambda: fetching(info), lasting=True)
    latest = work.job(WORK)
    if latest is not None and latest.key == info.name and not latest.over:
        work.follow(WORK)


def fetching(info: DatasetInfo) -> Iterator[Step]:
    """The work: the set's files come into the folder where everybody's session finds them. Raises DownloadFailed."""
    size = registry.SOURCES[info.name].megabytes
    yield Step(0.0, f"Fetching {info.title}")
    for megabytes in registry.fetch(info.name):
        yield Step(megabytes / size, f"Fetching {info.title}: {megabytes:.1f} of about {size} MB")


@cache.kept(entries=4, valid=are_there)
def stand_ins(_info: DatasetInfo) -> dict:
    """Our own digits: their addresses, labels, and what each is called."""
    own = strokes.own_digits()
    content = own.images.numpy().tobytes()
    return {
        "perSheet": len(own),
        "sheets": [publish("own-digits", ".u8.gz", digest(content), lambda: content)],
        "labels": strokes.own_labels(),
        "names": [called(label) for label in strokes.own_labels()],
    }


def called(label: int) -> str:
    """What one of our own digits is called on the screen."""
    return f"Our own drawn digit {label}, not MNIST"


@cache.kept(entries=32, valid=are_there)
def _originals(version: tuple, name: str, _checkpoint: Checkpoint, _info: DatasetInfo) -> dict:
    indices, pictures = _checkpoint.codes.indices, cache.pictures(_checkpoint).test
    known = _checkpoint.pictures.digest if _checkpoint.pictures else ""
    key = digest(_info.name, known, str(SHEET), indices.numpy().tobytes())
    return {
        "perSheet": SHEET,
        "sheets": [
            publish(
                f"originals-{_info.name}-{start // SHEET}-{key}",
                ".u8.gz",
                key,
                lambda start=start: pictures.batch(indices[start : start + SHEET]).contiguous().numpy().tobytes(),
            )
            for start in range(0, len(indices), SHEET)
        ],
    }
