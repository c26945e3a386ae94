"""Every error becomes a code, and every code has somebody who has to act."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import shared
from shared.errors import SalesCoachError, Transient
from shared.protocol.codes import FAULT_OF, ErrorCode, Fault

for _module in pkgutil.walk_packages(shared.__path__, "shared."):
    importlib.import_module(_module.name)


def _classes(base: type[SalesCoachError]) -> Iterator[type[SalesCoachError]]:
    for found in base.__subclasses__():
        if found.__module__.startswith("shared."):
            yield found
            yield from _classes(found)


CLASSES = sorted(set(_classes(SalesCoachError)), key=lambda found: found.__name__)
WITHOUT_A_CODE = {"Transient", "BlobChanged", "BlobNotFound", "MessageTooLarge"}
"""The first is only a base; the others are turned into something else before a person is told, or are our defect."""


def test_the_tree_is_found() -> None:
    assert {"CommandRefused", "ModelUnavailable", "CallInFlight", "NotExecuted", "CatalogInvalid"} <= {
        found.__name__ for found in CLASSES
    }


@pytest.mark.parametrize("found", CLASSES, ids=lambda found: found.__name__)
def test_every_error_maps_to_a_wire_shape_with_a_code_of_its_own(found: type[SalesCoachError]) -> None:
    error = found("What a person reads.", after_ms=250)
    info = error.info()
    assert info.code in ErrorCode
    assert info.fault is FAULT_OF[info.code]
    assert (info.message, info.after_ms) == ("What a person reads.", 250)
    assert info.retryable == issubclass(found, Transient)
    if found.__name__ not in WITHOUT_A_CODE:
        assert info.code is not ErrorCode.INTERNAL


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_has_exactly_one_fault(code: ErrorCode) -> None:
    assert FAULT_OF[code] in Fault


def test_every_fault_is_somebodys() -> None:
    assert set(FAULT_OF.values()) == set(Fault)
    assert list(FAULT_OF) == list(ErrorCode)


def test_one_error_can_name_a_more_precise_code() -> None:
    assert SalesCoachError("x", code=ErrorCode.MODEL_BUSY).info().fault is Fault.MODEL
    assert SalesCoachError.code is ErrorCode.INTERNAL
