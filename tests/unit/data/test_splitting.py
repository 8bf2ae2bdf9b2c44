"""Splits and labels from names and hashes alone."""

import pytest

from vae_core.data.splitting import arrange

LOW, HIGH = "1", "c"  # first letters of hashes to test on, and to train on


def hashes(**sides):
    """Contents from names in a text: each name's hash is its own, and lies on the given side."""
    return {
        name: f"{letter}{number:015x}" for letter, names in sides.items() for number, name in enumerate(names.split())
    }


def test_a_fifth_of_all_hashes_is_to_test_on():
    edge = 16**16 // 5  # the last hash below a fifth
    contents = {"last": f"{edge:016x}", "first": f"{edge + 1:016x}"}
    assert arrange(contents).test == ["last"] and arrange(contents).train == ["first"]


@pytest.mark.parametrize(("side", "taken"), [(LOW, "train"), (HIGH, "test")])
def test_neither_side_is_ever_empty(side, taken):
    contents = hashes(**{side: "a b c"})
    arranged = arrange(contents)
    assert len(getattr(arranged, taken)) == 1 and len(arranged.train + arranged.test) == 3
    assert arranged.notes[0].startswith(f"By their hashes no picture is to {taken} on, so one was taken")


def test_pictures_that_are_all_alike_say_that_they_are():
    arranged = arrange({"a": "5" * 16, "b": "5" * 16})
    assert (arranged.train, arranged.test) == (["b"], ["a"])
    assert "Every test picture is trained on, too" in arranged.notes[-1]


@pytest.mark.parametrize(
    ("names", "labels", "beside", "note"),
    [
        ("cats/a dogs/b dogs/c", ("cats", "dogs"), 0, ""),
        ("cats/a dogs/b dogs/c stray", ("cats", "dogs"), 1, ""),
        ("cats/a dogs/b x y", (), 0, "2 of 4 pictures lie beside the folders, so the folders are no labels."),
        ("cats/a cats/b", (), 0, "There is one label only (cats), so it is not used."),
        ("photos/cats/a photos/dogs/b", ("cats", "dogs"), 0, ""),
        ("cats/young/a cats/old/b dogs/c", ("cats", "dogs"), 0, ""),
        ("a b", (), 0, ""),
        ("train/cats/a train/dogs/b", ("cats", "dogs"), 0, ""),
    ],
)
def test_labels(names, labels, beside, note):
    arranged = arrange(hashes(**{HIGH: names}))
    assert arranged.label_names == labels and arranged.beside == beside
    assert [told for told in arranged.notes if "hashes" not in told] == ([note] if note else [])


@pytest.mark.parametrize("folder", ["test", "Test", "testing", "val", "valid", "validation"])
def test_an_own_split_goes_before_hashes(folder):
    arranged = arrange(hashes(**{LOW: "train/a train/b", HIGH: f"{folder}/c"}))
    assert (arranged.train, arranged.test) == (["train/a", "train/b"], [f"{folder}/c"])
    assert arranged.labels == {} and arranged.notes == ()


def test_of_test_and_val_the_first_is_used_and_the_other_named():
    arranged = arrange(hashes(**{HIGH: "train/a/1 train/b/2 test/a/3 val/a/4 val/b/5 others/6"}))
    assert arranged.test == ["test/a/3"] and arranged.beside == 3
    assert arranged.notes == ("The folder val is not used, since there is test.",)


def test_labels_of_one_side_alone_are_none():
    arranged = arrange(hashes(**{HIGH: "train/cats/a train/dogs/b train/dogs/c val/d"}))
    assert arranged.labels == {} and arranged.test == ["val/d"] and arranged.beside == 0
    assert arranged.notes == ("1 of 4 pictures lie beside the folders, so the folders are no labels.",)
