"""What learns: labelled files in, a model directory out.

`training.datasets` reads labelled examples, `training.rows` labels of texts that lie elsewhere and
`training.soft_texts` what a teacher (`training.teach`) says of unlabelled ones; `training.examples`
makes of them what the models see. `training.fit` fits `training.themes` and `training.relations`
and scores them out of fold: `training.folds` says who judges whom, `training.tasks` runs the folds.
`training.thresholds` finds cuts and calibrates. A model is judged by `training.model_report`, its
card written by `training.card`. `python -m training` is the command. Knows files, not Kafka.
"""

from training.datasets import Dataset, DatasetError, Example, read_dataset

__all__ = ["Dataset", "DatasetError", "Example", "read_dataset"]
