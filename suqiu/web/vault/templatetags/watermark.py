"""The watermark across a page that shows an order: `{% load watermark %}{% watermark %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suqiu.web.accounts.models import User
from suqiu.web.site import site
from suqiu.web.vault.watermark import drawing

register = template.Library()


@register.simple_tag(takes_context=True)
def watermark(context: dict[str, Any]) -> SafeString:
    """Lay the reader's name, job number and the time over the page, palely; nothing for who is not signed in.

    It takes no clicks and says nothing to screen readers, and it is printed with the page.
    """
    user = getattr(context.get("request"), "user", None)
    if not isinstance(user, User):
        return SafeString()
    return format_html(
        '<div class="watermark" aria-hidden="true" style="position:fixed;inset:0;z-index:44;pointer-events:none;'
        'print-color-adjust:exact;background-image:url(&quot;{}&quot;)"></div>',
        drawing(user, site().now()),
    )
