"""What learns: labelled files in, a model directory out.

`training.datasets` reads labelled examples and `training.examples` makes of them what the models
see; `training.fit` fits `training.themes` and `training.relations` and scores them out of fold;
`training.thresholds` finds cuts and calibrates, `training.evaluate` compares tags with labels,
`training.card` writes the model card. `python -m training` is the command. Knows files, not Kafka.
"""

from training.datasets import Dataset, DatasetError, Example, read_dataset

__all__ = ["Dataset", "DatasetError", "Example", "read_dataset"]
