import json
from pathlib import Path

import pytest

from local.identity.directory import load


def test_the_committed_people_have_the_roles_the_product_knows() -> None:
    people = {user.key: user.roles for user in load().users}
    assert people == {
        "ada": ("Sales",),
        "ben": ("Sales", "Management"),
        "chi": ("HR",),
        "dana": ("Admin", "Knowledge"),
        "eve": (),
    }


def test_people_are_found_by_key_id_and_sign_in_name() -> None:
    directory = load()
    ada = directory.find("ada")
    assert ada
    assert directory.find(ada.oid) is ada
    assert directory.find("ADA@salescoach.example") is ada
    assert directory.find("nobody") is None
    assert directory.find(None) is None


@pytest.mark.parametrize(
    "people",
    [
        [{"key": "a", "oid": "1", "name": "A", "preferred_username": "a@x", "groups": ["Nowhere"]}],
        [{"key": "a", "oid": str(n), "name": "A", "preferred_username": "a@x"} for n in range(2)],
        [{"key": "a"}],
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, people: list[dict[str, object]]) -> None:
    file = tmp_path / "users.json"
    file.write_text(json.dumps({"groups": {}, "users": people}))
    with pytest.raises(ValueError, match=r"Directory|users|groups|unique"):
        load(file)
