"""The messages of the measuring process: what it is told, and what it finds, one line each."""

import msgspec


class Task(msgspec.Struct, frozen=True):
    """What the measuring process is told."""

    texts: int
    repeats: int
    speed_only: bool


class Run(msgspec.Struct, frozen=True, tag=True):
    """One engine over all articles of a length, in one round."""

    engine: str
    words: int
    batch: int
    round: int
    us: float
    """Microseconds an article, by the clock on the wall."""
    cpu_us: float
    """Microseconds an article that the processor worked on it: others on the machine count less."""


class Missing(msgspec.Struct, frozen=True, tag=True):
    """An engine that could not take part, and why."""

    engine: str
    problem: str


class Floor(msgspec.Struct, frozen=True, tag=True):
    """What the themes of an article need at the least: how often, and what each costs here."""

    words: int
    text_bytes: float
    hashes: float
    cells: float
    weight_bytes: float
    ns_a_byte: float
    ns_a_hash: float
    ns_a_lookup: float

    @property
    def us(self) -> float:
        """Microseconds an article: each byte read once, each word and pair hashed and looked up.

        >>> Floor(60, 400.0, 120.0, 40.0, 6600.0, 0.1, 5.0, 2.0).us
        1.54
        """
        reading = (self.text_bytes + self.weight_bytes) * self.ns_a_byte
        return round((reading + self.hashes * (self.ns_a_hash + self.ns_a_lookup)) / 1000, 2)


class Accuracy(msgspec.Struct, frozen=True, tag=True):
    """How well an engine labels articles that it has not seen."""

    engine: str
    learned: int
    """So many articles it has learned from."""
    judged: int
    """On so many it is judged."""
    fitted: tuple[float, float]
    """Micro and macro F1, each theme from its own threshold on, fitted on what was learned from."""
    half: tuple[float, float]
    """Micro and macro F1, each theme from a probability of 0.5 on."""


class Machine(msgspec.Struct, frozen=True, tag=True):
    """The processor that all ran on, and the versions of what ran."""

    processor: int | None
    niceness: int
    packages: dict[str, str]


Message = Run | Missing | Floor | Machine | Accuracy
