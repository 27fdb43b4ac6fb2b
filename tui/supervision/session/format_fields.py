"""The fields of a format, column by column. They stay from page to page as long as the columns are as long."""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Horizontal
from textual.geometry import Size
from textual.reactive import Reactive

from domain.supervision.formats import Part, Shape
from tui.core.text import show
from tui.widgets.steady import Lines, Words, put
from tui.widgets.text_field import Writing


class FormFields(Horizontal):
    """What is written on a page: ``fields`` has each field by its name."""

    # The screen is laid out when a field grows; another time for the room it then takes would change nothing.
    virtual_size = Reactive(Size(0, 0), layout=False)

    def __init__(self) -> None:
        super().__init__(classes="columns")
        self.fields: dict[str, Writing] = {}
        self._lengths: list[int] = []
        self._titles: list[Words] = []
        self._labels: list[Words] = []

    async def show_fields(self, shape: Shape, base: Mapping[str, str], brought: Mapping[str, str]) -> None:
        """Show the fields of a format with what is kept in them, or else what is brought forward."""
        lengths = [len(parts) for _, parts in shape.columns]
        if lengths == self._lengths:
            self._show_again(shape, base, brought)
        else:
            self._lengths = lengths
            await self._build(shape, base, brought)

    def _show_again(self, shape: Shape, base: Mapping[str, str], brought: Mapping[str, str]) -> None:
        for title, (words, _) in zip(self._titles, shape.columns, strict=True):
            put(title, show(words), moves=False)
        standing = list(self.fields.values())
        self.fields = {}
        for part, label, field in zip(shape.parts, self._labels, standing, strict=True):
            put(label, show(part.title), moves=False)
            field.become(part, base.get(part.id, ""), brought.get(part.id, ""))
            self.fields[part.id] = field

    async def _build(self, shape: Shape, base: Mapping[str, str], brought: Mapping[str, str]) -> None:
        self.fields, self._titles, self._labels = {}, [], []
        columns = [self._column(title, parts, base, brought) for title, parts in shape.columns]
        await self.remove_children()
        await self.mount_all(columns)

    def _column(
        self, title: str, parts: tuple[Part, ...], base: Mapping[str, str], brought: Mapping[str, str]
    ) -> Lines:
        self._titles.append(Words(show(title), classes="column"))
        under: list[Words | Writing] = [self._titles[-1]]
        for part in parts:
            self._labels.append(Words(show(part.title), classes="label"))
            self.fields[part.id] = Writing(part, base.get(part.id, ""), brought.get(part.id, ""))
            under += [self._labels[-1], self.fields[part.id]]
        return Lines(*under)
