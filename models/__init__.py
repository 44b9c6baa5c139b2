"""What we know: text in, tags out.

Pure functions and one small trained model. Nothing in here knows Kafka, reads the environment or
looks at the clock. `models.events` holds the types on the wire, `models.taxonomy` the 41 policy
themes, `models.countries` the gazetteer, `models.knowledge` the lexicon; `models.text` makes what
every model sees, `models.theme_features` what the themes are read from; `models.themes` and
`models.relations` are the models, `models.artifact` loads them from a directory. The one door
is `models.classifier.Classifier`; it and its loader are imported from their modules, so that who
needs only the types does not wait for NumPy and SciPy.
"""

from models.events import Article, ModelStamp, Relation, Tags, Theme
from models.taxonomy import Taxonomy, ThemeEntry, taxonomy, themes_by_code

__all__ = [
    "Article",
    "ModelStamp",
    "Relation",
    "Tags",
    "Taxonomy",
    "Theme",
    "ThemeEntry",
    "taxonomy",
    "themes_by_code",
]
