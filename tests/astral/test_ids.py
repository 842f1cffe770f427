"""An id has exactly one spelling."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astral.ids import MalformedId, decode, encode, new_id

KNOWN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def test_id_is_encoded_as_in_the_typeid_specification():
    assert encode("prefix", KNOWN) == "prefix_01h455vb4pex5vsknk084sn02q"


@given(st.uuids(), st.sampled_from(["usr", "act", "org", "pi"]))
def test_uuid_survives_encoding_and_decoding(identifier: UUID, prefix: str):
    assert decode(prefix, encode(prefix, identifier)) == identifier


@given(st.uuids(), st.integers(0, 29), st.characters())
def test_id_with_a_changed_letter_is_another_id_or_malformed(identifier: UUID, place: int, letter: str):
    text = encode("usr", identifier)
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    if place > 3 and letter in ALPHABET and (place > 4 or letter < "8"):
        assert decode("usr", changed) != identifier
    else:
        with pytest.raises(MalformedId):
            decode("usr", changed)


@given(st.uuids(), st.integers(0, 29))
def test_id_with_a_capital_letter_is_malformed(identifier: UUID, place: int):
    text = encode("usr", identifier)
    changed = text[:place] + text[place].upper() + text[place + 1 :]
    if changed != text:
        with pytest.raises(MalformedId):
            decode("usr", changed)


@given(st.one_of(st.text(max_size=40), st.text(max_size=30).map("usr_{}".format)))
def test_decoded_text_is_encoded_the_same(text: str):
    try:
        identifier = decode("usr", text)
    except MalformedId:
        return
    assert encode("usr", identifier) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "usr",
        "usr_",
        "01h455vb4pex5vsknk084sn02q",
        "_01h455vb4pex5vsknk084sn02q",
        "act_01h455vb4pex5vsknk084sn02q",
        "usr-01h455vb4pex5vsknk084sn02q",
        "usr_usr_01h455vb4pex5vsknk084sn02q",
        "usr_01h455vb4pex5vsknk084sn02",
        "usr_01h455vb4pex5vsknk084sn02qq",
        "usr_81h455vb4pex5vsknk084sn02q",  # more than 128 bits
        "usr_01h455vb4pex5vsknk084sn02l",  # no letter of the alphabet
        "usr_01h455vb4pex5vsknk084sn02q\n",
        "usr_０1h455vb4pex5vsknk084sn02q",
        "usr_01890a5d-ac96-774b-bcce-b302099a8057",
        "usr_" + "\ud800" * 26,
        "usr_" + "\0" * 26,
    ],
)
def test_decode_refuses_malformed_text(text: str):
    with pytest.raises(MalformedId):
        decode("usr", text)


def test_new_ids_sort_by_time():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert [encode("act", new) for new in made] == sorted(encode("act", new) for new in made)
