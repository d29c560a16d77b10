"""What may be taken for a browser token."""

import pytest

from core.kernel.cards import LONGEST_TOKEN, BrowserToken
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed


@pytest.mark.parametrize("token", ["", "two words", "tab\t", "line\n", "nul\0", "tökén", "t" * (LONGEST_TOKEN + 1)])
def test_a_browser_token_is_visible_ascii_of_bounded_length(token: str) -> None:
    with pytest.raises(Malformed) as told:
        BrowserToken(Secret(token))
    assert not token or token not in str(told.value)


@pytest.mark.parametrize("token", ["t", "tok_1-2.3/4+5=~", "t" * LONGEST_TOKEN])
def test_a_browser_token_does_not_show(token: str) -> None:
    assert f"'{token}'" not in repr(BrowserToken(Secret(token)))
