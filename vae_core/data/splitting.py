"""Which of the user's pictures are trained on, which are tested on, and their labels: from names and hashes alone."""

from __future__ import annotations

from dataclasses import dataclass

from vae_core.data.pictures import in_short

HELD_OUT = 1 / 5  # of the pictures, where the user did not split them
HASH_LETTERS = 16  # 64 bits of SHA-256
TRAIN_FOLDERS = ("train", "training")
TEST_FOLDERS = ("test", "testing", "val", "valid", "validation")  # the first of these that there is

Placed = dict[str, tuple[str, ...]]  # a picture's name: the folders it lies in that may be labels, and its own name


@dataclass(frozen=True)
class Arrangement:
    """Names of the pictures in either part, in a fixed order, and what became of the others."""

    train: list[str]
    test: list[str]
    labels: dict[str, str]  # of every picture; empty where there are none
    beside: int  # pictures outside the folders that are used
    repeated: int  # test pictures left out because an equal one is trained on
    how: str  # one sentence: what decides a picture's place
    notes: tuple[str, ...]  # sentences on what was ignored

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.labels.values())))


def arrange(contents: dict[str, str]) -> Arrangement:
    """The split and the labels of at least two pictures, their names ("a/b.png") with a hash of each file's contents.

    Folders called train and test (or val) at the top are the split. Otherwise a picture's hash decides about it alone,
    so that others may come and go, and equal files lie on the same side.
    """
    own = own_split(contents)
    if own:
        placed = {name: tuple(name.split("/")[1:]) for name in contents if top(name) in own}
        how = f"Your own split: the folder {in_short(own[0])} to train on, {in_short(own[1])} to test on."
        splits = {*TRAIN_FOLDERS, *TEST_FOLDERS}
        unused = sorted({top(name) for name in contents if top(name).lower() in splits and top(name) not in own})
        notes = [f"The folder {in_short(folder)} is not used, since there is {in_short(own[1])}." for folder in unused]
    else:
        placed = {name: tuple(name.split("/")) for name in contents}
        how = "A hash of each file's contents decides: about four fifths to train on, one fifth to test on."
        notes = []
    labels, note = labels_of(placed, own)
    notes += note
    used = list(labels or placed)
    if own:
        test = {name for name in used if top(name) == own[1]}
    else:
        test, note = held_out({name: contents[name] for name in used})
        notes += note
    trained = {contents[name] for name in used if name not in test}
    fresh = [name for name in used if name in test and contents[name] not in trained]
    if not fresh:
        notes.append("Every test picture is trained on, too: what is measured on them says nothing about others.")
    tested = fresh or [name for name in used if name in test]
    return Arrangement(
        train=[name for name in used if name not in test],
        test=tested,
        labels=labels,
        beside=len(contents) - len(used),
        repeated=len(test) - len(tested),
        how=how,
        notes=tuple(notes),
    )


def top(name: str) -> str:
    """The outermost folder in which a picture lies; empty for one that lies in none."""
    return name.split("/", 1)[0] if "/" in name else ""


def own_split(names: dict[str, str]) -> tuple[str, str] | None:
    """The user's own folders of pictures to train on and to test on, where there are both."""
    tops = sorted({top(name) for name in names})
    train = next((found for wanted in TRAIN_FOLDERS for found in tops if found.lower() == wanted), None)
    test = next((found for wanted in TEST_FOLDERS for found in tops if found.lower() == wanted), None)
    return (train, test) if train and test else None


def labels_of(placed: Placed, own: tuple[str, str] | None) -> tuple[dict[str, str], list[str]]:
    """The label of each picture that lies in one of several folders; none of any where the folders are no labels, and
    a sentence on why not. Folders around everything are looked through."""
    around = ""
    while len(outer := {parts[0] if len(parts) > 1 else "" for parts in placed.values()}) == 1 and outer != {""}:
        (around,) = outer
        placed = {name: parts[1:] for name, parts in placed.items()}
    labels = {name: parts[0] for name, parts in placed.items() if len(parts) > 1}
    folders, beside = sorted(set(labels.values())), len(placed) - len(labels)
    if len(folders) > 1 and beside < len(labels) and (not own or {top(name) for name in labels} == set(own)):
        return labels, []
    if len(folders) > 1:
        return {}, [f"{beside:,} of {len(placed):,} pictures lie beside the folders, so the folders are no labels."]
    only = folders[0] if folders else around
    return {}, [f"There is one label only ({in_short(only)}), so it is not used."] if only else []


def held_out(contents: dict[str, str]) -> tuple[set[str], list[str]]:
    """The names to test on, by their hashes: a fifth of all that there can be. Never all pictures and never none."""
    chosen = {name for name, seen in contents.items() if int(seen, 16) < HELD_OUT * 16**HASH_LETTERS}
    lowest, highest = min(contents.values()), max(contents.values())
    names = chosen or {name for name, seen in contents.items() if seen == lowest}
    if len(names) == len(contents):
        names = {name for name, seen in contents.items() if seen != highest} or {min(contents)}
    if names == chosen:
        return names, []
    side = "test" if not chosen else "train"
    return names, [f"By their hashes no picture is to {side} on, so one was taken; it may change sides as more come."]
