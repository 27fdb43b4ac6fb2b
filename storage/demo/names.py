"""Made-up people: families of names as they are met in a British town. None of them is anybody."""

from __future__ import annotations

from random import Random

# (forenames, surnames) that go together; a family shares one row.
_FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Olivia", "Jack", "Ellie", "Callum", "Grace", "Thomas", "Chloe", "Liam", "Maisie", "Harvey", "Joan", "Derek"),
        ("Hartley", "Thompson", "Ashworth", "Pickering", "Bell", "Dawson", "Fletcher", "Marsden", "O'Hare", "Sugden"),
    ),
    (
        ("Cerys", "Rhys", "Siân", "Owain", "Ffion", "Gwilym", "Lowri", "Iolo", "Mair", "Tomos"),
        ("Llewelyn", "Prydderch", "ap Gwynn", "Cadwaladr", "Bevan", "Meredydd", "Tŵr", "Gwynne"),
    ),
    (
        (
            "Zofia",
            "Kacper",
            "Małgorzata",
            "Łukasz",
            "Oliwia",
            "Wojciech",
            "Agnieszka",
            "Stanisław",
            "Bożena",
            "Jędrzej",
        ),
        ("Żak", "Wiśniewska", "Kowalczyk", "Dąbrowski", "Łęcki", "Szymańska", "Wójcik", "Jabłońska"),
    ),
    (
        ("Layla", "Yusuf", "Maryam", "Ibrahim", "Noor", "Khalid", "Amina", "Hamza", "Fatimah", "Abd al-Rahman"),
        ("Al-Khatib", "El-Amin", "Haddad", "bin Saleh", "Al-Masri", "Qureshi", "Nasser", "Abu Zayd"),
    ),
    (
        ("Asha", "Rohan", "Priya", "Arjun", "Nasreen", "Imran", "Meera", "Vikram", "Shabnam", "Harpreet"),
        ("Patel", "Begum", "Chaudhry", "Sandhu", "Iyer", "Rahman", "Gill", "Mukherjee"),
    ),
    (
        ("Chidi", "Abena", "Tunde", "Ngozi", "Kwame", "Folasade", "Emeka", "Adjoa", "Blessing", "Ọlá"),
        ("Okafor", "Mensah", "Adeyemi", "Boateng", "Nwosu", "Owusu-Ansah", "Balogun", "Asante"),
    ),
    (
        ("Marcia", "Delroy", "Shanice", "Winston", "Keziah", "Tyrone", "Beverley", "Jermaine"),
        ("Campbell", "Braithwaite", "Gayle", "St Hilaire", "Clarke", "Benjamin", "Duhaney"),
    ),
    (
        ("Aoife", "Ciarán", "Niamh", "Pádraig", "Róisín", "Fionn", "Gráinne", "Oisín"),
        ("Doyle", "Ó Briain", "McAteer", "Kavanagh", "Nic Giolla", "Gallagher", "Sheehan"),
    ),
    (
        ("Ioana", "Andrei", "Ștefania", "Mihai", "Elena", "José", "Inês", "Gonçalo", "Zoë", "Anaïs"),
        ("Popescu", "Țurcanu", "Ionescu", "Gonçalves", "Muñoz", "Petrov", "Dimitriou", "Çelik"),
    ),
    (
        ("Mei", "Wei", "Linh", "Minh", "Thảo", "Kenji", "Ha-eun", "Somchai"),
        ("Nguyễn", "Chan", "Lưu", "Park", "Wong", "Tanaka", "Phạm"),
    ),
)
_SHARES = (40, 6, 9, 8, 12, 8, 6, 4, 5, 3)


class Family:
    """A surname and the forenames that go with it; each forename is given once before any comes again."""

    def __init__(self, rng: Random) -> None:
        forenames, surnames = rng.choices(_FAMILIES, _SHARES)[0]
        self._forenames = rng.sample(forenames, len(forenames))
        self._surname = rng.choice(surnames)
        self._given = 0

    def member(self) -> str:
        """Return the next person of the family, surname first."""
        forename = self._forenames[self._given % len(self._forenames)]
        self._given += 1
        return f"{self._surname}, {forename}"


def person(rng: Random) -> str:
    """Return somebody, surname first."""
    return Family(rng).member()
