from __future__ import annotations

import threading
from functools import partial

import pytest

from sneakers_ml.engine import ENGINES
from sneakers_ml.errors import ParamsError, UsageError


def local(**settings):
    return ENGINES["local"](ENGINES.settings("local", {"local": settings}))


@pytest.mark.parametrize("workers", [1, 3])
def test_every_item_has_a_result_of_one_function_that_all_share(workers):
    made = []

    def make():
        made.append(threading.get_ident())
        return partial(pow, 2)

    assert sorted(local(workers=workers).map(make, list(range(20)))) == [2**number for number in range(20)]
    assert len(made) == 1


def test_an_error_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(local().map(lambda: lambda item: 1 // item, [1, 0, 2]))


def test_both_engines_are_there_and_no_other():
    assert ENGINES.names() == ["local", "ray"]
    with pytest.raises(UsageError, match="no engine 'spark'; choose from local, ray"):
        ENGINES["spark"]
    with pytest.raises(ParamsError, match=r"engine\.local\.workers"):
        local(workers=0)
