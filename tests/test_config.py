from __future__ import annotations

from dataclasses import fields

import pytest

from suqiu.config import Settings, settings
from suqiu.domain.errors import InvalidInput


def test_settings_come_from_the_environment_and_have_defaults() -> None:
    assert settings({}) == Settings()
    assert settings({"SUQIU_LANGUAGE": "en", "SUQIU_MEMORY_MB": "256"}).memory_mb == 256


@pytest.mark.parametrize("variable", [{"SUQIU_LANGUAGE": "fr"}, {"SUQIU_THREADS": "0"}, {"SUQIU_MEMORY_MB": "much"}])
def test_a_value_that_does_not_fit_is_refused_by_name(variable: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(variable))):
        settings(variable)


def test_every_setting_has_a_help_text_in_both_languages() -> None:
    for item in fields(Settings):
        assert item.metadata["help"].zh
        assert item.metadata["help"].en
