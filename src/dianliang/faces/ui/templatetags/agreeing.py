"""Django's tags of translation, whose sentences agree with their numbers (`kernel.plurals`).

Every `{% load i18n %}` gets these: a setting puts them in that place.
"""

from django import template
from django.template.base import Parser, Token, render_value_in_context
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dianliang.kernel.plurals import agreed

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class AgreeingNode(i18n.BlockTranslateNode):
    """A sentence of a page, in the forms that its numbers ask for."""

    def render(self, context: Context, nested: bool = False) -> str:
        """Translate, choose the forms, then put the values in: they are never taken for forms."""
        if self.plural or self.message_context:
            return super().render(context, nested)
        message, names = self.render_token_list(self.singular)
        with context.push(**{n: value.resolve(context) for n, value in self.extra_context.items()}):
            values = {name: context.get(name, "") for name in names}
            shown = {name: render_value_in_context(v, context) for name, v in values.items()}
        told = agreed(gettext(message), values) % shown
        if self.asvar:
            context[self.asvar] = SafeString(told)
            return ""
        return told


@register.tag("blocktranslate")
@register.tag("blocktrans")
def sentence(parser: Parser, token: Token) -> AgreeingNode:
    """Read a sentence as Django does."""
    return AgreeingNode(**vars(i18n.do_block_translate(parser, token)))
