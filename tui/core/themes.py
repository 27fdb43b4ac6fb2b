"""Two themes of our own. Every pair of colours that meets on screen is tested for a contrast of at least 4.5 to 1."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from textual.theme import Theme

DARK = "almoner-dark"
LIGHT = "almoner-light"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, by what they mean."""

    background: str
    surface: str
    panel: str
    text: str
    muted: str
    accent: str
    edge: str
    cursor: str
    cursor_text: str
    rest: str
    late: str
    due: str
    ahead: str
    over: str
    near: str
    steady: str
    room: str
    held: str
    unset: str
    unverified: str


PALETTES = {
    DARK: Palette(
        background="#11151b",
        surface="#171c24",
        panel="#202833",
        text="#e6e9ee",
        muted="#a9b4c2",
        accent="#7cc4ff",
        edge="#4a5a6d",
        cursor="#1b4269",
        cursor_text="#ffffff",
        rest="#2a3442",
        late="#ff9088",
        due="#f3c567",
        ahead="#a9bbcf",
        over="#ff9f6b",
        near="#f3c567",
        steady="#a9bbcf",
        room="#8fd694",
        held="#8fd694",
        unset="#a9b4c2",
        unverified="#d3adff",
    ),
    LIGHT: Palette(
        background="#fbfaf7",
        surface="#f4f2ed",
        panel="#e9e6df",
        text="#1d2127",
        muted="#4c5560",
        accent="#0b4f8a",
        edge="#98a0a8",
        cursor="#c3d9ef",
        cursor_text="#0d2136",
        rest="#dcd8cf",
        late="#a11616",
        due="#734600",
        ahead="#3a4c60",
        over="#8c2b00",
        near="#734600",
        steady="#3a4c60",
        room="#1c5a2c",
        held="#1c5a2c",
        unset="#4c5560",
        unverified="#572a8c",
    ),
}
TONES = ("late", "due", "ahead", "over", "near", "steady", "room", "held", "unset", "unverified")


def variables(palette: Palette) -> dict[str, str]:
    """Return the names that stylesheets use for ``palette``, and Textual's own names set to the same colours."""
    return {
        **{name.replace("_", "-"): colour for name, colour in asdict(palette).items()},
        "foreground": palette.text,
        "text-muted": palette.muted,
        "text-disabled": palette.muted,
        "text-primary": palette.accent,
        "block-cursor-foreground": palette.cursor_text,
        "block-cursor-background": palette.cursor,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": palette.text,
        "block-cursor-blurred-background": palette.rest,
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": palette.panel,
        "border": palette.accent,
        "border-blurred": palette.edge,
        "footer-background": palette.panel,
        "footer-foreground": palette.text,
        "footer-key-foreground": palette.accent,
        "input-cursor-background": palette.text,
        "input-cursor-foreground": palette.background,
        "input-selection-background": palette.cursor,
        "input-selection-foreground": palette.cursor_text,
        "button-foreground": palette.text,
        "button-color-foreground": palette.cursor_text,
        "button-focus-text-style": "bold",
        "scrollbar": palette.edge,
        "scrollbar-hover": palette.accent,
        "scrollbar-active": palette.accent,
        "scrollbar-background": palette.surface,
        "scrollbar-background-hover": palette.surface,
        "scrollbar-background-active": palette.surface,
        "scrollbar-corner-color": palette.surface,
    }


def theme(name: str) -> Theme:
    """Return the theme called ``name`` for registration."""
    palette = PALETTES[name]
    return Theme(
        name=name,
        primary=palette.cursor,
        secondary=palette.cursor,
        accent=palette.accent,
        warning=palette.due,
        error=palette.late,
        success=palette.held,
        foreground=palette.text,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        dark=name == DARK,
        text_alpha=1.0,
        variables=variables(palette),
    )
