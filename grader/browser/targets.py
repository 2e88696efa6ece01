"""What a user clicks on: what has a text, the button of a name, or the one of an input."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

_KINDS = "button, input[type=submit], input[type=image], input[type=button]"
# The number of an input's button among all; one too large where it has none. A form may have its
# buttons anywhere (HTML, "form owner"); where no form holds the input, its button stands nearer to
# it than any other input.
_BESIDE = """(field, kinds) => {
  const every = [...document.querySelectorAll(kinds)];
  const some = every.filter(({ type }) => type !== "reset");
  let mine = some.filter(({ form }) => form && form === field.form);
  let place = field.form ? null : field.parentElement;
  while (place && !mine.length) {
    const inputs = [...place.querySelectorAll("input, textarea")];
    const alone = inputs.filter((one) => !every.includes(one)).length === 1;
    mine = alone ? some.filter((one) => place.contains(one)) : [];
    place = alone ? place.parentElement : null;
  }
  const chosen = mine.find(({ type }) => type !== "button") ?? mine[0];
  return [...every, chosen].indexOf(chosen);
}"""


async def with_text(page: "Page", selector: str, text: str) -> "Locator":
    """What has the text, in a place."""
    return page.locator(selector).get_by_text(text).first


async def beside(page: "Page", field: "Locator") -> "Locator":
    """The button that sends what is in an input; nothing where there is none."""
    return page.locator(_KINDS).nth(await field.evaluate(_BESIDE, _KINDS))


async def named(page: "Page", selector: str, name: str) -> "Locator":
    """The button of that name in a place, or that is the place; its only one, whatever its name.

    Where it has several, or none, and none of that name, it is what has the name as its text.
    """
    place = page.locator(selector)
    every = place.get_by_role("button").or_(place.and_(page.get_by_role("button")))
    alike = every.and_(page.get_by_role("button", name=name))
    if await alike.count():
        return alike.first
    if await every.count() == 1:
        return every
    return await with_text(page, selector, name)
